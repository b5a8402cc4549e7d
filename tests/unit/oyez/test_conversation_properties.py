"""The conversation machine: what holds for every history of events."""

import dataclasses
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from oyez import actions as do
from oyez import events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.state import IN_CONVERSATION, Phase, State
from tests.unit.oyez.conversation_history import ANY_EVENT, HISTORY, TURNS, C, hold, live


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
    for _ in range(20):
        if state.phase is Phase.ASLEEP:
            break
        assert state.next_s is not None
        now = max(now, state.next_s)
        state, actions = step(state, ev.DeadlinePassed(), now, C)
        valves.carry_out(actions)
        hold(state, valves)
    assert state.phase is Phase.ASLEEP
    assert now - began <= 2 * (C.speaking_s + C.max_conversation_s)


ORDERS = (ev.SayAsked, ev.ListenAsked, ev.StopAsked, ev.TalkPressed, ev.TalkReleased, ev.ApprovalGiven)


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


@given(HISTORY, TURNS)
@settings(max_examples=400)
def test_every_wish_of_a_remote_tool_is_decided_exactly_once_by_the_end_of_its_conversation(
    history: Any, turns: Any
) -> None:
    state, now = State(turns=turns), 0.0
    asked: list[str] = []
    decided: list[str] = []
    for n, (event, later_s) in enumerate([*history, (ev.StopAsked(), 0.0)]):
        now += later_s
        if isinstance(event, ev.ApprovalAsked):
            event = dataclasses.replace(event, request_id=str(n))
            asked += [str(n)] if state.phase in IN_CONVERSATION or state.phase is Phase.ANNOUNCING else []
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
        if spent and before.phase is Phase.ASLEEP:
            assert state.phase is Phase.ASLEEP
            assert not any(isinstance(action, do.OpenSession | do.OpenTap) for action in actions)
        if spent and not isinstance(event, ev.BudgetRenewed | ev.BudgetSpent):
            assert state.spent == spent, "only its renewal ends it"


@given(st.lists(st.tuples(ANY_EVENT, st.floats(0, 3)), max_size=40))
@settings(max_examples=300)
def test_no_reply_to_tools_is_asked_for_while_a_response_runs_or_is_on_its_way(rest: Any) -> None:
    """As long as the service does what was asked of it; a response that was cut or cancelled is not waited for."""
    talk: list[tuple[ev.Event, float]] = [(WAKE_UP, 0.0), (ev.SessionReady(), 0.0), (ev.SpeechStopped("server"), 0.0)]
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


WAKE_UP = ev.WakeHeard("hey_jarvis", 0.99, phrase_end_s=9.5)


class Service:
    """A service that does what it is asked, one response at a time, and a house whose tools answer when they like.

    Every step is one of the things that may happen next; which of them, hypothesis draws.
    """

    def __init__(self, batches: int, tools: int) -> None:
        self.state, self.now = State(), 0.0
        self.batches, self.tools = batches, tools
        self.creates: list[str] = ["turn"]
        """What is still to be answered, in order; only when nothing runs does the next begin."""
        self.running: list[ev.Event] = []
        """What the running response will still tell."""
        self.answers: list[str] = []
        """Tools that run."""
        self.active = False
        self.playing = self.finishing = False
        self.asked_replies = self.fillers = self.responses = 0
        for event in (WAKE_UP, ev.SessionReady(), ev.SpeechStarted("server"), ev.SpeechStopped("server")):
            self.tell(event)

    def tell(self, event: ev.Event) -> None:
        self.active = self.active or isinstance(event, ev.ReplyBegun)
        self.active = self.active and not isinstance(event, ev.ReplyEnded)
        self.state, actions = step(self.state, event, self.now, C)
        for action in actions:
            match action:
                case do.AskReply():
                    assert not self.active
                    assert not self.creates
                    self.asked_replies += 1
                    self.creates.append("turn")
                case do.SayFiller():
                    assert not self.active
                    assert not self.creates
                    self.fillers += 1
                    self.creates.append("filler")
                case do.RunTool(call_id=call_id):
                    self.answers.append(call_id)
                case do.FinishReply():
                    self.finishing = True
                case _:
                    pass

    def choices(self) -> list[str]:
        begins = ["begin"] if self.creates and not self.running else []
        told = ["tell"] if self.running else []
        heard = ["heard"] if self.playing and self.finishing else []
        waits = ["wait"] if self.state.filler_due_s is not None else []
        return [*begins, *told, *heard, *waits, *(f"answer {call}" for call in self.answers)]

    def do(self, choice: str) -> None:
        match choice.split():
            case ["begin"]:
                self.running = self._response(self.creates.pop(0))
                self.tell(self.running.pop(0))
            case ["tell"]:
                event = self.running.pop(0)
                if isinstance(event, ev.ReplyAudible):
                    self.playing, self.finishing = True, False
                self.tell(event)
            case ["heard"]:
                self.playing = self.finishing = False
                self.tell(ev.PlaybackFinished())
            case ["wait"]:
                self.now = max(self.now, self.state.filler_due_s or self.now)
                self.tell(ev.DeadlinePassed())
            case ["answer", call_id]:
                self.answers.remove(call_id)
                self.tell(ev.ToolAnswered(call_id, "tool", "out", True))

    def _response(self, kind: str) -> list[ev.Event]:
        self.responses += 1
        name = f"r{self.responses}"
        calls: list[ev.Event] = []
        if kind == "turn" and self.batches:
            self.batches -= 1
            calls = [ev.ToolCalled(f"{name}c{n}", "tool", {}) for n in range(self.tools)]
        sound: list[ev.Event] = [] if calls and self.responses % 2 else [ev.ReplyAudible(name)]
        return [ev.ReplyBegun(name), *sound, *calls, ev.ReplyEnded(name, "completed", len(calls))]


@given(st.data(), st.integers(1, 3), st.integers(1, 3))
@settings(max_examples=500)
def test_each_batch_of_tools_leads_to_exactly_one_reply_however_tools_and_fillers_interleave(
    data: st.DataObject, batches: int, tools: int
) -> None:
    service = Service(batches, tools)
    while choices := service.choices():
        service.do(data.draw(st.sampled_from(choices)))
    assert service.asked_replies == batches
    assert service.fillers <= batches
    assert service.state.phase is Phase.LISTENING, "all was heard, and a follow-up is waited for"
