"""The conversation machine, when somebody may have begun to speak over a reply, and when a stop word was heard."""

from typing import Any

import pytest
from hypothesis import given, settings

from oyez import actions as do, events as ev
from oyez.conversation import step
from oyez.state import LINE_USED, PAUSE_S, Phase, State
from tests.unit.oyez.conversation_history import CLIP, HISTORY, QUESTION, C
from tests.unit.oyez.told import BY_SERVER, STOPPED, WAKE, Told, speaking

STOP_WORD = ev.StopHeard("stop", 0.98, 0.9)
STOP_TOLD = do.ReportWake("stop", 0.98, 0.9)


def paused() -> Told:
    told = speaking()
    assert told.tell(ev.SpeechSuspected()) == [do.PauseReply()]
    return told


def test_a_cough_pauses_the_reply_and_it_goes_on() -> None:
    told = paused()
    assert told.later(0.4, ev.SpeechDismissed()) == [do.ResumeReply()]
    assert told.state.phase is Phase.SPEAKING
    assert told.tell(ev.SpeechDismissed()) == []


def test_what_was_suspected_and_is_speech_cuts_the_paused_reply() -> None:
    assert paused().later(0.3, ev.SpeechStarted()) == [do.CutReply(), do.CancelReply(), do.ExpectBargeIn(False)]


def test_a_gate_that_never_answers_pauses_no_reply_for_ever_however_often_it_suspects() -> None:
    told = paused()
    told.later(PAUSE_S - 0.1, ev.SpeechSuspected())
    assert told.state.next_s == pytest.approx(told.now + 0.1)
    assert told.wait() == [do.ResumeReply()]
    assert told.state.phase is Phase.SPEAKING


@pytest.mark.parametrize(
    "event", [ev.StopAsked(), STOP_WORD, ev.MuteAsked(True), WAKE, ev.ListenAsked(), ev.TalkPressed(), BY_SERVER]
)
def test_whatever_ends_a_reply_ends_a_paused_one(event: ev.Event) -> None:
    told = paused()
    assert do.CutReply() in told.tell(event)
    assert told.state.phase in (Phase.ASLEEP, Phase.LISTENING)


def test_a_paused_reply_of_which_nothing_is_left_lets_the_next_one_sound() -> None:
    told = paused()
    told.tell(ev.ReplyEnded("r1", "completed"))
    assert told.tell(ev.PlaybackFinished())[:1] == [do.ResumeReply()]
    assert told.state.phase is Phase.LISTENING


def test_a_suspicion_is_nothing_where_no_reply_sounds() -> None:
    for told in (Told(), Told(WAKE), Told(WAKE, ev.SessionReady()), Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED)):
        assert told.tell(ev.SpeechSuspected(), ev.SpeechDismissed()) == []


@given(HISTORY)
@settings(max_examples=300)
def test_a_pause_ends_in_its_time_whatever_happens(history: Any) -> None:
    state, now, since = State(), 0.0, 0.0
    for event, later_s in history:
        while state.next_s is not None and state.next_s < now + later_s:  # as the conductor does
            now = max(now, state.next_s)
            state, _ = step(state, ev.DeadlinePassed(), now, C)
        now += later_s
        before = state
        state, actions = step(state, event, now, C)
        since = now if do.PauseReply() in actions else since
        assert state.resume_by_s is None or now - since <= PAUSE_S + 1e-6, before  # sums of floats


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ASLEEP])
def test_a_stop_word_silences_the_device_and_sends_it_to_sleep_from_every_phase(phase: Phase) -> None:
    stories = {
        Phase.OPENING: Told(WAKE),
        Phase.LISTENING: Told(WAKE, ev.SessionReady()),
        Phase.THINKING: Told(WAKE, ev.SessionReady(), BY_SERVER, STOPPED),
        Phase.SPEAKING: speaking(),
        Phase.CALLING: Told(ev.SayAsked("Dinner!")),
        Phase.ANNOUNCING: Told(ev.SayAsked("Dinner!"), ev.SessionReady()),
        Phase.ANSWERING: Told(*QUESTION),
        Phase.PLAYING: Told(CLIP),
        Phase.RINGING: Told(ev.TimerDue("t")),
        Phase.BIDDING: Told(ev.RivalsKnown(True), WAKE),
    }
    told = stories[phase]
    assert told.state.phase is phase
    ordered = told.tell(STOP_WORD)
    assert ordered[0] == STOP_TOLD
    assert (do.CloseSession() in ordered) == (phase in LINE_USED)
    assert told.state.phase is Phase.ASLEEP


def test_a_stop_word_said_to_a_device_that_sleeps_or_does_not_listen_does_nothing() -> None:
    assert Told().tell(STOP_WORD) == []
    muted = Told(ev.MuteAsked(True), ev.SayAsked("Dinner!"))
    assert muted.tell(STOP_WORD) == []
    assert muted.state.phase is Phase.CALLING


def test_the_wake_word_is_told_with_its_threshold_and_where_it_came_from() -> None:
    heard = ev.WakeHeard("alexa", 0.97, 9.0, threshold=0.9, snr_db=12.5, direction_deg=90.0)
    told_of = do.ReportWake("alexa", 0.97, 0.9, 12.5, 90.0)
    for told in (Told(), speaking(), Told(ev.SayAsked("Dinner!"))):
        assert told_of in told.tell(heard)
