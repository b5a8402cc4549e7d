"""Every event of the protocol, there and back; what the ranges refuse; what is tolerated."""

import json
from typing import Any, get_args

import msgspec
import pytest

from oyez_realtime import messages as m
from oyez_realtime.client_events import AnyClientEvent
from oyez_realtime.messages import decode_client_event, decode_server_event, encode
from oyez_realtime.tolerance import DROPS_MAX, SERVER_EVENT_TYPES, read_server_event

SMALLEST: dict[type, object] = {
    m.RealtimeSession: m.RealtimeSession(instructions="be brief"),
    m.TranscriptionSession: m.TranscriptionSession(include=[]),
    m.ErrorDetail: m.ErrorDetail("invalid_request_error", "no", "invalid_value", None, "evt_1"),
    m.Message: m.Message("user", [m.InputText("hello"), m.InputAudio(b"\x01\x02"), m.InputImage("data:image/png,")]),
    m.Response: m.Response(id="resp_1", output=[m.FunctionCall("f", "{}", call_id="call_1")], conversation_id=None),
    m.ResponseParameters: m.ResponseParameters(
        conversation="none", input=[m.ItemReference("item_1")], metadata={"k": "v"}, output_modalities=["text"]
    ),
    m.ContentPart: m.ContentPart("audio", transcript="hi"),
}


def sample(annotation: Any) -> Any:
    """Something that fits the type."""
    if annotation in SMALLEST:
        return SMALLEST[annotation]
    options = [option for option in get_args(annotation) if option in SMALLEST]
    if options:
        return SMALLEST[options[0]]
    plain = {str: "text", int: 3, float: 0.5, bytes: b"\x00\x01\x02", bool: True}
    if annotation in plain:
        return plain[annotation]
    if msgspec.inspect.type_info(annotation).__class__ is msgspec.inspect.ListType:
        return []
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return build(annotation)
    return sample(get_args(annotation)[0])


def build(struct: Any) -> Any:
    return struct(**{field.name: sample(field.type) for field in msgspec.structs.fields(struct)})


@pytest.mark.parametrize("struct", get_args(m.ServerEvent), ids=lambda struct: struct.__struct_config__.tag)
def test_every_server_event_round_trips(struct: Any) -> None:
    """What we encode as a server is what we decode as a client, nothing dropped."""
    event = build(struct)
    assert read_server_event(encode(event)) == (event, [])
    assert json.loads(encode(event))["type"] == event.type


@pytest.mark.parametrize("struct", get_args(AnyClientEvent), ids=lambda struct: struct.__struct_config__.tag)
def test_every_client_event_round_trips(struct: Any) -> None:
    """What we encode as a client is what a strict server decodes; the WebRTC-only one it refuses."""
    event = build(struct)
    if struct is m.OutputAudioBufferClear:
        with pytest.raises(m.WireError) as refused:
            decode_client_event(encode(event))
        assert refused.value.code == "invalid_value"
    else:
        assert decode_client_event(encode(event)) == event


def test_the_server_vocabulary_is_the_protocols() -> None:
    """All 46 types of the specification are there, each once."""
    assert len(set(SERVER_EVENT_TYPES)) == len(SERVER_EVENT_TYPES) == 46


ITEMS = [
    m.Message("assistant", [m.OutputText("hi"), m.OutputAudio("hi", b"\x00\x00")], id="item_1", status="in_progress"),
    m.Message("system", [m.InputText("be brief")]),
    m.FunctionCallOutput("call_1", "done"),
    m.McpListTools("house", [m.McpToolDescription("t", {"type": "object"}, annotations={"a": 1})]),
    m.McpCall("i", "house", "t", "{}", error=m.McpHttpError(500, "no")),
    m.McpCall("i", "house", "t", "{}", output=None, error=m.McpProtocolError(1, "no")),
    m.McpCall("i", "house", "t", "{}", error=m.McpToolExecutionError("no")),
    m.McpApprovalRequest("i", "house", "t", "{}"),
    m.McpApprovalResponse("i", "a", True, "yes"),
]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: type(item).__name__)
def test_every_item_round_trips(item: Any) -> None:
    """Items survive the way to a client."""
    event = m.ConversationItemAdded(item=item, previous_item_id=None)
    assert decode_server_event(encode(event)) == event


def test_a_full_session_round_trips_through_a_strict_server() -> None:
    """Each object of a session is known in both directions, and absent stays apart from null."""
    session = m.RealtimeSession(
        model="x",
        output_modalities=["audio"],
        audio=m.SessionAudio(
            m.AudioInput(
                m.AudioPcm(), m.NoiseReduction("far_field", 0.5), m.AudioTranscription("x", keywords=["a"]), None
            ),
            m.AudioOutput(m.AudioPcmu(), m.CustomVoice("v"), 1.5),
        ),
        tools=[
            m.FunctionTool("f", "does", {"type": "object", "anything": {"x": 1}}),
            m.McpTool(
                "house", "https://h", allowed_tools=["a"], require_approval=m.McpApprovalFilter(never=m.McpToolFilter())
            ),
        ],
        tool_choice=m.ToolChoiceMcp("house"),
        reasoning=m.Reasoning("low"),
        max_output_tokens="inf",
        truncation=m.RetentionRatio(0.8, m.TokenLimits(100)),
        tracing=m.Tracing("w", metadata={"a": 1}),
        prompt=m.Prompt("p", variables={"a": "b"}),
    )
    event = m.SessionUpdate(session=session)
    text = encode(event)
    assert decode_client_event(text) == event
    assert json.loads(text)["session"]["audio"]["input"]["turn_detection"] is None
    assert "instructions" not in json.loads(text)["session"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: m.AudioPcm(16_000),
        lambda: m.ServerVad(threshold=1.1),
        lambda: m.ServerVad(silence_duration_ms=-1),
        lambda: m.SemanticVad(eagerness="hasty"),
        lambda: m.AudioOutput(speed=0.2),
        lambda: m.RealtimeSession(max_output_tokens=0),
        lambda: m.RealtimeSession(max_output_tokens=4097),
        lambda: m.RealtimeSession(output_modalities=["text", "audio"]),
        lambda: m.RetentionRatio(1.5),
        lambda: m.NoiseReduction("middle_field"),
        lambda: m.ResponseParameters(metadata={"k" * 65: "v"}),
        lambda: m.ResponseParameters(metadata={str(number): "v" for number in range(17)}),
        lambda: m.ConversationItemTruncate(item_id="i", content_index=0, audio_end_ms=-1),
        lambda: m.Message("user", ["not content"]),
    ],
)
def test_what_the_ranges_forbid_is_refused_when_built(make: Any) -> None:
    """The error names the field, so that the caller need not guess."""
    with pytest.raises(ValueError, match=r"\w+\.\w+ is .* does not allow"):
        make()


