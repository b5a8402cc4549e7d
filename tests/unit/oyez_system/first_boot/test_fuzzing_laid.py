"""The target of `make fuzz` for oyez.toml: a short walk through it, and its own honesty."""

import pytest
from hypothesis import given, settings, strategies as st

from oyez_system.first_boot import reading
from tests.fuzz import laid as target

SEEDS = list(target.seeds())


def test_what_people_write_keeps_every_promise() -> None:
    for seed in SEEDS:
        target.one_input(seed)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(SEEDS) - 1), st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
def test_changed_files_keep_every_promise(which: int, dice: list[int]) -> None:
    data = SEEDS[which]
    for number in dice:
        data = target.mutated(data, number, 16_384) or data
    target.one_input(data)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_noise_keeps_every_promise(data: bytes) -> None:
    target.one_input(data)


def test_a_broken_promise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_done", lambda text, values: text)
    with pytest.raises(AssertionError, match="a secret stayed"):
        target.one_input(SEEDS[0])
