"""Turns that this device takes: its own gate, and the talk button."""

import pytest

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.state import Phase, State
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told, speaking

PRESS, RELEASE = ev.TalkPressed("p"), ev.TalkReleased("r")
BEGAN, ENDED = ev.SpeechStarted("gate"), ev.SpeechStopped("gate")


def done(order_id: str, told: list[do.Action]) -> do.CompleteOrder:
    (answer,) = [action for action in told if isinstance(action, do.CompleteOrder) and action.order_id == order_id]
    return answer


def test_where_the_gate_takes_the_turns_its_word_on_silence_sends_the_request() -> None:
    told = Told(WAKE, ev.SessionReady(), BEGAN, turns="device")
    assert told.tell(ENDED) == [do.CommitTurn()]
    assert told.state.phase is Phase.THINKING


def test_where_the_gate_takes_the_turns_the_service_has_no_say_in_them() -> None:
    told = Told(WAKE, ev.SessionReady(), BEGAN, turns="device")
    before = told.state
    assert told.tell(STOPPED) == []
    assert told.state.talking == before.talking


def test_a_request_that_ended_while_the_line_opened_is_sent_once_and_waited_for() -> None:
    told = Told(WAKE, BEGAN, turns="device")
    assert told.tell(ENDED) == [do.CommitTurn()]
    told.tell(ev.SessionReady())
    assert told.state.phase is Phase.THINKING


def test_who_goes_on_speaking_to_a_gate_that_ended_their_turn_is_heard_out_and_sent_again() -> None:
    told = Told(WAKE, ev.SessionReady(), BEGAN, ENDED, ev.ReplyBegun("r1"), turns="device")
    assert told.tell(BEGAN) == [do.CutReply(), do.CancelReply()]
    assert told.tell(ENDED) == [do.CommitTurn()]


