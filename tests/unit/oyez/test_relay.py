"""The relay: what the service's events mean for the house."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from oyez import events as ev
from oyez.session.relay import Relay, Sound
from oyez_realtime.closing import ERROR_CODES
from oyez_realtime.messages import decode_server_event


def take(relay: Relay, *lines: dict[str, Any]) -> list[Any]:
    facts: list[Any] = []
    for line in lines:
        facts += relay.take(decode_server_event(json.dumps({"event_id": "e", **line})))  # type: ignore[arg-type]
    return facts


def created(response_id: str = "r") -> dict[str, Any]:
    return {"type": "response.created", "response": {"id": response_id, "object": "realtime.response"}}


def done(response_id: str = "r", **more: Any) -> dict[str, Any]:
    return {"type": "response.done", "response": {"id": response_id, "status": "completed", **more}}


def audio(response_id: str = "r") -> dict[str, Any]:
    where = {"response_id": response_id, "item_id": "i", "output_index": 0, "content_index": 0}
    return {"type": "response.output_audio.delta", "delta": "AAAA", **where}


def test_the_first_audio_of_a_response_is_told_once_and_after_its_sound_is_queued() -> None:
    assert take(Relay(), created(), audio(), audio()) == [
        ev.ReplyBegun("r"),
        Sound("i", 0, b"\0\0\0"),
        ev.ReplyAudible("r"),
        Sound("i", 0, b"\0\0\0"),
    ]


def test_sound_of_a_response_that_was_cut_is_dropped_and_the_next_response_is_not() -> None:
    relay = Relay()
    take(relay, created(), audio())
    relay.cut_active()
    assert take(relay, audio()) == []
    assert take(relay, done(status="cancelled")) == [ev.ReplyEnded("r", "cancelled")]
    assert take(relay, created("s"), audio("s"))[1:] == [Sound("i", 0, b"\0\0\0"), ev.ReplyAudible("s")]


def test_tool_calls_are_told_with_their_arguments_and_counted_at_the_end_of_the_response() -> None:
    call = {
        "type": "response.function_call_arguments.done",
        "response_id": "r",
        "item_id": "i",
        "output_index": 0,
        "call_id": "c",
        "name": "set_light",
        "arguments": '{"on": true}',
    }
    assert take(Relay(), created(), call, done()) == [
        ev.ReplyBegun("r"),
        ev.ToolCalled("c", "set_light", {"on": True}),
        ev.ReplyEnded("r", "completed", 1),
    ]


@pytest.mark.parametrize(
    "text", ["{broken", '{"name": "\\ud800"}', '{"n": ' + "1" * 5000 + "}", "[" * 100_000, '{"n": NaN}']
)
def test_arguments_that_are_no_json_object_reach_the_tool_which_refuses_them(text: str) -> None:
    """Half a surrogate pair can be written into no topic, payload or trace: it would end the daemon there."""
    call = {
        "type": "response.function_call_arguments.done",
        "response_id": "r",
        "item_id": "i",
        "output_index": 0,
        "call_id": "c",
        "name": "t",
        "arguments": text,
    }
    assert take(Relay(), created(), call)[1] == ev.ToolCalled("c", "t", {"arguments": text})


def test_a_failed_response_says_why_in_a_sentence() -> None:
    details = {"type": "failed", "error": {"type": "x", "code": "insufficient_quota", "message": "raw"}}
    _, ended = take(Relay(), created(), done(status="failed", status_details=details))
    assert ended.sentence == f"raw {ERROR_CODES['insufficient_quota'].sentence}"


@pytest.mark.parametrize("reason", ["max_output_tokens", "content_filter"])
def test_a_response_that_was_cut_short_says_why(reason: str) -> None:
    """Whoever hears half an answer learns that it is half, and what to do."""
    details = {"type": "incomplete", "reason": reason}
    _, ended = take(Relay(), created(), done(status="incomplete", status_details=details))
    assert (ended.status, ended.sentence) == ("incomplete", ERROR_CODES[reason].sentence)


def test_arguments_too_deep_or_too_long_for_a_parser_reach_the_tool_too() -> None:
    for hostile in ("[" * 100_000, "1" * 5_000, "NaN", ""):
        call = {"type": "response.function_call_arguments.done", "response_id": "r", "item_id": "i", "output_index": 0}
        told = take(Relay(), created(), {**call, "call_id": "c", "name": "t", "arguments": hostile})[1]
        assert isinstance(told, ev.ToolCalled)


def speech(what: str) -> dict[str, Any]:
    return {"type": f"input_audio_buffer.speech_{what}", "item_id": "i", "audio_start_ms": 0, "audio_end_ms": 0}


ANYTHING = st.one_of(
    st.builds(created, st.sampled_from("rs")),
    st.builds(done, st.sampled_from("rs")),
    st.builds(audio, st.sampled_from("rs")),
    st.builds(speech, st.sampled_from(["started", "stopped"])),
    st.just("cut"),
)


@given(st.lists(ANYTHING, max_size=40))
def test_in_whatever_order_events_come_the_house_hears_a_story_that_holds_together(lines: list[Any]) -> None:
    """Sound only of a response that runs and was not cut, each begun and ended once; nobody stops who never began."""
    relay, running, cut, speaking = Relay(), set[str](), set[str](), False
    for line in lines:
        if line == "cut":
            cut |= {relay.active} if relay.active else set()
            relay.cut_active()
            continue
        for fact in take(relay, line):
            match fact:
                case ev.ReplyBegun(response_id):
                    assert response_id not in running
                    running.add(response_id)
                case ev.ReplyEnded(response_id):
                    running.remove(response_id)
                    cut.discard(response_id)
                case Sound():
                    assert line["response_id"] in running - cut
                case ev.SpeechStarted():
                    speaking = True
                case ev.SpeechStopped():
                    assert speaking
                    speaking = False


def test_a_call_that_is_told_twice_is_made_once() -> None:
    """A service that repeats itself does not open the door twice."""
    relay = Relay()
    take(relay, created())
    assert [type(fact) for fact in take(relay, CALL, CALL)] == [ev.ToolCalled]
    assert take(relay, done()) == [ev.ReplyEnded("r", "completed", 1)]


def test_a_tool_that_is_named_only_when_its_call_begins_is_called_by_its_name() -> None:
    relay = Relay()
    item = {"type": "function_call", "id": "i", "call_id": "c", "name": "get_time", "arguments": ""}
    begun = {"type": "response.output_item.added", "response_id": "r", "output_index": 0, "item": item}
    nameless = {name: value for name, value in CALL.items() if name != "name"}
    assert take(relay, created(), begun, nameless)[1:] == [ev.ToolCalled("c", "get_time", {})]


@pytest.mark.parametrize(
    ("told", "aside"), [({}, None), ({"conversation_id": None}, True), ({"conversation_id": "c"}, False)]
)
def test_what_is_said_outside_the_conversation_is_told_as_such(told: dict[str, Any], aside: bool | None) -> None:
    begun = {"type": "response.created", "response": {"id": "r", "object": "realtime.response", **told}}
    assert take(Relay(), begun) == [ev.ReplyBegun("r", aside)]


CALL: dict[str, Any] = {
    "type": "response.function_call_arguments.done",
    "response_id": "r",
    "item_id": "i",
    "output_index": 0,
    "call_id": "c",
    "name": "get_time",
    "arguments": "{}",
}
