"""The conversation machine, story by story; test_conversation_properties.py has what holds for every history."""

import pytest

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.state import MAX_WAITING, Phase, State
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, C, Told, speaking


def test_a_wake_word_opens_the_tap_from_the_end_of_the_phrase_onto_a_line_that_keeps_it_until_it_is_open() -> None:
    """The line is ordered first, so that it holds what the tap gives at once. (Users: first word cut.)"""
    told = Told(WAKE)
    assert told.state.phase is Phase.OPENING
    assert told.ordered == [
        do.ReportWake("hey_jarvis", 0.99),
        do.OpenSession(),
        do.OpenTap(9.5),
    ]


def test_the_wake_chime_comes_only_to_somebody_who_pauses() -> None:
    """A request in one breath is neither covered by it nor sent upstream with it. (Users: the chime is transcribed.)"""
    pausing = Told(WAKE, ev.SessionReady())
    pausing.now += C.chime_pause_s
    assert pausing.tell(ev.DeadlinePassed(), ev.DeadlinePassed()) == [do.PlayChime("wake")]
    in_one_breath = Told(WAKE, ev.SessionReady(), ev.SpeechStarted("gate"))
    in_one_breath.now += C.chime_pause_s
    assert in_one_breath.tell(ev.DeadlinePassed()) == []


def test_a_turn_goes_from_listening_over_thinking_and_speaking_back_to_listening() -> None:
    told = Told(WAKE)
    phases = [told.state.phase]
    for event in (
        ev.SessionReady(),
        BY_SERVER,
        STOPPED,
        ev.ReplyBegun("r1"),
        ev.ReplyAudible("r1"),
        ev.ReplyEnded("r1", "completed"),
        ev.PlaybackFinished(),
    ):
        told.tell(event)
        phases.append(told.state.phase)
    assert [p.value for p in phases] == (
        ["opening", "listening", "listening", "thinking", "thinking", "speaking", "speaking", "listening"]
    )
    assert do.FinishReply() in told.ordered


def test_without_follow_up_the_device_sleeps_after_the_reply() -> None:
    told = speaking(settings=Conversation(follow_up=False))
    fresh = told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert told.state.phase is Phase.ASLEEP
    assert do.CloseSession() in fresh


def test_silence_after_the_reply_closes_tap_and_line_when_patience_ends() -> None:
    told = speaking()
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    assert told.tell(ev.DeadlinePassed()) == [], "not due yet"
    told.now += C.patience_s
    assert told.tell(ev.DeadlinePassed()) == [do.CloseTap(), do.CloseSession(), do.PlayChime("done")]
    assert told.state == State()


def test_speech_over_a_reply_cuts_first_and_cancels_then() -> None:
    told = speaking()
    assert told.tell(ev.SpeechStarted("gate")) == [do.CutReply(), do.CancelReply(), do.ExpectBargeIn(False)]
    assert told.state.phase is Phase.LISTENING


def test_of_who_began_before_the_device_spoke_what_was_held_is_let_out_at_the_services_word() -> None:
    """The gate has not heard enough of them yet to say so itself."""
    assert speaking().tell(BY_SERVER) == [do.CutReply(), do.CancelReply(), do.ExpectBargeIn(False, spoken_over=True)]


def test_a_reply_that_was_cut_cannot_come_back() -> None:
    told = speaking()
    told.tell(ev.SpeechStarted("gate"))
    before = told.state
    assert told.tell(ev.ReplyAudible("r1"), ev.ReplyEnded("r1", "cancelled"), ev.PlaybackFinished()) == []
    assert told.state == before


def test_a_tool_that_answers_before_its_response_ended_is_followed_by_one_request_for_a_reply() -> None:
    told = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"), ev.ToolCalled("c1", "get_time", {}))
    assert told.tell(ev.ToolAnswered("c1", "get_time", "noon", True)) == [do.AnswerTool("c1", "noon")]
    assert told.tell(ev.ReplyEnded("r1", "completed", tool_calls=1)) == [do.AskReply()]


