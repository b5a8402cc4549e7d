"""The target of `make fuzz`: a short walk through it with every test run, and its own honesty."""

import json
from typing import Any

import pytest
from hypothesis import given as forall, settings, strategies as st
from tests.fuzz.wire import mutated, one_input, seeds, server_reads

from oyez_realtime import messages as m

pytest.importorskip("openai.types.realtime", reason="the openai SDK (extra dev) is not installed")

SEEDS = list(seeds())


def test_real_events_keep_every_promise() -> None:
    """All events that the SDK can say, as both sides and as a sequence."""
    for seed in SEEDS:
        one_input(seed)
    one_input(b"\n".join(SEEDS[:60]))


@settings(deadline=None, max_examples=300)
@forall(st.integers(0, len(SEEDS) - 1), st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
def test_changed_events_keep_every_promise(which: int, dice: list[int]) -> None:
    """Whatever is changed in a real event, only WireError comes out."""
    data = SEEDS[which]
    for number in dice:
        data = mutated(data, number, 16_384) or data
    one_input(data)


@settings(deadline=None, max_examples=200)
@forall(st.binary(max_size=200))
def test_noise_keeps_every_promise(data: bytes) -> None:
    """Bytes that are no event at all are refused and do no harm."""
    one_input(data)


def test_a_change_changes_what_the_json_says_and_is_repeatable() -> None:
    """The same dice give the same change, so that a find can be made again."""
    changes = [mutated(SEEDS[0], number, 16_384) for number in range(200)]
    assert changes == [mutated(SEEDS[0], number, 16_384) for number in range(200)]
    assert len({change for change in changes if change}) > 100
    assert all(json.loads(line) != json.loads(SEEDS[0]) for line in changes if line and b"\n" not in line)
    assert mutated(b"\xff", 1, 100) is None


def test_a_broken_promise_is_noticed() -> None:
    """The target is no sieve: neither a foreign exception nor a reader that forgets gets past it."""

    def stumbles(text: str | bytes) -> Any:
        raise KeyError("planted")

    def forgets(text: str | bytes) -> Any:
        return m.ErrorEvent(event_id=str(len(text)), error=m.ErrorDetail()), []

    with pytest.raises(KeyError):
        server_reads("{}", stumbles)
    with pytest.raises(AssertionError, match="changes when it is told again"):
        server_reads("{}", forgets)
