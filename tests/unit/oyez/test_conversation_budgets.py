"""Money: a warning when all is said, a polite end, and no new beginning."""

import pytest

from oyez import actions as do, events as ev
from oyez.state import Phase, State
from oyez.view import View, see
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told, speaking

SENTENCE = "The budget of this day is used up."
DAY, SESSION = ev.BudgetSpent("day", SENTENCE), ev.BudgetSpent("session", "This was a long talk.")
TOLD = do.Complain("budget_spent", SENTENCE)
BEGINNINGS: list[ev.Event] = [WAKE, ev.ListenAsked("o"), ev.TalkPressed("o"), ev.SayAsked("text", "o")]


def end_reply(told: Told) -> list[do.Action]:
    return told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())


def test_a_warning_is_said_once_when_the_conversation_is_over_and_answers_nobody() -> None:
    told = speaking()
    assert told.tell(ev.BudgetWarned("Most of it."), ev.BudgetWarned("Most of it.")) == (
        [do.Complain("budget_warned", "Most of it.")] * 2
    )
    assert do.SayText("Most of it.") not in end_reply(told)
    told.later(C.patience_s, ev.DeadlinePassed())
    told.tell(ev.ReplyBegun("w"), ev.ReplyEnded("w", "completed"), ev.PlaybackFinished())
    assert told.ordered.count(do.SayText("Most of it.")) == 1
    assert not any(isinstance(action, do.CompleteOrder) for action in told.ordered)
    assert told.state == State()


def test_a_warning_to_a_sleeping_device_makes_no_sound() -> None:
    assert Told(ev.BudgetWarned("Most of it.")).ordered == [do.Complain("budget_warned", "Most of it.")]


@pytest.mark.parametrize(("event", "spent"), [(DAY, SENTENCE), (SESSION, "")])
def test_what_runs_ends_then_it_is_said_once_and_then_the_device_sleeps(event: ev.BudgetSpent, spent: str) -> None:
    told = speaking()
    told.tell(event)
    assert told.state.phase is Phase.SPEAKING, "the reply is heard to its end"
    assert do.SayText(event.sentence) in end_reply(told)
    told.tell(ev.ReplyBegun("w"), ev.ReplyEnded("w", "completed"), ev.PlaybackFinished())
    assert told.ordered.count(do.SayText(event.sentence)) == 1
    assert told.state == State(spent=spent)


def test_tools_that_run_when_it_is_spent_are_answered_and_the_answer_heard() -> None:
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "a", {}))
    told.tell(DAY, ev.ReplyEnded("r1", "completed", 1))
    assert do.AskReply() in told.tell(ev.ToolAnswered("c1", "a", "done", True))
    told.tell(ev.ReplyBegun("r2"), ev.ReplyAudible("r2"), ev.ReplyEnded("r2", "completed"), ev.PlaybackFinished())
    assert told.state.phase is Phase.ANNOUNCING


def test_with_nothing_running_it_is_said_at_once() -> None:
    told = Told(WAKE, ev.SessionReady())
    assert do.SayText(SENTENCE) in told.tell(DAY)
    assert told.state.phase is Phase.ANNOUNCING


def test_speech_over_the_last_reply_begins_nothing_new() -> None:
    told = speaking()
    told.tell(DAY)
    fresh = told.tell(ev.SpeechStarted("gate"))
    assert fresh[:2] == [do.CutReply(), do.CancelReply()]
    assert told.state.phase is Phase.ANNOUNCING


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("muted", [False, True])
def test_while_it_is_spent_every_beginning_is_refused_aloud_and_in_words(beginning: ev.Event, muted: bool) -> None:
    told = Told(DAY, *([ev.MuteAsked(True)] if muted else []))
    fresh = told.tell(beginning)
    assert told.state == State(spent=SENTENCE, muted=muted)
    if muted and not isinstance(beginning, ev.SayAsked):
        return
    assert do.PlayChime("error") in fresh
    assert TOLD in fresh
    if not isinstance(beginning, ev.WakeHeard):
        assert do.CompleteOrder("o", False, SENTENCE) in fresh


def test_a_device_that_is_told_at_its_start_sleeps_spent_and_silent() -> None:
    told = Told(DAY)
    assert told.ordered == [TOLD]
    assert see(View(), told.state, DAY, [TOLD]).budget == "spent"


def test_its_renewal_is_a_new_beginning() -> None:
    told = Told(DAY)
    assert told.tell(ev.BudgetRenewed()) == [do.Relieve(("budget_spent", "budget_warned"))]
    assert see(View(budget="spent"), told.state, ev.BudgetRenewed(), []).budget == "ok"
    told.tell(WAKE)
    assert told.state.phase is Phase.OPENING


def test_a_sessions_cap_is_no_matter_to_the_next_conversation() -> None:
    told = speaking()
    told.tell(SESSION, ev.StopAsked(), WAKE)
    assert told.state.phase is Phase.OPENING


def test_announcements_that_wait_are_refused_and_the_one_that_is_being_said_is_not() -> None:
    told = Told(ev.SayAsked("One.", "1"), ev.SessionReady(), ev.SayAsked("Two.", "2"))
    assert told.tell(DAY) == [TOLD, do.CompleteOrder("2", False, SENTENCE)]
    fresh = told.tell(ev.ReplyBegun("a"), ev.ReplyEnded("a", "completed"), ev.PlaybackFinished())
    assert fresh[-2:] == [do.CompleteOrder("1", True), do.SayText(SENTENCE)]


def test_the_wake_word_does_not_cut_off_why_nothing_is_begun() -> None:
    told = Told(WAKE, ev.SessionReady(), DAY)
    assert told.tell(WAKE, ev.TalkPressed("p"))[1:] == [do.CompleteOrder("p", False, SENTENCE)]
    assert told.state.phase is Phase.ANNOUNCING


@pytest.mark.parametrize("ending", [ev.StopAsked(), ev.MuteAsked(True), ev.SessionLost("line_lost", "It broke.")])
def test_no_way_to_sleep_forgets_that_it_is_spent(ending: ev.Event) -> None:
    told = speaking()
    told.tell(DAY, ending)
    assert told.state.phase is Phase.ASLEEP
    assert told.state.spent == SENTENCE
