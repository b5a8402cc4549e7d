"""The conversation machine: what holds for every history of events."""

import dataclasses
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.state import LINE_OPEN, Phase, State
from tests.unit.oyez.conversation_history import ANY_EVENT, HISTORY, TURNS, WAKE, C, hold, live


@given(HISTORY, TURNS)
@settings(max_examples=800)
def test_the_tap_is_open_only_in_the_phases_that_say_so_and_never_asleep_or_muted(history: Any, turns: Any) -> None:
    live(history, turns=turns)


@given(HISTORY, st.floats(0.1, 50))
@settings(max_examples=300)
def test_the_same_holds_when_conversations_are_capped_short(history: Any, cap_s: float) -> None:
    live(history, Conversation(max_conversation_s=cap_s))


@given(HISTORY, TURNS)
@settings(max_examples=400)
def test_left_alone_every_phase_ends_asleep_in_bounded_time(history: Any, turns: Any) -> None:
    state, now, valves = live(history, turns=turns)
    began = now
    for _ in range(40):
        if state.phase is Phase.ASLEEP:
            break
        assert state.next_s is not None
        now = max(now, state.next_s)
        state, actions = step(state, ev.DeadlinePassed(), now, C)
        valves.carry_out(actions)
        hold(state, valves)
    assert state.phase is Phase.ASLEEP
    assert now - began <= 2 * (C.speaking_s + C.max_conversation_s + C.ring_s)


ORDERS = (
    ev.SayAsked,
    ev.AskAsked,
    ev.PlayAsked,
    ev.ListenAsked,
    ev.StopAsked,
    ev.RestartAsked,
    ev.TalkPressed,
    ev.TalkReleased,
    ev.ApprovalGiven,
)


@given(HISTORY)
@settings(max_examples=400)
def test_every_order_that_asks_for_an_answer_gets_exactly_one(history: Any) -> None:
    numbered: list[tuple[ev.Event, float]] = []
    asked: set[str] = set()
    for n, (event, later_s) in enumerate(history):
        if isinstance(event, ORDERS):
            event = dataclasses.replace(event, order_id=str(n))
            asked.add(str(n))
        numbered.append((event, later_s))
    answered: list[str] = []
    state, now = State(), 0.0
    for event, later_s in [*numbered, (ev.StopAsked("end"), 0.0)]:
        now += later_s
        state, actions = step(state, event, now, C)
        answered += [a.order_id for a in actions if isinstance(a, do.CompleteOrder) and a.order_id]
    assert sorted(answered) == sorted([*asked, "end"])


@given(HISTORY)
@settings(max_examples=300)
def test_an_answer_of_a_tool_is_told_at_most_once_and_only_for_a_call(history: Any) -> None:
    state, now = State(), 0.0
    called: list[str] = []
    for event, later_s in history:
        now += later_s
        state, actions = step(state, event, now, C)
        called += [action.call_id for action in actions if isinstance(action, do.RunTool)]
        for action in actions:
            if isinstance(action, do.AnswerTool):
                assert action.call_id in called or isinstance(event, ev.ToolCalled), "refused at once"
                called = [call_id for call_id in called if call_id != action.call_id]


@given(HISTORY)
@settings(max_examples=300)
def test_whenever_the_device_sleeps_every_trouble_that_began_has_sounded(history: Any) -> None:
    state, now, owed = State(), 0.0, False
    for event, later_s in history:
        now += later_s
        state, actions = step(state, event, now, C)
        owed = owed or isinstance(event, ev.TroubleFound)
        if do.PlayChime("error") in actions:
            owed = state.troubled
        assert not (owed and state.phase is Phase.ASLEEP)


@given(HISTORY, TURNS)
@settings(max_examples=400)
def test_every_wish_of_a_tool_is_decided_exactly_once_by_the_end_of_its_conversation(history: Any, turns: Any) -> None:
    state, now = State(turns=turns), 0.0
    asked: list[str] = []
    decided: list[str] = []
    for n, (event, later_s) in enumerate([*history, (ev.StopAsked(), 0.0)]):
        now += later_s
        if isinstance(event, ev.ApprovalAsked):
            event = dataclasses.replace(event, request_id=str(n))
            asked += [str(n)] if state.phase in LINE_OPEN or event.own else []
        state, actions = step(state, event, now, C)
        decided += [action.request_id for action in actions if isinstance(action, do.ApproveTool)]
        if state.phase is Phase.ASLEEP:
            assert sorted(decided) == sorted(asked)


@given(HISTORY)
@settings(max_examples=400)
def test_once_a_budget_is_spent_nothing_is_begun_until_it_is_renewed(history: Any) -> None:
    state, now = State(), 0.0
    for event, later_s in history:
        now += later_s
        spent = state.spent
        before = state
        state, actions = step(state, event, now, C)
        if spent and before.phase in (Phase.ASLEEP, Phase.BIDDING, Phase.RINGING, Phase.PLAYING):
            costless = (before.phase, Phase.ASLEEP, Phase.RINGING, Phase.PLAYING)
            assert state.phase in costless, "timers and sounds cost nothing"
            assert not any(isinstance(action, do.OpenSession | do.OpenTap | do.PlaceBid) for action in actions)
        if spent and not isinstance(event, ev.BudgetRenewed | ev.BudgetSpent):
            assert state.spent == spent, "only its renewal ends it"


@given(st.lists(st.tuples(ANY_EVENT, st.floats(0, 3)), max_size=40))
@settings(max_examples=300)
def test_no_reply_to_tools_is_asked_for_while_a_response_runs_or_is_on_its_way(rest: Any) -> None:
    """As long as the service does what was asked of it; a response that was cut or cancelled is not waited for."""
    talk: list[tuple[ev.Event, float]] = [(WAKE, 0.0), (ev.SessionReady(), 0.0), (ev.SpeechStopped("server"), 0.0)]
    state, now = State(), 0.0
    for event, later_s in [*talk, *rest]:
        now += later_s
        before = state
        state, actions = step(state, event, now, C)
        if do.AskReply() in actions:
            assert state.reply is None
            assert not before.asked
            assert not state.calls
            assert state.asked == ("answer",)
