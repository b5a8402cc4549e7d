"""Remote tools that may only be used if somebody here agrees; and the word that fills the wait for slow ones."""

from typing import Any

import pytest

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.state import MAX_APPROVALS, TRANSCRIPT_S, Phase
from oyez.view import Approval, View, see
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told

WISH = ev.ApprovalAsked("a1", "calendar", "add_event", {"title": "Dentist"})
QUESTION = do.SayText("May I use add_event of calendar?")
ANSWER = ev.SpeechStarted("server", "i2")


def wished(**kw: Any) -> Told:
    return Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"), WISH, **kw)


def questioned(**kw: Any) -> Told:
    """The question was said and heard."""
    told = wished(**kw)
    told.tell(ev.ReplyEnded("r1", "completed"), ev.ReplyBegun("q"), ev.ReplyAudible("q"))
    told.tell(ev.ReplyEnded("q", "completed"), ev.PlaybackFinished())
    return told


def decisions(told: Told) -> list[do.ApproveTool]:
    return [action for action in told.ordered if isinstance(action, do.ApproveTool)]


def test_the_question_is_told_at_once_and_said_when_nothing_else_is() -> None:
    told = wished()
    assert told.ordered[-1] == do.ReportApproval("a1", "calendar", "add_event", {"title": "Dentist"})
    assert QUESTION not in told.tell(ev.ReplyAudible("r1"), ev.ReplyEnded("r1", "completed"))
    assert QUESTION in told.tell(ev.PlaybackFinished())


@pytest.mark.parametrize(("said", "approve"), [("Yes, please.", True), ("Okay!", True), ("No.", False)])
@pytest.mark.parametrize("first", ["text", "reply"])
def test_a_spoken_answer_decides_once_whether_its_text_or_the_services_own_reply_comes_first(
    said: str, approve: bool, first: str
) -> None:
    told = questioned()
    told.tell(ANSWER, STOPPED)
    both: list[ev.Event] = [ev.TextHeard("i2", said), ev.ReplyBegun("r2")]
    told.tell(*(both if first == "text" else reversed(both)))
    told.tell(ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"), ev.PlaybackFinished())
    assert [(wish.request_id, wish.approve) for wish in decisions(told)] == [("a1", approve)]
    assert do.ExpectBargeIn(False) in told.ordered[-1:], "thinking: the reply to what the tool did is still to come"
    told.tell(ev.ReplyBegun("r3"), ev.ReplyAudible("r3"), ev.ReplyEnded("r3", "completed"), ev.PlaybackFinished())
    assert told.state.phase is Phase.LISTENING
    assert len(decisions(told)) == 1


def test_a_yes_that_was_said_before_the_question_agrees_to_nothing() -> None:
    """Its transcript may come late; even after the user began to answer."""
    told = questioned()
    told.tell(ev.TextHeard("i1", "yes"))
    told.tell(ANSWER, ev.TextHeard("i1", "yes"))
    assert decisions(told) == []


def test_another_answer_than_yes_or_no_leaves_the_question_open_until_its_time_is_over() -> None:
    told = questioned()
    told.tell(ANSWER, STOPPED, ev.ReplyBegun("r2"), ev.TextHeard("i2", "what does it cost?"), ev.ReplyAudible("r2"))
    told.tell(ev.ReplyEnded("r2", "completed"), ev.PlaybackFinished())
    assert told.state.phase is Phase.LISTENING
    assert decisions(told) == []
    told.later(C.approval_s, ev.DeadlinePassed())
    assert [wish.approve for wish in decisions(told)] == [False]


def test_an_answer_in_the_last_moment_counts_although_its_text_comes_later() -> None:
    told = questioned()
    told.later(C.approval_s - 0.1, ANSWER)
    told.later(1.0, STOPPED, ev.DeadlinePassed())
    told.later(TRANSCRIPT_S - 1, ev.DeadlinePassed(), ev.TextHeard("i2", "yes"))
    assert [wish.approve for wish in decisions(told)] == [True]


@pytest.mark.parametrize("request_id", [None, "a1"])
def test_an_answer_over_mqtt_counts_from_the_beginning(request_id: str | None) -> None:
    told = wished()
    fresh = told.tell(ev.ApprovalGiven(True, request_id, "7"))
    assert fresh == [do.ApproveTool("a1", True), do.CompleteOrder("7", True)]
    assert QUESTION not in told.tell(ev.ReplyEnded("r1", "completed"))
    (refused,) = told.tell(ev.ApprovalGiven(True, request_id, "8"))
    assert isinstance(refused, do.CompleteOrder)
    assert not refused.ok


def test_an_answer_for_another_request_is_refused_and_decides_nothing() -> None:
    told = wished()
    (refused,) = told.tell(ev.ApprovalGiven(True, "zz", "7"))
    assert isinstance(refused, do.CompleteOrder)
    assert not refused.ok
    assert decisions(told) == []


def test_the_end_of_the_conversation_refuses_what_nobody_decided_before_the_line_closes() -> None:
    told = questioned()
    fresh = told.tell(ev.StopAsked())
    refusal = do.ApproveTool("a1", False, "the conversation ended")
    assert fresh.index(refusal) < fresh.index(do.CloseSession())


def test_a_question_that_somebody_spoke_over_before_it_sounded_is_asked_again() -> None:
    told = wished()
    told.tell(ev.ReplyEnded("r1", "completed"), BY_SERVER, STOPPED, ev.ReplyBegun("r2"))
    assert QUESTION in told.tell(ev.ReplyEnded("r2", "completed"))


def test_the_question_waits_for_the_reply_to_tools_that_were_called_beside_it() -> None:
    told = wished()
    told.tell(ev.ToolCalled("c1", "clock", {}), ev.ReplyEnded("r1", "completed", 1))
    assert told.tell(ev.ToolAnswered("c1", "clock", "noon", True)) == [do.AnswerTool("c1", "noon"), do.AskReply()]
    assert QUESTION in told.tell(ev.ReplyBegun("r2"), ev.ReplyEnded("r2", "completed"))


def test_two_wishes_are_asked_about_one_after_the_other() -> None:
    told = questioned()
    told.tell(ev.ApprovalAsked("a2", "mail", "send", {}), ev.ApprovalGiven(True))
    fresh = told.tell(ev.ReplyBegun("r2"), ev.ReplyEnded("r2", "completed"))
    assert do.SayText("May I use send of mail?") in fresh


def test_more_wishes_than_anybody_can_answer_are_refused() -> None:
    told = wished()
    told.tell(*(ev.ApprovalAsked(f"b{n}", "s", "t", {}) for n in range(MAX_APPROVALS)))
    assert [wish.request_id for wish in decisions(told)] == [f"b{MAX_APPROVALS - 1}"]


def test_without_follow_up_the_question_is_still_listened_to_and_the_answer_heard() -> None:
    told = questioned(settings=Conversation(follow_up=False))
    told.tell(ANSWER, STOPPED, ev.TextHeard("i2", "yes"), ev.ReplyBegun("r2"), ev.ReplyEnded("r2", "completed"))
    told.tell(ev.ReplyBegun("r3"), ev.ReplyAudible("r3"), ev.ReplyEnded("r3", "completed"))
    assert do.CloseSession() not in told.ordered
    told.tell(ev.PlaybackFinished())
    assert told.state.phase is Phase.ASLEEP


def test_onlookers_see_what_is_asked_while_it_is_and_not_with_which_arguments() -> None:
    told = questioned()
    seen = see(View(), told.state, WISH, [])
    assert (seen.state, seen.approval) == ("listening", Approval("a1", "calendar", "add_event"))
    told.tell(ev.ApprovalGiven(False))
    assert see(seen, told.state, ev.ApprovalGiven(False), []).approval is None


def test_a_slow_tool_is_worth_a_word_once_and_its_answer_one_reply_although_it_comes_meanwhile() -> None:
    told = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "slow", {}))
    told.tell(ev.ReplyEnded("r1", "completed", 1))
    assert told.later(C.filler_s, ev.DeadlinePassed(), ev.DeadlinePassed()) == [do.SayFiller()]
    assert told.tell(ev.ToolAnswered("c1", "slow", "done", True)) == [do.AnswerTool("c1", "done")]
    fresh = told.tell(ev.ReplyBegun("f"), ev.ReplyAudible("f"), ev.ReplyEnded("f", "completed"))
    assert fresh.count(do.AskReply()) == 1
    assert do.AskReply() not in told.tell(ev.PlaybackFinished())
    assert told.state.phase is Phase.THINKING