def test_the_silence_of_a_reply_is_forgotten_before_what_was_said_over_it_is_sent() -> None:
    """Else a turn would begin with the length of the reply in silence, and be paid for."""
    told = Told(WAKE, ev.SessionReady(), BEGAN, ENDED, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"), turns="device")
    assert told.tell(BEGAN) == [do.CutReply(), do.CancelReply(), do.ForgetTurn(), do.ExpectBargeIn(False)]
    assert told.tell(ENDED) == [do.CommitTurn()]


def test_the_button_takes_the_turns_before_sound_flows_and_rings_no_chime() -> None:
    told = Told(PRESS)
    assert told.ordered == [
        do.OpenSession(),
        do.TakeTurns("device"),
        do.OpenTap(10.0),
        do.CompleteOrder("p", True),
    ]
    assert told.state.chime_at_s is None


def test_what_is_held_is_one_turn_whatever_gate_and_service_say_and_however_long_they_pause() -> None:
    told = Told(PRESS, ev.SessionReady())
    assert told.later(C.patience_s + 1, BEGAN, ENDED, BY_SERVER, STOPPED, ev.DeadlinePassed()) == []
    assert told.tell(RELEASE) == [do.CommitTurn(told.now), do.CompleteOrder("r", True)]
    assert told.state.phase is Phase.THINKING


def test_after_the_answer_was_heard_the_service_takes_the_turns_again() -> None:
    told = Told(PRESS, ev.SessionReady())
    told.later(1.0, RELEASE, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"), ev.ReplyEnded("r1", "completed"))
    fresh = told.tell(ev.PlaybackFinished())
    assert fresh == [do.ForgetTurn(), do.TakeTurns("service"), do.ExpectBargeIn(False)]
    assert told.state.phase is Phase.LISTENING
    told.tell(BY_SERVER)
    assert told.state.talking


def test_speech_over_an_answer_to_the_button_is_the_services_turn() -> None:
    told = Told(PRESS, ev.SessionReady())
    told.later(1.0, RELEASE, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"))
    fresh = told.tell(BEGAN)
    assert fresh[:2] == [do.CutReply(), do.CancelReply()]
    assert fresh.index(do.TakeTurns("service")) < fresh.index(do.ExpectBargeIn(False)), "before what they said is sent"


def test_a_button_that_conversation_ended_with_gives_the_turns_back_before_the_line_closes() -> None:
    told = Told(PRESS, ev.SessionReady())
    fresh = told.tell(ev.StopAsked())
    assert fresh.index(do.TakeTurns("service")) < fresh.index(do.CloseSession())


def test_released_before_the_line_is_open_it_is_sent_in_its_place_behind_the_sound() -> None:
    told = Told(PRESS)
    assert told.later(1.0, RELEASE) == [do.CommitTurn(told.now), do.CompleteOrder("r", True)]
    told.tell(ev.SessionReady())
    assert told.state.phase is Phase.THINKING


def test_a_press_over_a_reply_cuts_first_then_cancels_then_takes_the_turn() -> None:
    told = speaking()
    assert told.tell(PRESS) == [
        do.CutReply(),
        do.CancelReply(),
        do.TakeTurns("device"),
        do.ForgetTurn(),
        do.ExpectBargeIn(False),
        do.CompleteOrder("p", True),
    ]
    assert told.state.phase is Phase.LISTENING
    assert told.tell(ev.ReplyBegun("r2")) == [do.CutReply(), do.CancelReply()], "what the service still begins"


def test_of_who_speaks_already_when_they_press_no_word_is_forgotten() -> None:
    told = Told(WAKE, ev.SessionReady(), BY_SERVER)
    assert do.ForgetTurn() not in told.tell(PRESS)


@pytest.mark.parametrize("opened", [False, True])
def test_a_press_too_short_to_say_anything_goes_back_to_sleep(opened: bool) -> None:
    told = Told(PRESS, *([ev.SessionReady()] if opened else []))
    fresh = told.later(0.05, RELEASE)
    assert told.state == State()
    assert not done("r", fresh).ok
    assert (do.ForgetTurn() in fresh) == opened
    assert not any(isinstance(action, do.CommitTurn) for action in fresh)


def test_a_press_too_short_in_a_conversation_goes_back_to_listening() -> None:
    told = Told(WAKE, ev.SessionReady(), PRESS)
    fresh = told.later(0.05, RELEASE)
    assert told.state.phase is Phase.LISTENING
    assert fresh.count(do.ForgetTurn()) == 1
    assert do.TakeTurns("service") in fresh


def test_muted_the_button_is_refused_with_a_sound_and_a_sentence() -> None:
    told = Told(ev.MuteAsked(True))
    fresh = told.tell(PRESS)
    assert fresh[0] == do.PlayChime("error")
    assert "unmute" in done("p", fresh).why
    assert told.state.phase is Phase.ASLEEP


def test_a_stuck_button_ends_after_the_longest_request() -> None:
    told = Told(PRESS, ev.SessionReady())
    told.later(C.utterance_s, ev.DeadlinePassed())
    assert told.state == State()
    assert not done("r", told.tell(RELEASE)).ok, "nothing was being recorded any more"


def test_the_button_over_an_announcement_goes_first_and_the_sender_is_told() -> None:
    told = Told(ev.SayAsked("Dinner.", "1"), ev.SessionReady())
    fresh = told.tell(PRESS)
    assert not done("1", fresh).ok
    assert told.state.phase is Phase.OPENING
    assert told.state.held


def test_where_the_gate_takes_the_turns_the_button_does_too_and_gives_nothing_back() -> None:
    told = Told(PRESS, ev.SessionReady(), turns="device")
    told.later(1.0, BEGAN, ENDED, RELEASE, ev.ReplyBegun("r1"), ev.ReplyAudible("r1"))
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert not any(isinstance(action, do.TakeTurns) for action in told.ordered)
    assert sum(isinstance(action, do.CommitTurn) for action in told.ordered) == 1


def test_the_sound_of_an_answer_that_is_on_its_way_is_cut_before_the_chime_says_that_it_is_over() -> None:
    """It may have reached the loudspeaker's queue before the thanks came in writing."""
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED)
    fresh = told.tell(ev.TextHeard("i1", "Thank you."))
    assert fresh.index(do.CutReply()) < fresh.index(do.PlayChime("done"))


@pytest.mark.parametrize("said", ["Thank you.", "THANKS!", " that\u2019s  all "])
def test_a_closing_phrase_is_silence_at_once_and_sleep(said: str) -> None:
    told = speaking()
    fresh = told.tell(ev.TextHeard("i", said))
    assert fresh[:2] == [do.CutReply(), do.CancelReply()]
    assert fresh[-2:] == [do.CloseSession(), do.PlayChime("done")]
    assert told.state == State()


def test_a_closing_phrase_in_a_longer_sentence_or_before_they_speak_on_ends_nothing() -> None:
    told = speaking()
    assert told.tell(ev.TextHeard("i", "thank you for the music, what time is it?")) == []
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished(), BY_SERVER)
    assert told.tell(ev.TextHeard("i", "thank you")) == []
    assert told.state.phase is Phase.LISTENING


def test_so_many_requests_follow_one_wake_word_and_no_more() -> None:
    told = speaking(settings=Conversation(follow_ups_max=2))
    heard: list[Phase] = []
    for n in range(3):
        told.tell(ev.ReplyEnded(f"r{n + 1}", "completed"), ev.PlaybackFinished())
        heard.append(told.state.phase)
        told.tell(BY_SERVER, STOPPED, ev.ReplyBegun(f"r{n + 2}"), ev.ReplyAudible(f"r{n + 2}"))
    assert heard == [Phase.LISTENING, Phase.LISTENING, Phase.ASLEEP]


def test_a_closing_phrase_that_comes_in_writing_after_the_next_request_ends_nothing() -> None:
    """`Thanks.` and then a request: the words of the first may be written down after the second was said."""
    told = Told(WAKE, ev.SessionReady(), ev.SpeechStarted("server", "u1"), STOPPED)
    told.tell(ev.SpeechStarted("server", "u2"), STOPPED)
    assert told.tell(ev.TextHeard("u1", "Thanks.")) == []
    assert do.CloseSession() in told.tell(ev.TextHeard("u2", "Thanks."))
