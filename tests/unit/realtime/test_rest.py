"""Client secrets: what is asked, what is understood, what is refused, and what never gets out."""

import json
from typing import Any

import httpx
import msgspec
import pytest

from oyez_realtime.messages import (
    AudioInput,
    AudioOutput,
    AudioPcmu,
    AudioTranscription,
    FunctionTool,
    RealtimeSession,
    SessionAudio,
    TranscriptionAudio,
    TranscriptionSession,
)
from oyez_realtime.older import flat_session, nested_session
from oyez_realtime.rest import (
    ClientSecret,
    RestError,
    create_client_secret,
    create_session,
    create_transcription_session,
)

KEY = "sk-very-secret"


class Upstream:
    """Answers with what it was given and keeps what it was asked."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self.answer = httpx.Response(status, json=body, headers=headers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer


async def ask(upstream: Upstream, expires_after_s: int | None = None) -> ClientSecret:
    async with httpx.AsyncClient(transport=httpx.MockTransport(upstream)) as http:
        session = RealtimeSession(model="m", tools=[FunctionTool("f")])
        return await create_client_secret(http, "http://upstream/v1/", KEY, session, expires_after_s)


async def test_the_request_is_that_of_the_protocol() -> None:
    """Path, key, life and session are where the service looks for them."""
    upstream = Upstream(200, {"value": "ek_1", "expires_at": 5, "session": {"type": "realtime", "id": "sess_1"}})
    secret = await ask(upstream, 60)
    (request,) = upstream.asked
    assert str(request.url) == "http://upstream/v1/realtime/client_secrets"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content) == {
        "expires_after": {"anchor": "created_at", "seconds": 60},
        "session": {"type": "realtime", "model": "m", "tools": [{"type": "function", "name": "f"}]},
    }
    assert (secret.value, secret.expires_at, secret.session) == ("ek_1", 5, RealtimeSession(id="sess_1"))
    assert "ek_1" not in repr(secret)


async def test_the_older_nested_answer_is_understood() -> None:
    """Sessions of the beta held the secret inside."""
    body = {"id": "sess_1", "modalities": ["text"], "client_secret": {"value": "ek_2", "expires_at": 7}}
    secret = await ask(Upstream(200, body))
    assert (secret.value, secret.expires_at) == ("ek_2", 7)
    assert secret.session == RealtimeSession(id="sess_1", output_modalities=["text"])


async def test_a_session_that_is_odd_does_not_cost_the_token() -> None:
    """The token works without our understanding what is attached."""
    secret = await ask(Upstream(200, {"value": "ek_3", "expires_at": 7, "session": {"type": "hologram"}}))
    assert (secret.value, secret.session) == ("ek_3", None)


@pytest.mark.parametrize("seconds", [9, 7201, 60.5, "60", True])
async def test_a_life_outside_the_range_is_not_asked_for(seconds: Any) -> None:
    """Refused before anything is sent."""
    upstream = Upstream(200, {})
    with pytest.raises(ValueError, match="10 to 7200"):
        await ask(upstream, seconds)
    assert upstream.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
async def test_a_refusal_says_what_to_do_and_never_the_key(status: int) -> None:
    """Even a service that echoes the key does not get it into our logs."""
    error = {"error": {"code": "some_code", "message": f"bad key {KEY}"}}
    with pytest.raises(RestError) as refused:
        await ask(Upstream(status, error, {"retry-after": "3"}))
    assert (refused.value.status, refused.value.code, refused.value.retry_after_s) == (status, "some_code", 3.0)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("body", [[], {}, {"value": "", "expires_at": 1}, {"value": 3, "expires_at": 1}, "x", None])
async def test_an_answer_without_a_token_is_an_error(body: object) -> None:
    """Some other web server answered."""
    with pytest.raises(RestError, match="no client secret"):
        await ask(Upstream(200, body))


async def test_a_service_that_is_away_is_status_0() -> None:
    """The network's trouble is told apart from the service's."""

    def unplugged(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(unplugged)) as http:
        with pytest.raises(RestError) as away:
            await create_client_secret(http, "http://upstream/v1", KEY)
    assert away.value.status == 0


@pytest.mark.parametrize("header", ["soon", "-1", "inf", "nan", ""])
async def test_a_strange_retry_after_is_none(header: str) -> None:
    """Nobody waits for ever."""
    with pytest.raises(RestError) as refused:
        await ask(Upstream(429, {}, {"retry-after": header}))
    assert refused.value.retry_after_s is None


FULL = RealtimeSession(
    model="m",
    instructions="be brief",
    output_modalities=["audio"],
    max_output_tokens=100,
    audio=SessionAudio(
        input=AudioInput(format=AudioPcmu(), turn_detection=None, transcription=AudioTranscription(model="w")),
        output=AudioOutput(voice="marin", speed=1.25),
    ),
    tools=[FunctionTool("f")],
)
FLAT = {
    "model": "m",
    "instructions": "be brief",
    "modalities": ["audio", "text"],
    "max_response_output_tokens": 100,
    "input_audio_format": "g711_ulaw",
    "turn_detection": None,
    "input_audio_transcription": {"model": "w"},
    "voice": "marin",
    "speed": 1.25,
    "tools": [{"type": "function", "name": "f"}],
}


def test_a_session_goes_flat_and_comes_back_the_same() -> None:
    """What the older paths spell otherwise, and an explicit null, survive both ways."""
    assert flat_session(FULL) == FLAT
    assert msgspec.convert(nested_session(FLAT, "realtime"), RealtimeSession) == FULL


async def test_the_older_path_for_sessions_asks_flat_and_reads_the_nested_secret() -> None:
    upstream = Upstream(200, {"id": "sess_1", **FLAT, "client_secret": {"value": "ek_4", "expires_at": 7}})
    async with httpx.AsyncClient(transport=httpx.MockTransport(upstream)) as http:
        secret = await create_session(http, "http://upstream/v1", KEY, FULL, 60)
    (request,) = upstream.asked
    assert str(request.url) == "http://upstream/v1/realtime/sessions"
    life = {"expires_after": {"anchor": "created_at", "seconds": 60}}
    assert json.loads(request.content) == {**FLAT, "client_secret": life}
    assert (secret.value, secret.session) == ("ek_4", msgspec.structs.replace(FULL, id="sess_1"))


async def test_the_older_path_for_captions_takes_a_session_without_type_for_what_it_is() -> None:
    session = TranscriptionSession(
        audio=TranscriptionAudio(input=AudioInput(transcription=AudioTranscription(model="w")))
    )
    answer = {
        "id": "sess_2",
        "input_audio_transcription": {"model": "w"},
        "client_secret": {"value": "ek_5", "expires_at": 7},
    }
    upstream = Upstream(200, answer)
    async with httpx.AsyncClient(transport=httpx.MockTransport(upstream)) as http:
        secret = await create_transcription_session(http, "http://upstream/v1", KEY, session, 60)
    (request,) = upstream.asked
    assert str(request.url) == "http://upstream/v1/realtime/transcription_sessions"
    life = {"expires_at": {"anchor": "created_at", "seconds": 60}}
    assert json.loads(request.content) == {"input_audio_transcription": {"model": "w"}, "client_secret": life}
    assert secret.session == msgspec.structs.replace(session, id="sess_2")