def test_no_word_while_the_reply_that_called_the_tool_is_still_being_said_or_where_none_is_wanted() -> None:
    told = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"))
    told.tell(ev.ToolCalled("c1", "slow", {}))
    assert told.later(C.filler_s, ev.DeadlinePassed()) == []
    told.tell(ev.ReplyEnded("r1", "completed", 1), ev.PlaybackFinished())
    assert told.tell(ev.DeadlinePassed()) == [do.SayFiller()]
    silent = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"), settings=Conversation(filler_s=0.0))
    silent.tell(ev.ToolCalled("c1", "slow", {}), ev.ReplyEnded("r1", "completed", 1))
    assert silent.later(5.0, ev.DeadlinePassed()) == []


def test_another_tool_that_is_called_while_the_first_still_runs_is_worth_no_second_word() -> None:
    told = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "slow", {}))
    told.tell(ev.ReplyEnded("r1", "completed", 1))
    told.later(C.filler_s, ev.DeadlinePassed(), ev.ReplyBegun("f"), ev.ReplyEnded("f", "completed"))
    told.tell(ev.ReplyBegun("r2"), ev.ToolCalled("c2", "slow", {}), ev.ReplyEnded("r2", "completed", 1))
    assert told.later(C.filler_s, ev.DeadlinePassed()) == []


def test_a_question_that_goes_on_after_a_lost_session_is_still_the_question() -> None:
    """The line has the rest of it said on the next session, as another response."""
    told = wished()
    told.tell(
        ev.ReplyEnded("r1", "completed"), ev.ReplyBegun("q"), ev.ReplyBegun("q again"), ev.ReplyAudible("q again")
    )
    told.tell(ev.ReplyEnded("q again", "completed"), ev.PlaybackFinished(), ANSWER, STOPPED, ev.TextHeard("i2", "yes"))
    assert [wish.approve for wish in decisions(told)] == [True]


def test_a_filler_that_failed_is_no_trouble_worth_a_sound() -> None:
    told = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "slow", {}))
    told.tell(ev.ReplyEnded("r1", "completed", 1))
    told.later(C.filler_s, ev.DeadlinePassed())
    assert told.tell(ev.ReplyBegun("f"), ev.ReplyEnded("f", "failed")) == []