STRICT = [
    ("[", "invalid_json", None),
    ("[" * 100_000, "invalid_json", None),
    ("{", "invalid_json", None),
    ("[1]", "invalid_event", None),
    ("{}", "missing_required_parameter", "type"),
    ('{"type":"x","event_id":"e"}', "invalid_value", "type"),
    ('{"type":"transcription_session.update","session":{}}', "invalid_value", "type"),
    ('{"type":"session.update","session":{}}', "missing_required_parameter", "session.type"),
    ('{"type":"session.update","session":{"type":"realtime","x":1}}', "unknown_parameter", "session.x"),
    ('{"type":"session.update","session":{"type":"realtime","id":"s"}}', "unknown_parameter", "session.id"),
    ('{"type":"input_audio_buffer.append","audio":"AAAA","z":1}', "unknown_parameter", "z"),
    ('{"type":"input_audio_buffer.append","audio":"??"}', "invalid_value", "audio"),
    (
        '{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm","rate":16000}}}}}',
        "integer_below_min_value",
        "session.audio.input.format.rate",
    ),
    (
        '{"type":"session.update","session":{"type":"realtime","audio":{"output":{"speed":9}}}}',
        "decimal_above_max_value",
        "session.audio.output.speed",
    ),
    (
        '{"type":"session.update","session":{"type":"realtime","tools":[{"type":"function","name":"a","q":1}]}}',
        "unknown_parameter",
        "session.tools[0].q",
    ),
    (
        '{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":"x"}',
        "invalid_type",
        "audio_end_ms",
    ),
    (
        '{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_audio"}]}}',
        "invalid_value",
        "item.content",
    ),
]


@pytest.mark.parametrize(("text", "code", "param"), STRICT)
def test_a_strict_server_refuses_with_the_codes_of_the_live_service(text: str, code: str, param: str | None) -> None:
    """Code and path are what a client of the real service would see."""
    with pytest.raises(m.WireError) as refused:
        decode_client_event(text)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_a_refusal_echoes_the_event_id_and_becomes_an_error_event() -> None:
    """The client can tell which of its events was refused."""
    with pytest.raises(m.WireError) as refused:
        decode_client_event('{"type":"response.create","event_id":"mine","extra":1}')
    error = decode_server_event(encode(refused.value.as_event("event_9")))
    assert isinstance(error, m.ErrorEvent)
    assert (error.event_id, error.error.event_id, error.error.code) == ("event_9", "mine", "unknown_parameter")


def test_binary_frames_are_refused_as_the_live_service_does() -> None:
    """Bytes are invalid_event even when they hold a good event."""
    with pytest.raises(m.WireError) as refused:
        decode_client_event(b'{"type":"input_audio_buffer.clear"}')
    assert refused.value.code == "invalid_event"


def test_unknown_and_unreadable_events_come_back_whole() -> None:
    """Their raw form is untouched, and says whether the type or the content was the trouble."""
    raw = {"type": "brand.new", "x": [1]}
    assert decode_server_event(json.dumps(raw)) == m.UnknownEvent("brand.new", raw, "")
    raw = {"type": "conversation.item.added", "event_id": "e", "item": {"type": "hologram"}}
    event = decode_server_event(json.dumps(raw))
    assert isinstance(event, m.UnknownEvent)
    assert event.raw == raw
    assert "item" in event.why


def test_an_event_of_nothing_but_oddities_ends_as_unknown() -> None:
    """The forgiving reader gives up after a bound instead of chewing on a hostile event."""
    tools = [{"type": "hologram"}] * (DROPS_MAX + 1)
    text = json.dumps({"type": "session.updated", "event_id": "e", "session": {"type": "realtime", "tools": tools}})
    assert isinstance(decode_server_event(text), m.UnknownEvent)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "3", '{"type":3}', "{}", b"\xff\xfe", "[" * 100_000])
def test_what_is_no_event_at_all_raises_wire_error(text: str | bytes) -> None:
    """Nothing but WireError leaves the reader."""
    with pytest.raises(m.WireError):
        decode_server_event(text)


def test_secrets_of_mcp_servers_stay_out_of_the_repr() -> None:
    """A session that is logged does not give away an authorization."""
    assert "s3cret" not in repr(m.McpTool("house", authorization="s3cret", headers={"X-Key": "s3cret"}))
