"""What is done about a lost card: each fault's ladder, and that no history makes it restless or lets it be deaf."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.healing import (
    HOUR_S,
    LADDERS,
    LOOK_S,
    MOST_EXITS,
    MOST_RESETS,
    STEADY_S,
    Decision,
    History,
    Rates,
    Step,
    next_step,
    plugged,
)
from oyez_hw.faults import Fault

NO_HELP = {Fault.ABSENT, Fault.BUSY}
"""A new process would not find the card either."""


def steps(fault: Fault, count: int, rates: Rates | None = None, apart_s: float = 10.0) -> list[Step]:
    """What is done about a card that never works again."""
    history, taken, now = History(), list[Step](), 0.0
    rates = rates or Rates()
    for _ in range(count):
        history, rates, decision = next_step(history, rates, fault, 0.0, now)
        taken.append(decision.step)
        now += apart_s + decision.wait_s
    return taken


@pytest.mark.parametrize("fault", list(Fault))
def test_every_ladder_ends_with_a_look_now_and_then(fault: Fault) -> None:
    assert steps(fault, 20)[-3:] == [Step.LOOK] * 3


@pytest.mark.parametrize("fault", list(Fault))
def test_first_it_is_opened_again_then_reset_then_the_process_ends(fault: Fault) -> None:
    taken = steps(fault, 20)
    order = [step for step in (Step.REOPEN, Step.RESET, Step.EXIT, Step.LOOK) if step in taken]
    assert [taken.index(step) for step in order] == sorted(taken.index(step) for step in order)
    assert (Step.EXIT in taken) == (fault in {Fault.FAILED, Fault.STUCK, Fault.HUNG})
    assert (Step.RESET in taken) == (fault not in NO_HELP)


def test_a_card_that_was_well_begins_at_the_foot_again() -> None:
    history, rates, _ = next_step(History({Fault.FAILED: 6}), Rates(), Fault.FAILED, STEADY_S + 1, 1000.0)
    assert history.tried == {Fault.FAILED: 1}
    assert next_step(History(), rates, Fault.FAILED, 0.0, 0.0)[2] == LADDERS[Fault.FAILED][0]


def test_an_hour_in_a_drawer_is_no_reason_to_end_the_process_when_the_plug_is_back() -> None:
    history = History({Fault.ABSENT: 70})
    assert next_step(history, Rates(), Fault.REFUSED, 0.0, 5000.0)[2].step is Step.REOPEN


def test_a_reset_for_the_microphone_serves_the_loudspeaker_too() -> None:
    before_reset = History({Fault.FAILED: 4})
    _, rates, first = next_step(before_reset, Rates(), Fault.FAILED, 0.0, 100.0)
    _, rates, second = next_step(before_reset, rates, Fault.FAILED, 0.0, 101.0)
    assert (first.step, second.step, rates.resets_s) == (Step.RESET, Step.REOPEN, (100.0,))


def test_past_its_exits_it_stays_and_looks_and_may_end_again_an_hour_later() -> None:
    top, spent = History({Fault.STUCK: 5}), Rates(exits_s=(0.0, 60.0, 120.0))
    assert next_step(top, spent, Fault.STUCK, 0.0, 200.0)[2].step is Step.LOOK
    assert next_step(top, spent, Fault.STUCK, 0.0, HOUR_S + 1.0)[2].step is Step.EXIT


def test_what_the_next_life_would_not_know_of_is_not_done() -> None:
    """Without a folder, or on a card that has become read-only, it would be done every half a minute for ever."""
    assert Step.EXIT not in steps(Fault.STUCK, 20, Rates(remembered=False))


def test_a_microphone_that_is_switched_on_again_by_its_own_switch_is_heard_at_once() -> None:
    history, rates = History(), Rates()
    for _ in range(10):
        history, rates, decision = next_step(history, rates, Fault.SILENT, 0.0, 0.0)
        assert decision.wait_s <= 1.0


def test_a_plug_begins_the_ladder_of_what_was_absent_anew_and_no_other() -> None:
    history = plugged(History({Fault.ABSENT: 9, Fault.FAILED: 3}))
    assert next_step(history, Rates(), Fault.ABSENT, 0.0, 0.0)[2] == LADDERS[Fault.ABSENT][0]
    assert next_step(history, Rates(), Fault.FAILED, 0.0, 0.0)[2] == LADDERS[Fault.FAILED][3]


LOSSES = st.lists(
    st.tuples(st.sampled_from(Fault), st.floats(0.0, 200.0), st.booleans(), st.floats(0.0, 20.0)), max_size=200
)
"""Fault, how long the card had worked, which of two cards, how long finding that out took beside."""


def lived(losses: list[tuple[Fault, float, bool, float]]) -> list[tuple[float, Decision]]:
    """What was decided when, by two cards that share their rates, over all lives of the process."""
    rates, now, decided = Rates(), 0.0, list[tuple[float, Decision]]()
    histories = {False: History(), True: History()}
    for fault, worked_s, which, late_s in losses:
        now += worked_s + late_s
        histories[which], rates, decision = next_step(histories[which], rates, fault, worked_s, now)
        decided.append((now, decision))
        now += decision.wait_s
        if decision.step is Step.EXIT:  # a new life knows of the exits only
            histories, rates = {False: History(), True: History()}, Rates(exits_s=rates.exits_s)
    return decided


@given(LOSSES)
def test_it_is_never_deaf_in_silence(losses: list[tuple[Fault, float, bool, float]]) -> None:
    """Each loss is followed, within a bounded time, by an opening or by a new process."""
    for _, decision in lived(losses):
        assert 0.0 < decision.wait_s <= LOOK_S


@given(LOSSES)
def test_in_no_hour_there_are_more_exits_and_resets_than_are_allowed(
    losses: list[tuple[Fault, float, bool, float]],
) -> None:
    decided = lived(losses)
    exits = [at_s for at_s, decision in decided if decision.step is Step.EXIT]
    for began_s in exits:
        assert sum(began_s <= at_s < began_s + HOUR_S for at_s in exits) <= MOST_EXITS
    resets = [at_s for at_s, decision in decided if decision.step is Step.RESET]
    for began_s in resets:
        # Resets are forgotten with the process, of which there are so many at most.
        within = sum(began_s <= at_s < began_s + HOUR_S for at_s in resets)
        assert within <= MOST_RESETS * (MOST_EXITS + 1)


@given(LOSSES)
def test_what_cannot_help_is_not_done(losses: list[tuple[Fault, float, bool, float]]) -> None:
    for (fault, *_), (_, decision) in zip(losses, lived(losses), strict=True):
        assert decision.step in {each.step for each in LADDERS[fault]} | {Step.REOPEN}
        if fault in NO_HELP:
            assert decision.step in {Step.REOPEN, Step.LOOK}
