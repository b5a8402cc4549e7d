"""Calls of this device's own tools that wait for somebody's yes; and a microphone that is muted when that was heard."""

from typing import Any

import pytest
from hypothesis import given, settings

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.state import MAX_APPROVALS, Phase, State
from oyez.view import Approval, View, see
from tests.unit.oyez.conversation_history import HISTORY
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told

CALL = ev.ToolCalled("c1", "open_door", {"name": "front"})
WISH = ev.ApprovalAsked("c1", "", "open_door", {"name": "front"}, "Shall I open the front door?", own=True)
QUESTION = do.SayText("Shall I open the front door?")
ANSWER = ev.SpeechStarted("server", "i2")
DONE = ev.ToolAnswered("c1", "open_door", "It is open.", True)


def called(*more: ev.Event, **kw: Any) -> Told:
    return Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"), CALL, *more, **kw)


def questioned(**kw: Any) -> Told:
    """The question was said and heard."""
    told = called(WISH, ev.ReplyEnded("r1", "completed", 1), **kw)
    assert QUESTION in told.ordered
    told.tell(ev.ReplyBegun("q"), ev.ReplyAudible("q"), ev.ReplyEnded("q", "completed"), ev.PlaybackFinished())
    assert told.state.phase is Phase.LISTENING
    return told


def decisions(told: Told) -> list[tuple[bool, str]]:
    return [(one.approve, one.why) for one in told.ordered if isinstance(one, do.ApproveTool) and one.own]


@pytest.mark.parametrize("late", [False, True])
def test_the_question_is_asked_although_the_call_has_no_answer_whichever_comes_first_it_or_the_end_of_the_reply(
    late: bool,
) -> None:
    ended = ev.ReplyEnded("r1", "completed", 1)
    told = called(*((ended, WISH) if late else (WISH, ended)))
    assert QUESTION in told.ordered
    assert do.AskReply() not in told.ordered


