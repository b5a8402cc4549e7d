"""The session machine: what it answers to whom, in which order, and that nothing breaks it."""

from oyez_local.calling import Call
from oyez_local.mind import Decision
from oyez_local.orders import Hush, Order, Speak, Think, Transcribe
from oyez_realtime import messages as wire
from tests.unit.local.machine import (
    MANUAL,
    SPEECH,
    append,
    error_code,
    events,
    machine,
    only,
    speaking,
    tell,
    types,
    user_says,
)

CAPTIONS = {"audio": {"input": {"transcription": {"model": "any"}}}}


def test_the_first_event_is_the_session_with_the_wires_defaults() -> None:
    """session.created carries VAD 0.5 / 300 / 200, 24 kHz and an end."""
    session = machine()
    created = wire.given(session.config.audio)
    assert created is not None
    detection = wire.given(wire.given(created.input).turn_detection)  # type: ignore[union-attr]
    assert (detection.threshold, detection.prefix_padding_ms, detection.silence_duration_ms) == (0.5, 300, 200)


def test_a_spoken_turn_in_the_wires_order() -> None:
    """One VAD turn, from speech_started to rate_limits.updated, exactly as the live service orders it."""
    session = machine(**CAPTIONS)
    heard = append(session, SPEECH)
    assert types(heard) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "Transcribe",
        "response.created",
    ]
    item_id = only(heard, Transcribe).item_id
    assert {e.item_id for e in events(heard)[:3]} == {item_id}  # type: ignore[union-attr]
    known = session.transcribed(item_id, "What time is it?", 1.0)
    prefix = "conversation.item.input_audio_transcription."
    assert types(known) == [prefix + "delta", prefix + "completed", "Think"]
    assert {event.content_index for event in events(known)} == {0}  # type: ignore[union-attr]
    think = only(known, Think)
    assert [entry.text for entry in think.request.history] == ["What time is it?"]
    assert types(session.thought(think.response_id, Decision("It is noon."), 0.0)) == ["Speak"]
    said = session.spoken(think.response_id, "It is noon.", bytes(4800), 50.0, 0.0)
    assert types(said + session.finished(think.response_id, 0.0)) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]


def test_speech_over_a_reply_cancels_it() -> None:
    """speech_started, then the reply's ends, with the reason turn_detected; its voice is told to hush."""
    session = machine()
    response_id, _ = speaking(session)
    orders = append(session, SPEECH)
    assert types(orders)[0] == "input_audio_buffer.speech_started"
    done = only(orders, wire.ResponseDone).response
    assert (done.id, done.status, done.status_details.reason) == (response_id, "cancelled", "turn_detected")
    assert Hush(response_id) in orders
    assert session.spoken(response_id, "late", b"late", 1.0, 0.0) == []


def test_a_reply_that_may_not_be_interrupted_is_finished_first() -> None:
    """interrupt_response false: the reply goes on, and the turn is answered after it."""
    session = machine(audio={"input": {"turn_detection": {"type": "server_vad", "interrupt_response": False}}})
    response_id, _ = speaking(session)
    assert "response.done" not in types(append(session, SPEECH))
    assert types(session.finished(response_id, 1.0))[-1] == "response.created"


def test_turns_without_create_response_are_only_committed() -> None:
    """create_response false: the item comes, no response does."""
    session = machine(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}})
    assert types(append(session, SPEECH))[-2:] == ["conversation.item.done", "Transcribe"]


def test_manual_turns() -> None:
    """turn_detection null: speech begins nothing; commit makes the item, response.create the answer."""
    session = machine(**MANUAL)
    assert append(session, SPEECH) == []
    committed = tell(session, type="input_audio_buffer.commit")
    assert types(committed) == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "Transcribe",
    ]
    assert types(tell(session, type="response.create")) == ["response.created"]
    assert types(session.transcribed(only(committed, Transcribe).item_id, "hi", 1.0)) == ["Think"]


def test_one_active_response() -> None:
    """A second response.create is refused while one runs; out of band there may be more."""
    session = machine()
    speaking(session)
    assert error_code(tell(session, type="response.create")) == "conversation_already_has_active_response"
    beside = tell(session, type="response.create", response={"conversation": "none", "input": []})
    assert only(beside, wire.ResponseCreated).response.conversation_id is None


def test_an_out_of_band_reply_leaves_no_trace_in_the_conversation() -> None:
    """conversation none: its items are told as output only, and instructions reach the mind."""
    session = machine()
    created = tell(
        session,
        type="response.create",
        response={"conversation": "none", "input": [], "instructions": "Say exactly: Hi"},
    )
    think = only(created, Think)
    assert (think.request.instructions, list(think.request.history)) == ("Say exactly: Hi", [])
    said = session.spoken(think.response_id, "Hi", bytes(480), 10.0, 0.0) + session.finished(think.response_id, 0.0)
    assert not [name for name in types(said) if name.startswith("conversation.item")]


def test_cancel() -> None:
    """response.cancel ends the running response; with none it is refused by the code that clients ignore."""
    session = machine()
    speaking(session)
    done = only(tell(session, type="response.cancel"), wire.ResponseDone).response
    assert (done.status, done.status_details.reason) == ("cancelled", "client_cancelled")
    assert error_code(tell(session, type="response.cancel")) == "response_cancel_not_active"


