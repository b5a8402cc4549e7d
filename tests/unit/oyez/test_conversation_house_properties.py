"""The conversation machine and the house (sounds, timers, other devices): what holds for every history of events."""

from collections import Counter
from typing import Any

from hypothesis import given, settings

from oyez import actions as do, events as ev
from oyez.conversation import step
from oyez.state import SOUNDING, TAP_OPEN, Phase, State
from oyez.view import View, see
from tests.unit.oyez.conversation_history import HISTORY, C, numbered

Wishes = ev.SayAsked | ev.AskAsked | ev.PlayAsked


@given(HISTORY)
@settings(max_examples=400)
def test_every_sound_that_was_fetched_is_dropped_exactly_once_and_played_once_at_most(history: Any) -> None:
    state, now = State(), 0.0
    fetched: list[str] = []
    played: Counter[str] = Counter()
    dropped: list[str] = []
    for event, later_s in numbered([*history, (ev.StopAsked(), 0.0)]):
        now += later_s
        fetched += [event.clip] if isinstance(event, ev.PlayAsked) else []
        state, actions = step(state, event, now, C)
        for action in actions:
            if isinstance(action, do.PlayClip):
                assert action.clip not in dropped
                played[action.clip] += 1
            elif isinstance(action, do.DropClip):
                dropped.append(action.clip)
    assert sorted(dropped) == sorted(fetched)
    assert all(times == 1 for times in played.values())


@given(HISTORY)
@settings(max_examples=400)
def test_a_timer_that_has_come_is_acknowledged_once_unless_it_was_taken_away_and_rings_whenever_nothing_else_is(
    history: Any,
) -> None:
    state, now = State(), 0.0
    due: set[str] = set()
    for event, later_s in [*history, (ev.StopAsked(), 0.0)]:
        now += later_s
        state, actions = step(state, event, now, C)
        match event:
            case ev.TimerDue(timer_id=timer_id):
                due.add(timer_id)
            case ev.TimerGone(timer_id=timer_id):
                due.discard(timer_id)
            case ev.RestartAsked():
                due.clear()
        for action in actions:
            if isinstance(action, do.AcknowledgeTimers):
                assert action.timer_ids
                assert due.issuperset(action.timer_ids)
                assert len(set(action.timer_ids)) == len(action.timer_ids)
                due -= set(action.timer_ids)
        assert set(state.due) == due
        assert not (due and state.phase is Phase.ASLEEP)
    assert not due


@given(HISTORY)
@settings(max_examples=400)
def test_what_is_urgent_and_taken_sounds_or_is_next_and_no_conversation_goes_on(history: Any) -> None:
    state, now = State(), 0.0
    for event, later_s in history:
        now += later_s
        state, _ = step(state, event, now, C)
        if isinstance(event, Wishes) and event.priority == "urgent" and event in state.waiting:
            assert state.phase in SOUNDING | {Phase.CALLING}
            others = state.waiting[: state.waiting.index(event)]
            assert all(getattr(wish, "priority", "") == "urgent" for wish in others[1:]), (
                "after one at most that can wait"
            )


@given(HISTORY)
@settings(max_examples=400)
def test_in_quiet_hours_whatever_can_wait_is_refused_with_their_sentence(history: Any) -> None:
    state, now = State(), 0.0
    for event, later_s in history:
        now += later_s
        before = state
        state, actions = step(state, event, now, C)
        if before.quiet and not before.spent and isinstance(event, Wishes) and event.priority == "normal":
            assert do.CompleteOrder(event.order_id, False, before.quiet) in actions
            assert event not in state.waiting[1:] or event in before.waiting


@given(HISTORY)
@settings(max_examples=600)
def test_a_device_that_was_outbid_is_silent_and_hears_nothing_and_tells_only_that_it_yields(history: Any) -> None:
    state, now = State(), 0.0
    for event, later_s in history:
        now += later_s
        before = state
        state, actions = step(state, event, now, C)
        yields = [action for action in actions if isinstance(action, do.ReportYield)]
        reports = [action for action in actions if isinstance(action, do.ReportWake)]
        if yields:
            assert isinstance(event, ev.BidLost)
            assert len(yields) == 1
            assert not reports
            assert state.phase not in TAP_OPEN
            assert not any(isinstance(action, do.OpenTap) for action in actions)
        if before.phase is Phase.BIDDING and isinstance(event, ev.BidLost):
            assert yields
        if before.phase is Phase.ASLEEP and any(isinstance(action, do.PlaceBid) for action in actions):
            assert state.phase is Phase.BIDDING
            assert not reports


@given(HISTORY)
@settings(max_examples=300)
def test_no_bid_is_placed_by_who_is_muted_or_spent_or_alone(history: Any) -> None:
    state, now = State(), 0.0
    for event, later_s in history:
        now += later_s
        before = state
        state, actions = step(state, event, now, C)
        if before.muted or before.spent or not before.rivals:
            assert not any(isinstance(action, do.PlaceBid) for action in actions)


@given(HISTORY)
@settings(max_examples=300)
def test_what_a_program_was_answered_is_seen_by_nobody_else(history: Any) -> None:
    state, now, view = State(), 0.0, View()
    for n, (event, later_s) in enumerate(history):
        now += later_s
        if isinstance(event, ev.TextHeard):
            event = ev.TextHeard(event.item_id, f"{event.text} {n}")
        before = state
        state, actions = step(state, event, now, C)
        view = see(view, state, event, actions)
        if before.phase is Phase.ANSWERING and isinstance(event, ev.TextHeard):
            assert view.last_heard != event.text


@given(HISTORY)
@settings(max_examples=400)
def test_what_a_line_that_fell_back_means_is_said_once_in_an_outage_at_most(history: Any) -> None:
    state, now, said = State(), 0.0, 0
    for event, later_s in history:
        now += later_s
        said = 0 if isinstance(event, ev.LineReturned) else said
        state, actions = step(state, event, now, C)
        said += actions.count(do.SayText("The local one answers."))
        assert said <= 1
        assert not said or state.fallen_back
