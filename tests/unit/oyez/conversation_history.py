"""Histories of events for the properties of the conversation machine, and what its orders, carried out, come to."""

from dataclasses import replace

import hypothesis.strategies as st

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import TABLE, step
from oyez.events_home import Priority
from oyez.resting import LEADS_TO
from oyez.state import LINE_USED, MAX_APPROVALS, MAX_WAITING, TAP_OPEN, Phase, State, Turns, at_rest

C = Conversation()
WAKE = ev.WakeHeard("hey_jarvis", 0.99, phrase_end_s=9.5)
ids = st.sampled_from(["r1", "r2"])
calls = st.sampled_from(["c1", "c2"])
priorities: st.SearchStrategy[Priority] = st.sampled_from(["normal", "normal", "urgent"])
volumes = st.sampled_from([None, None, 0.4])
timers = st.sampled_from(["t1", "t2"])
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
    st.builds(ev.ReplyBegun, ids, st.sampled_from([None, True, False])),
    st.builds(ev.ReplyAudible, ids),
    st.builds(
        ev.ReplyEnded, ids, st.sampled_from(["completed", "cancelled", "failed", "incomplete"]), st.integers(0, 2)
    ),
    st.builds(ev.ToolCalled, calls, st.just("tool"), st.just({})),
    st.builds(ev.ToolAnswered, calls, st.just("tool"), st.just("out"), st.booleans()),
    st.builds(ev.PlaybackFinished, st.booleans()),
    st.builds(ev.MuteAsked, st.booleans()),
    st.builds(ev.MuteSwitched, st.booleans()),
    st.builds(ev.BrightnessAsked, st.floats(0, 1)),
    st.builds(ev.VolumeAsked, st.floats(0, 1)),
    st.builds(ev.ListenAsked, st.sampled_from([None, "l"])),
    st.builds(ev.StopAsked, st.sampled_from([None, "s"])),
    st.builds(ev.SayAsked, st.just("text"), st.sampled_from([None, "y"]), priorities, volumes),
    st.builds(ev.PlayAsked, st.just("clip"), st.just(3.0), st.sampled_from([None, "k"]), priorities, volumes),
    st.builds(ev.AskAsked, st.just("question?"), st.sampled_from([None, "w"]), priorities, volumes),
    st.builds(ev.FollowUpAsked, st.booleans()),
    st.builds(ev.RestartAsked, st.sampled_from([None, "z"])),
    st.builds(ev.QuietHours, st.booleans(), st.just("Until seven.")),
    st.builds(ev.TimerDue, timers),
    st.builds(ev.TimerGone, timers),
    st.builds(ev.RivalsKnown, st.sampled_from([True, True, False])),
    st.just(ev.BidWon()),
    st.just(ev.BidLost("kitchen")),
    st.just(ev.LineFellBack("The local one answers.")),
    st.just(ev.LineReturned()),
    st.builds(ev.TalkPressed, st.sampled_from([None, "p"]), st.sampled_from([None, 0.0, 1e9])),
    st.builds(ev.TalkReleased, st.sampled_from([None, "q"])),
    st.builds(ev.ApprovalAsked, st.sampled_from(["a1", "a2", "a3"]), st.just("server"), st.just("tool"), st.just({})),
    st.builds(ev.ApprovalAsked, calls, st.just(""), st.just("tool"), st.just({}), st.just("Shall I?"), st.just(True)),
    st.just(ev.MuteWished()),
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
SAID: list[ev.Event] = [ev.SessionReady(), ev.ReplyBegun("r1"), ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished()]
QUESTION: list[ev.Event] = [ev.AskAsked("question?", "w", volume=0.4), *SAID]
CLIP = ev.PlayAsked("clip", 3.0, "k", volume=0.4)
RIVALS = ev.RivalsKnown(True)
OWN = ev.ApprovalAsked("c1", "", "tool", {}, "Shall I?", own=True)
OPENINGS: st.SearchStrategy[list[ev.Event]] = st.sampled_from(
    [
        [],
        CONVERSATION,
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ReplyAudible("r1")],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"), ev.SpeechSuspected()],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "tool", {}), ev.ReplyEnded("r1", "completed", 1)],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ApprovalAsked("a1", "s", "t", {}), ev.ReplyEnded("r1", "completed")],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "tool", {}), OWN, ev.ReplyEnded("r1", "completed", 1)],
        [*CONVERSATION, ev.ReplyBegun("r1"), ev.MuteWished(), ev.ReplyAudible("r1")],
        [ev.TalkPressed(), ev.SessionReady()],
        QUESTION,
        [*QUESTION, ev.SpeechStarted(), ev.SpeechStopped()],
        [ev.SayAsked("text", "y", volume=0.4), *SAID[:2]],
        [CLIP],
        [ev.TimerDue("t1")],
        [*CONVERSATION, ev.TimerDue("t1"), CLIP, ev.AskAsked("question?", "w")],
        [RIVALS, WAKE],
        [RIVALS, ev.TimerDue("t1"), *CONVERSATION],
        [RIVALS, WAKE, ev.BidWon(), *CONVERSATION[1:], ev.ReplyBegun("r1"), ev.ReplyAudible("r1")],
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
        self.tap = self.line = self.mute = self.paused = self.rings = self.own_volume = False
        self.clip: str | None = None
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
                case do.Ring(on=on):
                    assert self.rings != on, "rung twice, or silenced twice"
                    self.rings = on
                case do.UseVolume(level=level):
                    assert self.own_volume == (level is None), "two volumes at once, or none to give back"
                    self.own_volume = level is not None
                case do.PlayClip(clip=clip):
                    assert self.clip is None, "two sounds at once"
                    assert not self.line
                    self.clip = clip
                case do.DropClip(clip=clip) if clip == self.clip:
                    self.clip = None
                case do.SetMuted(muted=muted):
                    self.mute = muted
                case do.TakeTurns(by=by):
                    assert self.line, "turns without a line"
                    self.turns = by
                case do.SayText():
                    assert self.line, "said without a line"
                    assert not self.rings
                case do.CommitTurn():
                    assert self.turns == "device", "a turn was ended that the service takes"
                    assert self.tap
                case do.AnswerTool() | do.AskReply() | do.SayFiller() | do.ApproveTool(own=False):
                    assert self.line, f"{action} without a line"
                case _:
                    pass


def numbered(history: Times) -> Times:
    """Each sound has a name of its own."""
    return [
        (replace(event, clip=f"clip {n}") if isinstance(event, ev.PlayAsked) else event, later_s)
        for n, (event, later_s) in enumerate(history)
    ]


def live(history: Times, c: Conversation = C, turns: Turns = "service") -> tuple[State, float, Valves]:
    """Drives the machine through a history, and holds what must hold after each of its steps."""
    state, now, valves = State(turns=turns), 0.0, Valves(turns)
    for event, later_s in numbered(history):
        now += later_s
        before = state
        state, actions = step(state, event, now, c)
        entry = TABLE.get((before.phase, type(event)))
        ways = entry.leads_to if entry else {before.phase}
        assert state.phase in (ways | LEADS_TO if Phase.ASLEEP in ways else ways), (before, event, state)
        valves.carry_out(actions)
        hold(state, valves)
    return state, now, valves


def hold(state: State, valves: Valves) -> None:
    asleep = state.phase is Phase.ASLEEP
    assert valves.tap == (state.phase in TAP_OPEN)
    assert valves.line == (state.phase in LINE_USED)
    assert valves.rings == (state.phase is Phase.RINGING)
    assert valves.own_volume == state.own_volume
    assert (valves.clip is not None) == (state.phase is Phase.PLAYING)
    assert not asleep or not (valves.rings or valves.own_volume)
    assert valves.mute == state.muted
    assert not (state.muted and valves.tap)
    assert valves.paused == (state.resume_by_s is not None)
    assert not valves.paused or state.phase is Phase.SPEAKING, "a pause outlived its reply"
    assert (state.next_s is None) == asleep
    assert len(state.waiting) <= 2 * MAX_WAITING + 2, "as many orders, as many urgent ones, and notices of our own"
    assert len(state.approvals) <= MAX_APPROVALS or state.phase in (Phase.ANNOUNCING, Phase.ANSWERING)
    assert valves.turns == ("device" if state.device_takes_turns else "service")
    assert not state.held or state.phase in (Phase.OPENING, Phase.LISTENING)
    assert not (asleep and state != at_rest(state))
    assert not (asleep and state.due), "a timer that has come rings"