def test_two_slow_tools_are_followed_by_one_request_for_a_reply_after_the_last() -> None:
    told = Told(WAKE, ev.SessionReady(), STOPPED, ev.ReplyBegun("r1"))
    told.tell(ev.ToolCalled("c1", "a", {}), ev.ToolCalled("c2", "b", {}), ev.ReplyEnded("r1", "completed", 2))
    assert told.tell(ev.ToolAnswered("c2", "b", "2", True)) == [do.AnswerTool("c2", "2")]
    assert told.tell(ev.ToolAnswered("c1", "a", "1", True)) == [do.AnswerTool("c1", "1"), do.AskReply()]
    assert told.state.phase is Phase.THINKING


def test_a_tool_called_in_a_spoken_reply_is_answered_after_the_speech_was_heard() -> None:
    told = speaking()
    told.tell(ev.ToolCalled("c1", "a", {}), ev.ReplyEnded("r1", "completed", 1), ev.PlaybackFinished())
    assert told.state.phase is Phase.THINKING
    assert told.tell(ev.ToolAnswered("c1", "a", "1", True)) == [do.AnswerTool("c1", "1"), do.AskReply()]


def test_a_lost_line_is_told_by_sound_and_on_mqtt_and_nothing_stays_open() -> None:
    told = speaking()
    fresh = told.tell(ev.SessionLost("line_lost", "The line broke."))
    assert {
        do.CloseTap(),
        do.CloseSession(),
        do.PlayChime("error"),
        do.Complain("line_lost", "The line broke."),
    } <= set(fresh)
    assert told.state.phase is Phase.ASLEEP
    assert told.tell(WAKE)[1:] == [do.OpenSession(), do.OpenTap(9.5)]


def test_a_muted_device_does_not_wake_but_still_announces() -> None:
    told = Told(ev.MuteAsked(True))
    assert told.tell(WAKE) == []
    told.tell(ev.SayAsked("Dinner is ready.", "1"), ev.SessionReady())
    assert told.state.phase is Phase.ANNOUNCING
    assert do.SayText("Dinner is ready.") in told.ordered
    assert not any(isinstance(action, do.OpenTap) for action in told.ordered)


def test_muting_in_mid_request_closes_the_tap_before_anything_else_can_leave() -> None:
    told = Told(WAKE, ev.SessionReady(), BY_SERVER)
    fresh = told.tell(ev.MuteAsked(True))
    assert fresh[:2] == [do.SetMuted(True), do.CloseTap()]
    assert told.state == State(muted=True)


def test_an_announcement_waits_for_the_conversation_to_end_and_is_then_answered() -> None:
    told = speaking()
    assert told.tell(ev.SayAsked("The post is here.", "7")) == []
    told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished())
    told.now += C.patience_s
    fresh = told.tell(ev.DeadlinePassed())
    assert do.SayText("The post is here.") in fresh
    assert do.CloseTap() in fresh
    fresh = told.tell(ev.ReplyBegun("r2"), ev.ReplyEnded("r2", "completed"), ev.PlaybackFinished())
    assert do.CompleteOrder("7", True) in fresh
    assert told.state == State()


def test_more_announcements_than_may_wait_are_refused_with_the_reason() -> None:
    told = speaking()
    told.tell(*[ev.SayAsked("x", str(n)) for n in range(MAX_WAITING)])
    (refusal,) = told.tell(ev.SayAsked("x", "one too many"))
    assert isinstance(refusal, do.CompleteOrder)
    assert not refusal.ok
    assert refusal.order_id == "one too many"


def test_stop_silences_and_closes_everything() -> None:
    told = speaking()
    fresh = told.tell(ev.StopAsked("3"))
    assert fresh == [
        do.CutReply(),
        do.CancelReply(),
        do.ExpectBargeIn(False),
        do.CloseTap(),
        do.CloseSession(),
        do.DropComing("the device was told to stop"),
        do.CompleteOrder("3", True),
    ]


