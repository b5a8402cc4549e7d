"""The conversation machine: what holds for every history of events."""

import dataclasses
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from oyez import actions as do
from oyez import events as ev
from oyez.config import Conversation
from oyez.conversation import TABLE, step
from oyez.phases import MAX_WAITING, TAP_OPEN, Phase, State

C = Conversation()
WAKE = ev.WakeHeard("hey_jarvis", 0.99, phrase_end_s=9.5)
ids = st.sampled_from(["r1", "r2"])
calls = st.sampled_from(["c1", "c2"])
ANY_EVENT: st.SearchStrategy[ev.Event] = st.one_of(
    st.just(WAKE),
    st.builds(ev.SpeechStarted, st.sampled_from(["gate", "server"])),
    st.builds(ev.SpeechStopped, st.sampled_from(["gate", "server"])),
    st.just(ev.SessionReady()),
    st.builds(ev.SessionLost, st.sampled_from(["backend_away", "line_lost"]), st.just("It broke.")),
    st.builds(ev.ReplyBegun, ids),
    st.builds(ev.ReplyAudible, ids),
    st.builds(
        ev.ReplyEnded, ids, st.sampled_from(["completed", "cancelled", "failed", "incomplete"]), st.integers(0, 2)
    ),
    st.builds(ev.ToolCalled, calls, st.just("tool"), st.just({})),
    st.builds(ev.ToolAnswered, calls, st.just("tool"), st.just("out"), st.booleans()),
    st.builds(ev.PlaybackFinished, st.booleans()),
    st.builds(ev.MuteAsked, st.booleans()),
    st.builds(ev.VolumeAsked, st.floats(0, 1)),
    st.builds(ev.ListenAsked, st.sampled_from([None, "l"])),
    st.builds(ev.StopAsked, st.sampled_from([None, "s"])),
    st.builds(ev.SayAsked, st.just("text"), st.sampled_from([None, "y"])),
    st.builds(ev.TroubleFound, st.just("hardware"), st.just("Gone.")),
    st.builds(ev.TroubleGone, st.just("hardware")),
    st.builds(ev.TextHeard, st.just("i"), st.just("text")),
    st.just(ev.DeadlinePassed()),
)
HISTORY = st.lists(st.tuples(ANY_EVENT, st.floats(0, 30)), max_size=40)


class Valves:
    """What the orders, carried out, make of tap and line."""

    def __init__(self) -> None:
        self.tap = self.line = self.mute = False

    def carry_out(self, actions: list[do.Action]) -> None:
        for action in actions:
            match action:
                case do.OpenTap():
                    assert not self.mute, "the tap was opened on a muted device"
                    assert self.line, "the tap was opened with nobody to keep what it gives"
                    self.tap = True
                case do.CloseTap():
                    self.tap = False
                case do.OpenSession():
                    assert not self.line, "the line was opened twice"
                    self.line = True
                case do.CloseSession():
                    self.line = False
                case do.SetMuted(muted=muted):
                    self.mute = muted
                case do.AnswerTool() | do.AskReply() | do.SayText():
                    assert self.line, f"{action} without a line"
                case _:
                    pass


def live(history: list[tuple[ev.Event, float]], c: Conversation = C) -> tuple[State, float, Valves]:
    state, now, valves = State(), 0.0, Valves()
    for event, later_s in history:
        now += later_s
        before = state
        state, actions = step(state, event, now, c)
        entry = TABLE.get((before.phase, type(event)))
        assert state.phase in (entry.leads_to if entry else {before.phase}), (before, event, state)
        valves.carry_out(actions)
        assert valves.tap == (state.phase in TAP_OPEN)
        assert valves.line == (state.phase is not Phase.ASLEEP)
        assert valves.mute == state.muted
        assert not (state.muted and valves.tap)
        assert (state.next_s is None) == (state.phase is Phase.ASLEEP)
        assert len(state.waiting) <= MAX_WAITING
    return state, now, valves


@given(HISTORY)
@settings(max_examples=600)
def test_the_tap_is_open_only_in_the_phases_that_say_so_and_never_asleep_or_muted(history: Any) -> None:
    live(history)


@given(HISTORY, st.floats(0.1, 50))
@settings(max_examples=300)
def test_the_same_holds_when_conversations_are_capped_short(history: Any, cap_s: float) -> None:
    live(history, Conversation(max_conversation_s=cap_s))


@given(HISTORY)
@settings(max_examples=300)
def test_left_alone_every_phase_ends_asleep_in_bounded_time(history: Any) -> None:
    state, now, _ = live(history)
    began = now
    for _ in range(8):
        if state.phase is Phase.ASLEEP:
            break
        assert state.next_s is not None
        now = max(now, state.next_s)
        state, _ = step(state, ev.DeadlinePassed(), now, C)
    assert state.phase is Phase.ASLEEP
    assert now - began <= 2 * (C.speaking_s + C.max_conversation_s)


@given(HISTORY)
@settings(max_examples=300)
def test_every_order_that_asks_for_an_answer_gets_exactly_one(history: Any) -> None:
    numbered: list[tuple[ev.Event, float]] = []
    asked: set[str] = set()
    for n, (event, later_s) in enumerate(history):
        if isinstance(event, ev.SayAsked | ev.ListenAsked | ev.StopAsked):
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
                assert action.call_id in called
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