def test_truncation_is_bounded_by_what_was_generated() -> None:
    """501 of 500 ms are refused in the service's own words; 200 ms are accepted and the words forgotten."""
    session = machine()
    response_id, item_id = speaking(session, "My words.", 500.0)
    session.finished(response_id, 0.0)
    truncate = {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0}
    refused = only(tell(session, **truncate, audio_end_ms=501, event_id="e1"), wire.ErrorEvent).error
    assert (refused.code, refused.event_id) == ("invalid_value", "e1")
    assert refused.message == "Audio content of 500ms is already shorter than 501ms"
    assert types(tell(session, **truncate, audio_end_ms=200)) == ["conversation.item.truncated"]
    item = only(tell(session, type="conversation.item.retrieve", item_id=item_id), wire.ConversationItemRetrieved).item
    assert wire.given(item.content[0].transcript) is None


def test_only_the_models_audio_can_be_truncated() -> None:
    """A user's item and an unknown one are refused."""
    session = machine()
    user_says(session, "hi")
    user_id = session._conversation.last_id
    truncate = {"type": "conversation.item.truncate", "content_index": 0, "audio_end_ms": 0}
    assert error_code(tell(session, **truncate, item_id=user_id)) == "invalid_value"
    assert error_code(tell(session, **truncate, item_id="nobody")) == "item_not_found"


def test_a_function_call_and_its_output() -> None:
    """A call is told whole, its output is taken by call id, and the next response is made from it."""
    session = machine(tools=[{"type": "function", "name": "set_light"}])
    user_says(session, "light on")
    think = only(tell(session, type="response.create"), Think)
    assert [tool["name"] for tool in think.request.tools] == ["set_light"]
    orders = session.thought(think.response_id, Decision("", (Call("set_light", {"on": True}),)), 0.0)
    assert types(orders) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
        "rate_limits.updated",
    ]
    (call,) = only(orders, wire.ResponseDone).response.output
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "done"}
    tell(session, type="conversation.item.create", item=output)
    again = only(tell(session, type="response.create"), Think)
    assert [entry.role for entry in again.request.history] == ["user", "call", "output"]
    stray = {**output, "call_id": "call_unknown"}
    assert error_code(tell(session, type="conversation.item.create", item=stray)) == "invalid_tool_call_id"


def test_items_stand_where_they_were_put() -> None:
    """previous_item_id: root is the front, an id is after it, an unknown one is refused, a taken id too."""
    session = machine()

    def create(item_id: str, **where: str) -> list[Order]:
        item = {"id": item_id, "type": "message", "role": "user", "content": [{"type": "input_text", "text": item_id}]}
        return tell(session, type="conversation.item.create", item=item, **where)

    create("b")
    create("a", previous_item_id="root")
    added = create("ab", previous_item_id="a")
    assert only(added, wire.ConversationItemAdded).previous_item_id == "a"
    assert [stored.id for stored in session._conversation] == ["a", "ab", "b"]
    assert error_code(create("c", previous_item_id="zz")) == "item_not_found"
    assert error_code(create("a")) == "item_already_exists"
    tell(session, type="conversation.item.delete", item_id="ab")
    assert [stored.id for stored in session._conversation] == ["a", "b"]


def test_a_silence_after_a_reply_times_out() -> None:
    """idle_timeout_ms counts from the end of the reply's playback, then commits the silence and responds."""
    session = machine(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}})
    append(session, bytes(48_000))
    response_id, _ = speaking(session, "Hello.", 2000.0)
    session.finished(response_id, 1.0)
    assert session.deadline_s == 7.0
    orders = session.tick(7.0)
    assert types(orders)[0] == "input_audio_buffer.timeout_triggered"
    assert types(orders)[-1] == "response.created"


def test_max_output_tokens_cut_a_reply() -> None:
    """Past its tokens a reply is incomplete, and says why."""
    session = machine(max_output_tokens=10)
    think = only(tell(session, type="response.create"), Think)
    session.thought(think.response_id, Decision("Long."), 0.0)
    done = only(session.spoken(think.response_id, "Long.", bytes(48 * 600), 600.0, 0.0), wire.ResponseDone).response
    assert (done.status, done.status_details.reason) == ("incomplete", "max_output_tokens")


def test_text_only() -> None:
    """output_modalities text: no voice is ordered, the words come as text."""
    session = machine(output_modalities=["text"])
    think = only(tell(session, type="response.create"), Think)
    orders = session.thought(think.response_id, Decision("Hi."), 0.0)
    assert not [order for order in orders if isinstance(order, Speak)]
    assert only(orders, wire.ResponseOutputTextDone).text == "Hi."


def test_a_failed_recognition_still_lets_the_session_go_on() -> None:
    """The transcription is told as failed; the response is made without the words."""
    session = machine(**CAPTIONS)
    item_id = only(append(session, SPEECH), Transcribe).item_id
    orders = session.transcribed(item_id, "", 1.0, "no model")
    assert types(orders) == ["conversation.item.input_audio_transcription.failed", "Think"]
    assert only(orders, wire.ConversationItemInputAudioTranscriptionFailed).content_index == 0
