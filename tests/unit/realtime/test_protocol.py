"""The sans-I/O session: what it remembers, what it refuses, what it drops."""

import pytest
from tests.unit.realtime.wire_texts import MS, created, delta, done, opened, parsed, refusal

from oyez_realtime import messages as m
from oyez_realtime.closing import Remedy
from oyez_realtime.errors import NotConnected
from oyez_realtime.ledger import Oddities
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.state import State
from oyez_realtime.turnstile import Turnstile


def test_the_states_follow_the_servers_words() -> None:
    """connecting, created, ready, closed: each on its event and no other."""
    protocol = RealtimeProtocol()
    protocol.receive(m.encode(m.SessionUpdated(session=m.RealtimeSession())))
    states = [protocol.state]
    protocol.receive(m.encode(m.SessionCreated(session=m.RealtimeSession())))
    states.append(protocol.state)
    protocol.receive(m.encode(m.SessionUpdated(session=m.RealtimeSession())))
    states.append(protocol.state)
    protocol.connection_closed(1000)
    assert [*states, protocol.state] == [State.CONNECTING, State.CREATED, State.READY, State.CLOSED]


def test_nothing_is_sent_before_the_session_is_open_nor_after_its_end() -> None:
    """The caller is told by an error instead of by a server."""
    protocol = RealtimeProtocol()
    with pytest.raises(NotConnected):
        protocol.send_audio_append(bytes(2))
    protocol = opened()
    protocol.connection_closed(1006)
    with pytest.raises(NotConnected):
        protocol.send_response_create()
    assert protocol.receive(delta("r")) == []


def test_one_update_is_in_flight_and_the_next_follows_its_answer() -> None:
    """Successes are matched in order, since session.updated names nobody."""
    protocol = opened()
    assert parsed(protocol.send_session_update(m.RealtimeSession(instructions="1"), "a"))["event_id"] == "a"
    assert protocol.send_session_update(m.RealtimeSession(instructions="2"), "b") is None
    protocol.receive(m.encode(m.SessionUpdated(session=m.RealtimeSession())))
    assert [parsed(text)["event_id"] for text in protocol.data_to_send()] == ["b"]
    protocol.receive(refusal("b"))
    assert [(update.event_id, update.refusal is None) for update in protocol.take_settled()] == [
        ("a", True),
        ("b", False),
    ]


def test_an_error_of_another_event_settles_no_update() -> None:
    """Errors are matched by the event id that they echo."""
    protocol = opened()
    protocol.send_session_update(m.RealtimeSession(), "a")
    protocol.receive(refusal("somebody"))
    protocol.receive(refusal(None))
    assert protocol.take_settled() == []


def test_a_close_settles_every_update_as_lost() -> None:
    """Nobody waits for ever for an answer."""
    protocol = opened()
    protocol.send_session_update(m.RealtimeSession(), "a")
    protocol.send_session_update(m.RealtimeSession(), "b")
    protocol.connection_closed(1006)
    assert [update.event_id for update in protocol.take_settled() if update.refusal] == ["a", "b"]


def test_a_second_response_waits_for_the_end_of_the_first() -> None:
    """The service refuses two at once, so the second is held back."""
    protocol = opened()
    assert protocol.send_response_create() is not None
    assert protocol.send_response_create(event_id="second") is None
    protocol.receive(created("r1"))
    assert protocol.active_response_id == "r1"
    assert protocol.data_to_send() == []
    protocol.receive(done("r1"))
    assert [parsed(text)["event_id"] for text in protocol.data_to_send()] == ["second"]


def test_a_create_that_met_the_servers_own_response_is_sent_again_after_it() -> None:
    """The race with the server's voice activity detection costs no request."""
    protocol = opened()
    protocol.send_response_create(event_id="mine")
    protocol.receive(created("vad"))
    protocol.receive(refusal("mine", "conversation_already_has_active_response"))
    assert protocol.data_to_send() == []
    protocol.receive(done("vad"))
    assert [parsed(text)["event_id"] for text in protocol.data_to_send()] == ["mine"]


def test_a_create_that_was_refused_for_good_lets_the_next_pass() -> None:
    """A mistake in one request does not block the others."""
    protocol = opened()
    protocol.send_response_create(event_id="wrong")
    assert protocol.send_response_create(event_id="right") is None
    protocol.receive(refusal("wrong"))
    assert [parsed(text)["event_id"] for text in protocol.data_to_send()] == ["right"]


def test_an_out_of_band_response_neither_waits_nor_blocks() -> None:
    """conversation none runs beside the conversation."""
    protocol = opened()
    protocol.receive(created("r1"))
    assert protocol.send_response_create(m.ResponseParameters(conversation="none")) is not None
    protocol.receive(created("aside", None))
    assert protocol.active_response_id == "r1"


