"""semantic_vad and transcription sessions, as the session machine lives them."""

import pytest

from oyez_local.orders import Order, Overhear, Think, Transcribe
from oyez_local.session import Session
from oyez_realtime import messages as wire
from tests.doubles.speech import silence
from tests.unit.local.machine import SPEECH, append, captions_machine, events, machine, only, tell, types

SEMANTIC = {"audio": {"input": {"turn_detection": {"type": "semantic_vad"}}}}
DELTA = "conversation.item.input_audio_transcription.delta"
STOPPED = "input_audio_buffer.speech_stopped"


def paused(session: Session) -> Overhear:
    """After speech and 0.8 s of silence: the last pause that is asked about."""
    orders = append(session, SPEECH)
    assert types(orders)[0] == "input_audio_buffer.speech_started"
    assert STOPPED not in types(orders)
    return [order for order in orders if isinstance(order, Overhear)][-1]


def judged(session: Session, asked: Overhear, text: str) -> list[Order]:
    return session.overheard(asked.item_id, text, asked.pause, 1.0)


def test_a_finished_sentence_ends_its_turn_soon() -> None:
    """semantic_vad: the words are asked for in the pause; finished, the silence that was written already is enough."""
    session = machine(**SEMANTIC)
    orders = judged(session, paused(session), "What time is it?")
    assert types(orders) == [
        STOPPED,
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "Think",
    ]
    assert only(orders, Think).request.history[0].text == "What time is it?"


def test_what_was_not_overheard_is_recognised() -> None:
    """Where listening in failed, the turn ends later and its words are found out afterwards."""
    session = machine(**SEMANTIC)
    assert judged(session, paused(session), "") == []
    assert "Transcribe" in types(append(session, silence(2.0).tobytes()))


def test_a_sentence_that_trails_off_is_waited_for() -> None:
    """Trailing words wait as long as the eagerness allows, four seconds, and no longer."""
    session = machine(**SEMANTIC)
    assert judged(session, paused(session), "What time is the") == []
    assert STOPPED not in types(append(session, silence(2.5).tobytes()))
    assert STOPPED in types(append(session, silence(1.0).tobytes()))


def test_a_verdict_about_an_earlier_pause_is_late() -> None:
    """Who went on speaking is not cut off by what was said before."""
    session = machine(**SEMANTIC)
    asked = paused(session)
    later = append(session, SPEECH)
    assert judged(session, asked, "What time is it?") == []
    assert [order for order in later if isinstance(order, Overhear)]


def test_captions_come_while_somebody_speaks() -> None:
    """Words on which two looks agree come under the id of the item to come; the rest at the end."""
    session = captions_machine()
    looks: list[Overhear] = []
    told: list[Order] = []
    for start in range(0, len(SPEECH), 9600):
        for order in (heard := append(session, SPEECH[start : start + 9600])):
            if isinstance(order, Overhear):
                looks.append(order)
                told += session.overheard(order.item_id, "What time is it?", None, 1.0)
        told += heard
    item_id = only(told, wire.InputAudioBufferCommitted).item_id
    assert len(looks) >= 2
    assert {look.item_id for look in looks} == {item_id}
    told += session.transcribed(item_id, "What time is it?", 1.0)
    deltas = [e for e in events(told) if isinstance(e, wire.ConversationItemInputAudioTranscriptionDelta)]
    assert {delta.item_id for delta in deltas} == {item_id}
    assert "".join(wire.given(delta.delta) or "" for delta in deltas) == "What time is it?"
    names = types(told)
    assert names.index(DELTA) < names.index(STOPPED)
    assert not [name for name in names if name.startswith(("response.", "rate_limits."))]
    assert names[-1] == "conversation.item.input_audio_transcription.completed"


def test_captions_of_a_manual_turn() -> None:
    """Models that write while they listen take no turn detection; the client commits, under the id that deltas had."""
    session = captions_machine(transcription={"model": "gpt-live-transcribe"})
    asked = only(append(session, SPEECH), Overhear)
    committed = only(tell(session, type="input_audio_buffer.commit"), wire.InputAudioBufferCommitted)
    assert committed.item_id == asked.item_id
    update = {"type": "transcription", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}
    refused = only(tell(session, type="session.update", session=update), wire.ErrorEvent).error
    assert (refused.code, refused.param) == ("invalid_value", "session.audio.input.turn_detection")


def test_captions_make_no_responses() -> None:
    """response.create is refused in a transcription session, and its model may be changed."""
    session = captions_machine(transcription={"model": "other", "languages": ["en", "de"]})
    assert only(tell(session, type="response.create"), wire.ErrorEvent).error.code == "invalid_value"
    item_id = only(append(session, SPEECH), Transcribe).item_id
    done = only(session.transcribed(item_id, "Hi.", 1.0), wire.ConversationItemInputAudioTranscriptionCompleted)
    assert [language.code for language in done.languages] == ["en"]
    assert wire.given(done.logprobs) is None


@pytest.mark.parametrize("eagerness", ["low", "high"])
def test_eagerness_bounds_the_wait(eagerness: str) -> None:
    """Without any verdict the turn ends after 8 s, or 2 s."""
    session = machine(audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": eagerness}}})
    paused(session)
    ended = STOPPED in types(append(session, silence(1.6).tobytes()))
    assert ended == (eagerness == "high")
    assert ended or STOPPED in types(append(session, silence(6.0).tobytes()))
