"""Histories of events for the properties of the conversation machine, and what its orders, carried out, come to."""

import hypothesis.strategies as st

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import TABLE, step
from oyez.state import MAX_APPROVALS, MAX_WAITING, TAP_OPEN, Phase, State, Turns

C = Conversation()
WAKE = ev.WakeHeard("hey_jarvis", 0.99, phrase_end_s=9.5)
ids = st.sampled_from(["r1", "r2"])
calls = st.sampled_from(["c1", "c2"])
ANY_EVENT: st.SearchStrategy[ev.Event] = st.one_of(
    st.just(WAKE),
    st.just(ev.StopHeard("stop", 0.98, 0.9)),
    st.just(ev.SpeechSuspected()),
    st.just(ev.SpeechDismissed()),
    st.builds(ev.SpeechStarted, st.sampled_from(["gate", "server"]), st.sampled_from(["", "i"])),
    st.builds(ev.SpeechStopped, st.sampled_from(["gate", "server"])),
    st.just(ev.SessionReady()),
    st.builds(ev.LineBroke, st.floats(0.0, 2000.0)),
    st.just(ev.LineMended()),
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
    st.builds(ev.TalkPressed, st.sampled_from([None, "p"])),
    st.builds(ev.TalkReleased, st.sampled_from([None, "q"])),
    st.builds(ev.ApprovalAsked, st.sampled_from(["a1", "a2", "a3"]), st.just("server"), st.just("tool"), st.just({})),
    st.builds(ev.ApprovalGiven, st.booleans(), st.sampled_from([None, "a1", "zz"]), st.sampled_from([None, "g"])),
    st.just(ev.BudgetWarned("Most of it is used up.")),
    st.builds(ev.BudgetSpent, st.sampled_from(["session", "day", "month"]), st.just("It is used up.")),
    st.just(ev.BudgetRenewed()),
    st.builds(ev.TroubleFound, st.just("hardware"), st.just("Gone.")),
    st.builds(ev.TroubleGone, st.just("hardware")),
    st.builds(ev.TextHeard, st.just("i"), st.sampled_from(["text", "Thank you.", "Yes!", "no"])),
    st.just(ev.DeadlinePassed()),
)
CONVERSATION: list[ev.Event] = [WAKE, ev.SessionReady(), ev.SpeechStarted("server"), ev.SpeechStopped("server")]
"""Random events alone rarely come so far as to a reply."""
OPENINGS: st.SearchStrategy[list[ev.Event]] = st.sampled_from(
    [
        [],
        CONVERSATION,
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ReplyAudible("r1")],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"), ev.SpeechSuspected()],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "tool", {}), ev.ReplyEnded("r1", "completed", 1)],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ApprovalAsked("a1", "s", "t", {}), ev.ReplyEnded("r1", "completed")],
        [ev.TalkPressed(), ev.SessionReady()],
    ]
)
Times = list[tuple[ev.Event, float]]
HISTORY: st.SearchStrategy[Times] = st.builds(
    lambda opening, rest: [*((event, 0.1) for event in opening), *rest],
    OPENINGS,
    st.lists(st.tuples(ANY_EVENT, st.floats(0, 2) | st.floats(0, 30)), max_size=40),
)
TURNS: st.SearchStrategy[Turns] = st.sampled_from(["service", "device"])


class Valves:
    """What the orders, carried out, make of tap, line, loudspeaker, and who takes the turns."""

    def __init__(self, turns: Turns = "service") -> None:
        self.tap = self.line = self.mute = self.paused = False
        self.turns = turns

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
                case do.PauseReply():
                    assert not self.paused, "a reply was paused twice"
                    self.paused = True
                case do.ResumeReply():
                    assert self.paused, "what was not paused cannot go on"
                    self.paused = False
                case do.CutReply():
                    self.paused = False
                case do.SetMuted(muted=muted):
                    self.mute = muted
                case do.TakeTurns(by=by):
                    assert self.line, "turns without a line"
                    self.turns = by
                case do.CommitTurn():
                    assert self.turns == "device", "a turn was ended that the service takes"
                    assert self.tap
                case do.AnswerTool() | do.AskReply() | do.SayText() | do.SayFiller() | do.ApproveTool():
                    assert self.line, f"{action} without a line"
                case _:
                    pass


def live(history: Times, c: Conversation = C, turns: Turns = "service") -> tuple[State, float, Valves]:
    """Drives the machine through a history, and holds what must hold after each of its steps."""
    state, now, valves = State(turns=turns), 0.0, Valves(turns)
    for event, later_s in history:
        now += later_s
        before = state
        state, actions = step(state, event, now, c)
        entry = TABLE.get((before.phase, type(event)))
        assert state.phase in (entry.leads_to if entry else {before.phase}), (before, event, state)
        valves.carry_out(actions)
        hold(state, valves)
    return state, now, valves


def hold(state: State, valves: Valves) -> None:
    asleep = state.phase is Phase.ASLEEP
    assert valves.tap == (state.phase in TAP_OPEN)
    assert valves.line == (not asleep)
    assert valves.mute == state.muted
    assert not (state.muted and valves.tap)
    assert valves.paused == (state.resume_by_s is not None)
    assert not valves.paused or state.phase is Phase.SPEAKING, "a pause outlived its reply"
    assert (state.next_s is None) == asleep
    assert len(state.waiting) <= MAX_WAITING + 1, "as many orders, and one notice of the device's own"
    assert len(state.approvals) <= MAX_APPROVALS or state.phase is Phase.ANNOUNCING
    assert valves.turns == ("device" if state.device_takes_turns else "service")
    assert not state.held or state.phase in (Phase.OPENING, Phase.LISTENING)
    assert not (asleep and state != State(muted=state.muted, turns=state.turns, spent=state.spent))
