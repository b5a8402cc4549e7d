"""The other target of `make fuzz`: a short walk through what comes over MQTT, and its own honesty."""

import pytest
from hypothesis import given as forall, settings, strategies as st

from oyez.home.orders import ORDERS
from tests.fuzz import orders as target

SEEDS = list(target.seeds())


def test_every_order_has_a_seed_that_is_understood() -> None:
    names = {seed.partition(b"\n")[0].decode() for seed in SEEDS}
    assert set(ORDERS) <= names
    for name, texts in target.GOOD.items():
        assert name in ORDERS
        for text in texts:
            result = target.parse("kitchen", f"{target.ROOT}/{name}", text.encode(), False, target.WORDS)
            assert isinstance(result, target.ORDER_TYPES), f"{name} {text}: {result}"


def test_what_people_send_keeps_every_promise() -> None:
    for seed in SEEDS:
        target.one_input(seed)


@settings(deadline=None, max_examples=300)
@forall(st.integers(0, len(SEEDS) - 1), st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
def test_changed_orders_keep_every_promise(which: int, dice: list[int]) -> None:
    data = SEEDS[which]
    for number in dice:
        data = target.mutated(data, number, 16_384) or data
    target.one_input(data)


@settings(deadline=None, max_examples=200)
@forall(st.binary(max_size=200))
def test_noise_keeps_every_promise(data: bytes) -> None:
    target.one_input(data)


@pytest.mark.parametrize(
    "found",
    [
        b'set/volume\n{"volume": 1' + b"0" * 400 + b"}",
        b'listens\n{"words": ["\xff"]}',
        b'bid\n{"word": "\xff", "score": 0.9}',
    ],
    ids=["a number of four hundred digits", "a name that is no text", "a bid that is no text"],
)
def test_what_was_found_once_is_not_found_again(found: bytes) -> None:
    """Each of them ended the daemon."""
    target.one_input(found)


def test_a_broken_promise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ORDERS, "do/stop", lambda body, order_id: body)  # type: ignore[arg-type, return-value]
    with pytest.raises(AssertionError):
        target.one_input(b"do/stop\nPRESS")
