"""What the beta said, told in today's words: one case for each row of the reference's table of differences (1.8)."""

import base64
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from oyez_realtime import calls, closing, messages as m, rest

REFERENCE = Path(__file__).resolve().parents[3].parent / "shared" / "reference" / "realtime.md"

NESTED = {"id": "sess_1", "object": "realtime.session", "client_secret": {"value": "ek_1", "expires_at": 7}}


def read(kind: str, **fields: Any) -> Any:
    """The event of a server, of which nothing may be left out."""
    event, left_out = m.read_server_event(json.dumps({"type": kind, "event_id": "e", **fields}))
    assert left_out == []
    return event


def session(**fields: Any) -> m.RealtimeSession:
    told: m.RealtimeSession = read("session.updated", session=fields).session
    return told


def delta_and_done(kind: str, done: dict[str, str], delta: str = "a") -> tuple[Any, Any]:
    where = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    return read(f"{kind}.delta", **where, delta=delta), read(f"{kind}.done", **where, **done)


def assistant(kind: str, **content: Any) -> Any:
    item = {"type": "message", "role": "assistant", "content": [{"type": kind, **content}]}
    return read("conversation.item.created", item=item, previous_item_id=None).item


async def posted(order: Callable[[httpx.AsyncClient], Awaitable[object]], answer: object) -> httpx.Request:
    """What was sent over HTTP when everything is answered with `answer`."""
    seen: list[httpx.Request] = []

    def service(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=answer if isinstance(answer, str) else json.dumps(answer))

    async with httpx.AsyncClient(transport=httpx.MockTransport(service)) as http:
        await order(http)
    return seen[0]


async def header() -> None:
    refusal = m.ErrorDetail("invalid_request_error", "no", "beta_api_shape_disabled")
    assert closing.judge_error(refusal).remedy is closing.Remedy.REFUSED
    assert closing.judge_close(4000).remedy is closing.Remedy.REFUSED


async def older_paths() -> None:
    request = await posted(lambda http: rest.create_session(http, "https://x/v1", "sk"), NESTED)
    assert request.url.path == "/v1/realtime/sessions"
    request = await posted(lambda http: rest.create_transcription_session(http, "https://x/v1", "sk"), NESTED)
    assert request.url.path == "/v1/realtime/transcription_sessions"


async def nested_secret() -> None:
    secret = rest.parse_client_secret(json.dumps(NESTED).encode())
    assert (secret.value, secret.expires_at) == ("ek_1", 7)
    assert secret.session == m.RealtimeSession(id="sess_1", object="realtime.session")
    assert "ek_1" not in repr(secret)
    assert session(type="realtime", client_secret=NESTED["client_secret"]) == m.RealtimeSession()


async def nested_expiry() -> None:
    answer = {"value": "ek_1", "expires_at": 7}
    request = await posted(lambda http: rest.create_client_secret(http, "https://x/v1", "sk", None, 60), answer)
    assert json.loads(request.content) == {"expires_after": {"anchor": "created_at", "seconds": 60}}
    request = await posted(lambda http: rest.create_session(http, "https://x/v1", "sk", None, 60), NESTED)
    assert json.loads(request.content) == {"client_secret": {"expires_after": {"anchor": "created_at", "seconds": 60}}}


async def sdp() -> None:
    request = await posted(lambda http: calls.create_call(http, "https://x/v1", "sk", "v=0\r\n"), "v=0\r\n")
    assert request.url.path == "/v1/realtime/calls"


async def no_type() -> None:
    assert session(instructions="hi") == m.RealtimeSession(instructions="hi")
    with pytest.raises(m.WireError, match=r"session\.type"):
        m.decode_client_event('{"type":"session.update","session":{}}')


async def transcription_session() -> None:
    flat = {"id": "s", "input_audio_format": "pcm16", "modalities": ["text"], "turn_detection": {"type": "server_vad"}}
    heard = m.TranscriptionAudio(m.AudioInput(format=m.AudioPcm(), turn_detection=m.ServerVad()))
    event = read("transcription_session.updated", session=flat)
    assert event == m.SessionUpdated(event_id="e", session=m.TranscriptionSession(id="s", audio=heard))
    assert isinstance(read("transcription_session.created", session=flat), m.SessionCreated)
    with pytest.raises(m.WireError) as refused:
        m.decode_client_event('{"type":"transcription_session.update","session":{}}')
    assert refused.value.code == "invalid_value"


