"""A question of a program's: asked aloud, answered by whoever is there, told to who asked and to nobody else."""

import pytest

from oyez import actions as do, events as ev
from oyez.state import Phase, State
from oyez.view import View, see
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told

ASK = ev.AskAsked("Tea or coffee?", "q", volume=0.5, answer_s=8.0)
SPEAKS, STOPS = ev.SpeechStarted("gate"), ev.SpeechStopped("gate")
SPOKEN: list[ev.Event] = [
    ev.SessionReady(),
    ev.ReplyBegun("a", aside=True),
    ev.ReplyEnded("a", "completed"),
    ev.PlaybackFinished(),
]


def asked(**kw: object) -> Told:
    return Told(ASK, *SPOKEN, **kw)  # type: ignore[arg-type]


def outcome(actions: list[do.Action]) -> do.CompleteOrder:
    (answer,) = [action for action in actions if isinstance(action, do.CompleteOrder)]
    return answer


def test_the_question_is_said_then_this_device_takes_the_turns_and_the_answer_is_told() -> None:
    told = Told(ASK)
    assert told.tell(*SPOKEN)[-4:] == [
        do.FinishReply(),
        do.UseVolume(None),
        do.TakeTurns("device"),
        do.OpenTap(told.now),
    ]
    assert told.state.phase is Phase.ANSWERING
    assert told.tell(SPEAKS, STOPS) == [do.CommitTurn(answered=False)]
    assert told.tell(ev.TextHeard("i", "Coffee, please.")) == [
        do.CloseTap(),
        do.TakeTurns("service"),
        do.CloseSession(),
        do.CompleteOrder("q", True, answer="Coffee, please."),
    ]
    assert told.state == State()


def test_where_this_device_takes_the_turns_anyway_nobody_is_told_so() -> None:
    told = asked(turns="device")
    told.tell(SPEAKS, STOPS, ev.TextHeard("i", "Tea."))
    assert not any(isinstance(action, do.TakeTurns) for action in told.ordered)
    assert do.CommitTurn(answered=False) in told.ordered


def test_who_says_nothing_has_not_answered() -> None:
    told = asked()
    assert outcome(told.later(8.0, ev.DeadlinePassed())) == do.CompleteOrder("q", False, "nobody answered")
    assert told.state == State()


def test_who_begins_in_time_is_heard_out_and_who_never_ends_is_taken_at_their_word() -> None:
    told = asked()
    told.later(7.9, SPEAKS)
    assert told.later(1.0, ev.DeadlinePassed()) == []
    assert told.later(C.utterance_s, ev.DeadlinePassed()) == [do.CommitTurn(answered=False)]
    assert outcome(told.tell(ev.TextHeard("i", "Well, tea."))).answer == "Well, tea."


def test_a_pause_in_an_answer_does_not_end_it() -> None:
    told = asked()
    told.tell(SPEAKS, STOPS, SPEAKS)
    assert told.tell(ev.TextHeard("i", "Coffee.")) == []
    assert told.tell(STOPS) == [do.CommitTurn(answered=False)]
    assert outcome(told.tell(ev.TextHeard("j", "No, tea."))).answer == "Coffee. No, tea."


def test_a_cough_is_no_answer_and_the_time_for_one_goes_on() -> None:
    told = asked()
    told.tell(SPEAKS, STOPS)
    assert told.tell(ev.TextHeard("i", "")) == []
    assert told.state.deadline_s == told.now + 8.0
    assert outcome(told.later(8.0, ev.DeadlinePassed())).why == "nobody answered"


def test_what_is_not_written_down_in_time_was_not_understood() -> None:
    told = asked()
    told.tell(SPEAKS, STOPS)
    assert outcome(told.later(C.thinking_s, ev.DeadlinePassed())).why == "nothing was understood"
    told = asked()
    told.later(7.9, SPEAKS)
    told.later(2.0, STOPS)
    assert outcome(told.tell(ev.TextHeard("i", ""))).why == "nothing was understood"


def test_words_that_were_said_before_the_question_do_not_answer_it() -> None:
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ASK, ev.TextHeard("h", "Thanks."))
    told.tell(*SPOKEN[1:])
    assert told.tell(ev.TextHeard("h", "Thanks.")) == []
    assert told.state.phase is Phase.ANSWERING


def test_a_reply_to_the_answer_is_cut() -> None:
    assert asked().tell(ev.ReplyBegun("r", aside=False)) == [do.CutReply(), do.CancelReply()]


def test_a_muted_device_is_asked_nothing() -> None:
    told = Told(ev.MuteAsked(True))
    (refused,) = told.tell(ASK)
    assert isinstance(refused, do.CompleteOrder)
    assert (refused.ok, "muted" in refused.why) == (False, True)


def test_nor_is_one_that_was_muted_before_the_question_had_its_turn_or_while_it_was_said() -> None:
    told = Told(ev.SayAsked("Hello.", "1"), ASK, ev.MuteAsked(True))
    fresh = told.tell(*SPOKEN)
    assert [(one.order_id, one.ok) for one in fresh if isinstance(one, do.CompleteOrder)] == [("1", True), ("q", False)]
    assert do.SayText("Tea or coffee?") not in fresh
    told = Told(ASK, *SPOKEN[:2], ev.MuteAsked(True))
    assert not outcome(told.tell(*SPOKEN[2:])).ok
    assert not any(isinstance(action, do.OpenTap) for action in told.ordered)


@pytest.mark.parametrize(
    "ending",
    [WAKE, ev.MuteAsked(True), ev.StopAsked(), ev.StopHeard("stop", 0.9), ev.SessionLost("line_lost", "It broke.")],
    ids=lambda event: type(event).__name__,
)
def test_whatever_else_ends_it_is_told_with_why_and_the_turns_go_back(ending: ev.Event) -> None:
    told = asked()
    fresh = told.tell(ending)
    (answer, *_) = [one for one in fresh if isinstance(one, do.CompleteOrder)]
    assert (answer.order_id, answer.ok, bool(answer.why)) == ("q", False, True)
    assert fresh.index(do.CloseTap()) < fresh.index(do.TakeTurns("service")) < fresh.index(do.CloseSession())


def test_a_line_that_is_being_mended_is_waited_for() -> None:
    told = asked()
    told.tell(SPEAKS, STOPS, ev.LineBroke(told.now + 40.0))
    assert told.later(C.thinking_s, ev.DeadlinePassed()) == []
    told.tell(ev.LineMended())
    assert outcome(told.tell(ev.TextHeard("i", "Tea."))).ok


def test_an_answer_is_shown_to_nobody() -> None:
    told = asked()
    told.tell(SPEAKS, STOPS, SPEAKS)
    view = View()
    for event in (ev.TextHeard("i", "My secret."), STOPS, ev.TextHeard("j", "All of it.")):
        view = see(view, told.state, event, told.tell(event))
    assert view.last_heard == ""
    assert view.state == "listening"
    assert see(view, told.state, ev.VolumeAsked(0.5), []).state == "idle"