@pytest.mark.parametrize(("said", "approve"), [("Yes, please.", True), ("No.", False)])
def test_a_spoken_answer_decides_and_what_came_of_it_is_one_reply(said: str, approve: bool) -> None:
    told = questioned()
    told.tell(ANSWER, STOPPED, ev.TextHeard("i2", said))
    assert [yes for yes, _ in decisions(told)] == [approve]
    told.tell(ev.ReplyBegun("r2"))
    assert told.tell(DONE) == [do.AnswerTool("c1", "It is open.")], "the service's own answer to the words goes first"
    fresh = told.tell(ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"))
    assert fresh.count(do.AskReply()) == 1
    told.tell(ev.PlaybackFinished(), ev.ReplyBegun("r3"), ev.ReplyAudible("r3"), ev.ReplyEnded("r3", "completed"))
    told.tell(ev.PlaybackFinished())
    assert told.state.phase is Phase.LISTENING
    assert told.ordered.count(do.AskReply()) == 1


def test_words_that_were_said_before_the_question_agree_to_nothing() -> None:
    told = questioned()
    told.tell(ev.TextHeard("i1", "yes"))
    assert decisions(told) == []


def test_silence_is_answered_with_why_and_the_service_tells_it() -> None:
    told = questioned()
    told.later(C.approval_s, ev.DeadlinePassed())
    assert decisions(told) == [(False, "nobody agreed in time")]
    fresh = told.tell(ev.ToolAnswered("c1", "open_door", "Nothing was done.", False))
    assert fresh[:2] == [do.AnswerTool("c1", "Nothing was done."), do.AskReply()]


def test_an_order_decides_at_once_and_the_question_is_not_asked_any_more() -> None:
    told = called(WISH)
    assert told.tell(ev.ApprovalGiven(True, "c1", "7"))[0] == do.ApproveTool("c1", True, own=True)
    fresh = told.tell(DONE, ev.ReplyEnded("r1", "completed", 1))
    assert do.AskReply() in fresh
    assert QUESTION not in told.ordered


def test_what_else_is_asked_meanwhile_is_answered_and_the_question_stays_open() -> None:
    """Also where the answer takes another tool, which nobody must agree to."""
    told = questioned()
    told.tell(ANSWER, STOPPED, ev.TextHeard("i2", "what time is it?"), ev.ReplyBegun("r2"))
    told.tell(ev.ToolCalled("c2", "clock", {}), ev.ReplyEnded("r2", "completed", 1))
    assert do.AskReply() in told.tell(ev.ToolAnswered("c2", "clock", "noon", True))
    told.tell(ev.ReplyBegun("r3"), ev.ReplyAudible("r3"), ev.ReplyEnded("r3", "completed"), ev.PlaybackFinished())
    assert (told.state.phase, decisions(told)) == (Phase.LISTENING, [])
    told.tell(ev.ApprovalGiven(True))
    assert decisions(told) == [(True, "")]


def test_a_call_beside_it_is_waited_for_and_told_before_the_question() -> None:
    told = called(WISH, ev.ToolCalled("c2", "clock", {}), ev.ReplyEnded("r1", "completed", 2))
    assert QUESTION not in told.ordered
    assert do.AskReply() in told.tell(ev.ToolAnswered("c2", "clock", "noon", True))
    fresh = told.tell(ev.ReplyBegun("r2"), ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"))
    assert QUESTION in [*fresh, *told.tell(ev.PlaybackFinished())]


def test_who_speaks_over_the_reply_is_asked_when_they_have_been_answered() -> None:
    told = called(WISH, ev.ReplyAudible("r1"), ANSWER)
    assert QUESTION not in told.ordered
    told.tell(STOPPED, ev.ReplyBegun("r2"), ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"))
    assert QUESTION in told.tell(ev.PlaybackFinished())


def test_an_order_while_somebody_speaks_waits_with_its_result_for_their_turn() -> None:
    told = questioned()
    told.tell(ANSWER, ev.ApprovalGiven(True))
    assert told.tell(DONE) == [do.AnswerTool("c1", "It is open.")]


def test_the_end_of_the_conversation_refuses_and_so_does_a_conversation_that_has_ended_already() -> None:
    told = questioned()
    told.tell(ev.StopAsked())
    assert decisions(told) == [(False, "the conversation ended")]
    assert told.tell(WISH) == [do.ApproveTool("c1", False, "the conversation ended", own=True)]
    told.tell(WAKE, ev.SessionReady())
    assert told.tell(WISH) == [do.ApproveTool("c1", False, "the conversation ended", own=True)]


def test_more_than_anybody_can_answer_are_refused_and_told_by_the_service() -> None:
    wishes = [ev.ApprovalAsked(f"b{n}", "s", "t", {}) for n in range(MAX_APPROVALS)]
    told = called(*wishes, WISH)
    assert [approve for approve, _ in decisions(told)] == [False]
    assert told.state.calls == {"c1"}, "its answer is waited for"


def test_onlookers_see_that_the_device_itself_asks() -> None:
    assert see(View(), questioned().state, WISH, []).approval == Approval("c1", "", "open_door")


@given(HISTORY)
@settings(max_examples=400)
def test_every_call_that_waits_for_a_person_is_decided_exactly_once_and_answered_to_the_service_once_at_most(
    history: Any,
) -> None:
    """Calls and wishes get ids as in life: none twice. A decision is followed by the answer of the toolbox."""
    state, now, number = State(), 0.0, 0
    running, waiting, decided, answered = [], set(), [], []
    for event, later_s in [*history, (ev.StopAsked(), 0.0)]:
        now += later_s
        if isinstance(event, ev.ToolCalled):
            number += 1
            event = ev.ToolCalled(f"n{number}", "tool", {})
        elif isinstance(event, ev.ApprovalAsked) and event.own:
            if not running:
                continue
            event = ev.ApprovalAsked(running.pop(0), "", "tool", {}, "Shall I?", own=True)
            waiting.add(event.request_id)
        elif isinstance(event, ev.ToolAnswered):
            continue
        todo: list[ev.Event] = [event]
        while todo:
            state, actions = step(state, todo.pop(0), now, C)
            for action in actions:
                match action:
                    case do.RunTool(call_id=call_id):
                        running.append(call_id)
                    case do.AnswerTool(call_id=call_id):
                        answered.append(call_id)
                    case do.ApproveTool(request_id=call_id, own=True):
                        assert call_id in waiting, "decided without a question, or twice"
                        waiting.discard(call_id)
                        decided.append(call_id)
                        todo.append(ev.ToolAnswered(call_id, "tool", "out", True))
                    case _:
                        pass
    assert waiting == set()
    assert len(set(answered)) == len(answered)
    assert len(set(decided)) == len(decided)


# --- muting when it was heard ----------------------------------------------------------------------


def test_the_microphone_is_muted_when_the_answer_was_heard_and_not_before() -> None:
    told = called(ev.MuteWished(), DONE, ev.ReplyEnded("r1", "completed", 1))
    told.tell(ev.ReplyBegun("r2"), ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"))
    assert do.SetMuted(True) not in told.ordered
    fresh = told.tell(ev.PlaybackFinished())
    assert fresh.index(do.CloseTap()) < fresh.index(do.SetMuted(True)) < fresh.index(do.PlayChime("muted"))
    assert (told.state.phase, told.state.muted) == (Phase.ASLEEP, True)


@pytest.mark.parametrize("event", [ANSWER, ev.StopAsked(), ev.SessionLost("line_lost", "It broke.")])
def test_whatever_ends_the_conversation_first_the_microphone_is_muted(event: ev.Event) -> None:
    told = called(ev.MuteWished(), ev.ReplyAudible("r1"), event)
    assert told.state.muted
    assert told.ordered.count(do.SetMuted(True)) == 1


def test_a_wish_that_comes_when_the_conversation_is_over_mutes_at_once_and_mute_by_hand_mutes_once() -> None:
    assert Told(ev.MuteWished()).state.muted
    told = called(ev.MuteWished(), ev.MuteAsked(True))
    assert told.ordered.count(do.SetMuted(True)) == 1


def test_what_waited_to_be_said_is_said_by_the_muted_device() -> None:
    told = called(ev.SayAsked("Dinner!", "y"), ev.MuteWished(), ev.ReplyEnded("r1", "completed"), DONE)
    told.tell(ev.ReplyBegun("r2"), ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"), ev.PlaybackFinished())
    assert told.state.muted
    assert told.state.phase is Phase.ANNOUNCING


def test_a_slow_tool_that_was_agreed_to_is_worth_a_word() -> None:
    told = questioned(settings=Conversation(filler_s=1.0))
    told.tell(ev.ApprovalGiven(True))
    assert told.later(1.0, ev.DeadlinePassed()) == [do.SayFiller()]