async def modalities() -> None:
    assert session(modalities=["text", "audio"]).output_modalities == ["audio"]
    assert session(modalities=["text"]).output_modalities == ["text"]
    response = read("response.done", response={"id": "r", "modalities": ["audio", "text"]}).response
    assert response == m.Response(id="r", output_modalities=["audio", "text"])


async def voice_and_speed() -> None:
    spoken = m.SessionAudio(output=m.AudioOutput(voice="ash", speed=1.25))
    assert session(voice="ash", speed=1.25).audio == spoken
    assert session(type="realtime", voice="ash", speed=1.25).audio == spoken
    response = read("response.created", response={"id": "r", "voice": "ash", "temperature": 0.8}).response
    assert response == m.Response(id="r", audio=m.ResponseAudio(m.ResponseAudioOutput(voice="ash")))


async def formats() -> None:
    todays = {"pcm16": m.AudioPcm(), "g711_ulaw": m.AudioPcmu(), "g711_alaw": m.AudioPcma()}
    for name, audio_format in todays.items():
        expected = m.SessionAudio(m.AudioInput(format=audio_format), m.AudioOutput(format=audio_format))
        assert session(input_audio_format=name, output_audio_format=name).audio == expected
        response = read("response.done", response={"id": "r", "output_audio_format": name}).response
        assert response.audio == m.ResponseAudio(m.ResponseAudioOutput(format=audio_format))


async def transcription() -> None:
    told = session(input_audio_transcription={"model": "w", "language": "en"})
    assert told.audio == m.SessionAudio(m.AudioInput(transcription=m.AudioTranscription(model="w", language="en")))
    assert session(input_audio_transcription=None).audio == m.SessionAudio(m.AudioInput(transcription=None))


async def noise_reduction() -> None:
    told = session(input_audio_noise_reduction={"type": "far_field"})
    assert told.audio == m.SessionAudio(m.AudioInput(noise_reduction=m.NoiseReduction("far_field")))


async def turn_detection() -> None:
    told = session(turn_detection={"type": "server_vad", "threshold": 0.5, "idle_timeout_ms": 5000})
    assert told.audio == m.SessionAudio(m.AudioInput(turn_detection=m.ServerVad(threshold=0.5, idle_timeout_ms=5000)))
    assert session(turn_detection=None).audio == m.SessionAudio(m.AudioInput(turn_detection=None))


async def max_tokens() -> None:
    assert session(max_response_output_tokens="inf").max_output_tokens == "inf"
    assert session(max_response_output_tokens=100).max_output_tokens == 100


async def temperature() -> None:
    assert session(temperature=0.8) == m.RealtimeSession()


async def tool_choice() -> None:
    assert session(tool_choice="auto").tool_choice == "auto"
    assert session(tool_choice={"type": "mcp", "server_label": "s"}).tool_choice == m.ToolChoiceMcp("s")


async def tools() -> None:
    told = session(tools=[{"type": "function", "name": "f"}, {"type": "mcp", "server_label": "s"}])
    assert told.tools == [m.FunctionTool("f"), m.McpTool("s")]


async def added_fields() -> None:
    prompt = {"id": "p", "version": "1"}
    told = session(truncation="auto", prompt=prompt, include=["item.input_audio_transcription.logprobs"])
    assert (told.truncation, told.prompt) == ("auto", m.Prompt("p", "1"))
    assert told.include == ["item.input_audio_transcription.logprobs"]


async def text_events() -> None:
    delta, done = delta_and_done("response.text", {"text": "ab"})
    assert isinstance(delta, m.ResponseOutputTextDelta)
    assert isinstance(done, m.ResponseOutputTextDone)


async def audio_events() -> None:
    delta, done = delta_and_done("response.audio", {}, base64.b64encode(b"abc").decode())
    assert isinstance(delta, m.ResponseOutputAudioDelta)
    assert delta.delta == b"abc"
    assert isinstance(done, m.ResponseOutputAudioDone)


async def transcript_events() -> None:
    delta, done = delta_and_done("response.audio_transcript", {"transcript": "ab"})
    assert isinstance(delta, m.ResponseOutputAudioTranscriptDelta)
    assert isinstance(done, m.ResponseOutputAudioTranscriptDone)


async def item_created() -> None:
    item = {"id": "i", "type": "message", "role": "user", "content": [{"type": "input_audio", "transcript": None}]}
    event = read("conversation.item.created", item=item, previous_item_id="p")
    assert isinstance(event, m.ConversationItemCreated)
    assert event.item == m.Message("user", [m.InputAudio(transcript=None)], id="i")