def test_a_television_cannot_keep_a_conversation_open() -> None:
    """However often somebody speaks over the replies, the line closes soon after its cap. (Users: runaway cost.)"""
    told = Told(WAKE, ev.SessionReady())
    began = told.now
    for n in range(400):
        if told.state.phase is Phase.ASLEEP:
            break
        told.tell(BY_SERVER, STOPPED, ev.ReplyBegun(f"r{n}"), ev.ReplyAudible(f"r{n}"), ev.SpeechStarted("gate"))
        told.now += 4.7
        told.tell(ev.DeadlinePassed())
    assert told.state.phase is Phase.ASLEEP
    assert told.now - began <= C.max_conversation_s + C.utterance_s + C.thinking_s + C.speaking_s + 5


def test_the_wake_word_over_a_reply_brings_the_request_from_the_end_of_its_phrase() -> None:
    told = speaking()
    fresh = told.tell(ev.WakeHeard("hey_jarvis", 0.98, phrase_end_s=20.5))
    assert fresh[-1] == do.OpenTap(20.5)
    assert fresh.index(do.CutReply()) < fresh.index(do.OpenTap(20.5))
    assert told.state.phase is Phase.LISTENING


def test_a_tool_that_answers_after_an_interruption_is_told_to_the_service_but_nobody_waits_for_it() -> None:
    told = speaking()
    told.tell(ev.ToolCalled("c1", "set_light", {}), ev.SpeechStarted("gate"))
    assert told.tell(ev.ToolAnswered("c1", "set_light", "done", True)) == [do.AnswerTool("c1", "done")]


def test_who_goes_on_speaking_while_a_reply_is_made_silences_it_and_is_heard_out() -> None:
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"))
    assert told.tell(BY_SERVER) == [do.CutReply(), do.CancelReply()]
    assert told.state.phase is Phase.LISTENING
    assert told.tell(ev.ReplyBegun("r2")) == [do.CutReply(), do.CancelReply()], "asked for before they spoke on"
    assert told.state.deadline_s == told.now + C.utterance_s


@pytest.mark.parametrize("status", ["failed", "incomplete"])
def test_a_reply_that_failed_or_was_cut_short_is_told_and_the_conversation_goes_on(status: str) -> None:
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.ReplyBegun("r1"))
    fresh = told.tell(ev.ReplyEnded("r1", status, sentence="Too many requests."))
    assert fresh == [do.PlayChime("error"), do.Complain("reply_failed", "Too many requests.")]
    assert told.state.phase is Phase.LISTENING


def test_an_announcement_that_nobody_could_hear_is_no_success() -> None:
    told = Told(ev.SayAsked("Dinner is ready.", "1"), ev.SessionReady(), ev.ReplyBegun("r1"))
    fresh = told.tell(ev.ReplyEnded("r1", "completed"), ev.PlaybackFinished(heard=False))
    (answer,) = [action for action in fresh if isinstance(action, do.CompleteOrder)]
    assert (answer.order_id, answer.ok) == ("1", False)
    assert "loudspeaker" in answer.why


def test_a_trouble_that_begins_in_mid_reply_sounds_when_the_conversation_is_over() -> None:
    """Behind the reply it would be lost when somebody speaks over that."""
    told = speaking()
    assert told.tell(ev.TroubleFound("broker_away", "No broker.")) == [do.Complain("broker_away", "No broker.")]
    told.tell(ev.SpeechStarted("gate"))
    told.now += C.utterance_s
    assert do.PlayChime("error") in told.tell(ev.DeadlinePassed())
    assert told.state == State()


def test_an_answer_that_comes_while_announcing_is_not_taken_for_the_announcement() -> None:
    """`Thanks.` ends the conversation before its answer has begun; what then begins is that answer, and who ordered the
    announcement is not told that it was heard."""
    told = Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED, ev.SayAsked("Dinner is ready.", "1"))
    assert do.SayText("Dinner is ready.") in told.tell(ev.TextHeard("i", "Thanks."))
    assert told.tell(ev.ReplyBegun("r1", aside=False)) == [do.CutReply(), do.CancelReply()]
    assert told.tell(ev.ReplyEnded("r1", "cancelled")) == []
    told.tell(ev.ReplyBegun("r2", aside=True), ev.ReplyEnded("r2", "completed"))
    assert do.CompleteOrder("1", True) in told.tell(ev.PlaybackFinished())
