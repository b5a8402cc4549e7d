"""What the wake word's model has to score: properties for every history, with a model whose memory is finite."""

from collections import deque
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from oyez.hearing.wake.attention import LUMP, Attention

HISTORY = st.lists(st.tuples(st.integers(1, 400), st.booleans()), max_size=12).map(
    lambda runs: [flag for length, flag in runs for flag in [flag] * length]
)
"""Quiet and speech-like, in runs."""
WARM, LEAD, HOLD = 0.6, 0.9, 0.4


def attention() -> Attention[int]:
    return Attention(LEAD, WARM, HOLD)


class Model:
    """Answers each third item with all that it remembers: 60 items, less the two that it may be late."""

    def __init__(self) -> None:
        self.memory: deque[int] = deque(maxlen=58)
        self.fed = 0
        self.answer: tuple[int, ...] = ()

    def score(self, item: int) -> tuple[int, ...]:
        self.memory.append(item)
        self.fed += 1
        if self.fed % 3 == 0:
            self.answer = tuple(self.memory)
        return self.answer


@given(HISTORY)
@settings(max_examples=60)
def test_a_score_that_is_believed_is_the_one_of_a_model_that_heard_all(history: list[bool]) -> None:
    gate, gated, whole = attention(), Model(), Model()
    for at, flag in enumerate(history):
        gate_due = gate.hear(at, at / 100, flag)
        scores = {due.item: gated.score(due.item) for due in gate_due}
        expected = whole.score(at)
        for due in gate_due:
            if due.item == at and due.believed:
                assert scores[at] == expected


@given(HISTORY)
@settings(max_examples=60)
def test_around_a_speech_like_moment_nothing_is_left_out(history: list[bool]) -> None:
    gate = attention()
    given_out = [due.item for at, flag in enumerate(history) for due in gate.hear(at, at / 100, flag)]
    wanted = {near for at, flag in enumerate(history) if flag for near in range(max(0, at - 89), at + 40)}
    assert wanted & set(range(len(history))) <= set(given_out)


@given(HISTORY)
@settings(max_examples=60)
def test_items_come_once_in_order_with_their_times_and_whole_lumps_are_missing(history: list[bool]) -> None:
    gate = attention()
    due = [due for at, flag in enumerate(history) for due in gate.hear(at, at / 100, flag)]
    items = [one.item for one in due]
    assert all(one.end_s == one.item / 100 for one in due)
    assert all(after > before for before, after in pairwise(items))
    starts = [-1, *items]
    assert all((after - before - 1) % LUMP == 0 for before, after in pairwise(starts))


@given(HISTORY)
@settings(max_examples=60)
def test_what_is_kept_is_bounded_and_a_quiet_room_costs_nothing(history: list[bool]) -> None:
    gate = attention()
    for at, flag in enumerate(history):
        gate.hear(at, at / 100, flag)
    quiet = [gate.hear(at, at / 100, False) for at in range(len(history), len(history) + 1000)]
    assert sum(map(len, quiet)) < 40
    assert not gate.awake
    assert 90 <= len(gate.hear(-1, 0.0, True)) <= 90 + LUMP


def test_after_a_gap_the_model_is_warmed_before_it_is_believed() -> None:
    gate = attention()
    for at in range(500):
        assert gate.hear(at, at / 100, False) == []
    due = gate.hear(500, 5.0, True)
    assert [one.believed for one in due] == [False] * 60 + [True] * (len(due) - 60)
    assert all(one.believed for at in range(501, 530) for one in gate.hear(at, at / 100, False))


def test_what_was_forgotten_is_never_given_out_and_a_fresh_model_is_believed() -> None:
    gate = attention()
    for at in range(500):
        gate.hear(at, at / 100, False)
    gate.forget()
    assert [(due.item, due.believed) for due in gate.hear(500, 5.0, True)] == [(500, True)]


def test_a_lead_that_cannot_warm_the_model_is_refused() -> None:
    with pytest.raises(ValueError, match="remembers"):
        Attention(lead_s=1.0, warm_s=2.0)