async def assistant_content() -> None:
    assert assistant("audio", transcript="hi") == m.Message("assistant", [m.OutputAudio("hi")])
    assert assistant("text", text="hi") == m.Message("assistant", [m.OutputText("hi")])
    where = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    part = read("response.content_part.added", **where, part={"type": "audio", "transcript": ""}).part
    assert part == m.ContentPart("audio", transcript="")


async def no_object() -> None:
    assert assistant("output_text", text="hi").object is m.Message("assistant", []).object


async def no_name() -> None:
    where = {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c"}
    done = read("response.function_call_arguments.done", **where, arguments="{}")
    assert m.given(done.name) is None


async def no_usage() -> None:
    kind = "conversation.item.input_audio_transcription.completed"
    assert m.given(read(kind, item_id="i", content_index=0, transcript="hi").usage) is None


async def new_events() -> None:
    only_new = ("timeout_triggered", "dtmf_event_received", "segment", "mcp_", "retrieved")
    assert {kind for kind in m.SERVER_EVENT_TYPES if any(part in kind for part in only_new)} == {
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.dtmf_event_received",
        "conversation.item.input_audio_transcription.segment",
        "conversation.item.retrieved",
        *(f"mcp_list_tools.{what}" for what in ("in_progress", "completed", "failed")),
        *(f"response.mcp_call.{what}" for what in ("in_progress", "completed", "failed")),
        *(f"response.mcp_call_arguments.{what}" for what in ("delta", "done")),
    }


ROWS: dict[str, Callable[[], Awaitable[None]]] = {
    "header `OpenAI-Beta: realtime=v1` / subprotocol `openai-beta.realtime-v1`": header,
    "POST `/realtime/sessions`, `/realtime/transcription_sessions`": older_paths,
    "response = session object with nested `client_secret{value,expires_at}`; ~1 min TTL": nested_secret,
    "request `client_secret.expires_after` (nested)": nested_expiry,
    "WebRTC SDP to `/v1/realtime`": sdp,
    "session without `type`": no_type,
    "`transcription_session.update` / `.updated`": transcription_session,
    '`modalities:["text","audio"]`': modalities,
    "`voice`, `speed`": voice_and_speed,
    '`input_audio_format:"pcm16"|"g711_ulaw"|"g711_alaw"`, `output_audio_format`': formats,
    "`input_audio_transcription`": transcription,
    "`input_audio_noise_reduction`": noise_reduction,
    "`turn_detection`": turn_detection,
    "`max_response_output_tokens`": max_tokens,
    "`temperature` 0.6–1.2 (0.8)": temperature,
    "`tool_choice` string": tool_choice,
    "tools: function only": tools,
    "no `truncation`, `prompt`, `include`(realtime)": added_fields,
    "`response.text.delta/done`": text_events,
    "`response.audio.delta/done`": audio_events,
    "`response.audio_transcript.delta/done`": transcript_events,
    "`conversation.item.created`": item_created,
    "assistant content `text` / `audio`": assistant_content,
    "items without `object` on input": no_object,
    "`function_call_arguments.done` without `name`": no_name,
    "`transcription.completed` without `usage`": no_usage,
    "—": new_events,
}


@pytest.mark.parametrize("row", ROWS)
async def test_a_row_of_the_differences_between_beta_and_today_holds(row: str) -> None:
    """What the older side says is understood, or refused, as today's would be."""
    await ROWS[row]()


def test_the_rows_are_those_of_the_reference() -> None:
    """A row that is added to the reference needs a case here."""
    if not REFERENCE.exists():
        pytest.skip(f"there is no {REFERENCE.name} beside the repository")
    section = re.search(r"^### 1\.8 .*?(?=^### )", REFERENCE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert section is not None
    table = [line for line in section.group().splitlines() if line.startswith("|")][2:]
    cells = [re.split(r"(?<!\\)\|", line)[1].strip().replace("\\|", "|") for line in table]
    assert set(cells) == set(ROWS)
    assert len(cells) == len(ROWS)


@pytest.mark.parametrize("kind", ["started", "stopped", "cleared"])
def test_events_of_webrtc_and_sip_are_understood(kind: str) -> None:
    """A sideband socket of a telephone call hears them."""
    event = read(f"output_audio_buffer.{kind}", response_id="r")
    assert event.response_id == "r"


def test_a_key_of_the_telephone_has_no_event_id_and_gets_none() -> None:
    """The one event without an id comes back as it was."""
    text = '{"type":"input_audio_buffer.dtmf_event_received","event":"9","received_at":7}'
    event = m.decode_server_event(text)
    assert event == m.InputAudioBufferDtmfEventReceived(event="9", received_at=7)
    assert m.encode(event) == text