def test_deltas_after_a_cancel_are_dropped_and_counted() -> None:
    """What still comes of a cancelled response reaches nobody; what is not a delta does."""
    protocol = opened()
    protocol.receive(created("r1"))
    assert protocol.receive(delta("r1"))
    protocol.send_response_cancel()
    assert protocol.receive(delta("r1")) == []
    assert protocol.dropped_deltas == 1
    assert protocol.received_ms("item") == 100
    assert protocol.receive(done("r1", "cancelled"))


def test_deltas_after_the_server_cancelled_are_dropped() -> None:
    """response.done with status cancelled is enough."""
    protocol = opened()
    protocol.receive(created("r1"))
    protocol.receive(done("r1", "cancelled"))
    assert protocol.receive(delta("r1")) == []


def test_a_truncation_is_clamped_to_what_arrived() -> None:
    """The service refuses to truncate past the end."""
    protocol = opened()
    protocol.receive(delta("r1", 250))
    assert parsed(protocol.send_item_truncate("item", 9999))["audio_end_ms"] == 250
    assert parsed(protocol.send_item_truncate("item", 120))["audio_end_ms"] == 120
    assert parsed(protocol.send_item_truncate("unknown", 120))["audio_end_ms"] == 0


def test_what_was_heard_becomes_a_deletion_a_truncation_or_nothing() -> None:
    """0 ms deletes; all of a finished part says nothing; anything between truncates."""
    protocol = opened()
    protocol.receive(delta("r1", 250))
    assert parsed(protocol.send_heard("item", 0))["type"] == "conversation.item.delete"
    assert parsed(protocol.send_heard("item", 100))["audio_end_ms"] == 100
    assert parsed(protocol.send_heard("item", 250))["audio_end_ms"] == 250
    protocol.receive(m.encode(m.ResponseOutputAudioDone(response_id="r1", item_id="item")))
    assert protocol.send_heard("item", 250) is None


def test_g711_counts_eight_bytes_a_millisecond() -> None:
    """The format that the server confirmed is the one that is counted."""
    protocol = RealtimeProtocol()
    audio = m.SessionAudio(output=m.AudioOutput(format=m.AudioPcmu()), input=m.AudioInput(format=m.AudioPcma()))
    protocol.receive(m.encode(m.SessionCreated(session=m.RealtimeSession(audio=audio))))
    protocol.receive(delta("r1", 10))
    assert protocol.received_ms("item") == 60
    protocol.send_audio_append(bytes(801))
    assert protocol.uncommitted_ms == 100


def test_audio_that_cannot_be_is_refused_and_not_counted() -> None:
    """Nothing, half a sample, or more than one append takes."""
    protocol = opened()
    for wrong in (b"", bytes(3), bytes(m.APPEND_MAX_BYTES + 2)):
        with pytest.raises(ValueError, match="bytes of audio"):
            protocol.send_audio_append(wrong)
    assert protocol.uncommitted_ms == 0
    protocol.send_audio_append(bytes(100 * MS))
    assert protocol.uncommitted_ms == 100
    protocol.send_audio_commit()
    assert protocol.uncommitted_ms == 0


def test_the_cause_of_an_error_is_remembered() -> None:
    """The log can say which of our events was refused."""
    protocol = opened()
    event_id = parsed(protocol.send_item_delete("x"))["event_id"]
    (error,) = protocol.receive(refusal(event_id))
    assert isinstance(error, m.ErrorEvent)
    assert protocol.cause_of(error) == "conversation.item.delete"


def test_oddities_are_counted_always_and_reported_once() -> None:
    """A server that repeats itself does not fill the log."""
    protocol = opened()
    for _ in range(3):
        protocol.receive('{"type":"brand.new"}')
        protocol.receive("{")
    assert protocol.oddities.counts == {"unknown brand.new": 3, "invalid_json": 3}
    assert len(protocol.oddities.take_reports()) == 2
    assert protocol.oddities.take_reports() == []


def test_kinds_of_oddities_are_bounded() -> None:
    """Types that are made up one after the other do not fill the memory."""
    oddities = Oddities()
    for number in range(1000):
        oddities.note(f"unknown {number}", "x")
    assert len(oddities.counts) == Oddities.KINDS_MAX + 1
    assert oddities.counts.total() == 1000


def test_waiting_requests_are_bounded() -> None:
    """A server that never answers is noticed."""
    protocol = opened()
    protocol.send_response_create()
    for _ in range(Turnstile.QUEUE_MAX):
        protocol.send_response_create()
    with pytest.raises(OverflowError):
        protocol.send_response_create()


def test_the_verdict_of_an_error_counts_for_more_than_the_close_code() -> None:
    """session_expired before a 1000 is a rotation."""
    protocol = opened()
    protocol.receive(refusal(None, "session_expired"))
    assert protocol.connection_closed(1000).remedy is Remedy.ROTATE
