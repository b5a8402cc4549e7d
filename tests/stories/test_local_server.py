"""The local server as a real process, spoken to over a real socket with real speech."""

import json
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import websockets
from websockets.asyncio.client import connect

from oyez_local.recogniser import MoonshineRecogniser
from tests.doubles.speech import say, silence
from tests.stories.local_server import KEY, MODEL, Caller, Server, call, serving

pytestmark = pytest.mark.timeout(60)

LIGHT = {
    "type": "function",
    "name": "set_light",
    "description": "Switch a light on or off",
    "parameters": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}},
        "required": ["name", "on"],
    },
}


@pytest.fixture(params=[[]])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path, *request.param) as running_server:
        yield running_server


@cache
def recogniser() -> MoonshineRecogniser:
    return MoonshineRecogniser()


def understood(sound: bytes) -> str:
    """What a recogniser hears in 24 kHz sound: lower-case words."""
    text = recogniser().transcribe(np.frombuffer(sound, dtype=np.int16), 24_000)
    return " ".join(re.findall(r"[a-z']+", text.lower()))


async def test_a_spoken_question_is_answered_aloud(server: Server) -> None:
    """Speech in, speech out: what is heard is told, and the reply's own sound says what its transcript says."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await caller.configure()
        await caller.speak("Who are you?")
        done = await caller.until("response.done")
        (item,) = done["response"]["output"]
        said = item["content"][0]["transcript"]
        assert "local voice of this house" in said
        assert "local voice of this house" in understood(caller.audio[item["id"]])
        heard = [e["transcript"] for e in caller.seen if e["type"].endswith("input_audio_transcription.completed")]
        assert [text.lower().strip(" ?.") for text in heard] == ["who are you"]
        order = [e["type"] for e in caller.seen]
        landmarks = [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "response.created",
            "response.output_audio.delta",
            "response.done",
        ]
        assert [order.index(name) for name in landmarks] == sorted(order.index(name) for name in landmarks)
    written = sum(line["audio_bytes"] for line in server.logged("in"))
    assert written == 2 * (len(say("Who are you?")[0]) + len(silence(1.1)))


async def test_a_spoken_order_calls_the_sessions_tool_and_tells_its_output(server: Server) -> None:
    """The tool that this session declared is called with filled arguments; its output is spoken."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await caller.configure(tools=[LIGHT])
        await caller.speak("Turn on the kitchen light, please.")
        (function_call,) = (await caller.until("response.done"))["response"]["output"]
        assert function_call["name"] == "set_light"
        assert json.loads(function_call["arguments"]) == {"name": "kitchen light", "on": True}
        output = json.dumps({"ok": True, "message": "The kitchen light is on."})
        item = {"type": "function_call_output", "call_id": function_call["call_id"], "output": output}
        await caller.send(type="conversation.item.create", item=item)
        await caller.send(type="response.create")
        (message,) = (await caller.until("response.done"))["response"]["output"]
        assert message["content"][0]["transcript"] == "The kitchen light is on."
        assert understood(caller.audio[message["id"]]) == "the kitchen light is on"


async def test_speech_over_a_story_stops_it(server: Server) -> None:
    """A barge-in cancels the reply as turn_detected; truncation takes what was heard and refuses more."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await caller.configure()
        await caller.speak("Tell me a story.")
        item_id = (await caller.until("response.output_audio.delta"))["item_id"]
        await caller.speak("Stop.")
        cancelled = (await caller.until("response.done"))["response"]
        assert (cancelled["status"], cancelled["status_details"]["reason"]) == ("cancelled", "turn_detected")
        generated_ms = len(caller.audio[item_id]) // 48
        truncate = {"type": "conversation.item.truncate", "item_id": item_id, "content_index": 0}
        await caller.send(**truncate, audio_end_ms=generated_ms + 1)
        await caller.send(**truncate, audio_end_ms=500)
        await caller.send(type="response.cancel", event_id="late")
        wanted = {"error", "conversation.item.truncated"}
        answers: list[dict[str, Any]] = []
        while len(answers) < 2:
            event = json.loads(await socket.recv())
            answers += [event] if event["type"] in wanted else []
        assert answers[0]["error"]["message"] == (
            f"Audio content of {generated_ms}ms is already shorter than {generated_ms + 1}ms"
        )
        assert answers[1]["audio_end_ms"] == 500


async def test_words_are_said_exactly(server: Server) -> None:
    """An announcement out of band is spoken word for word and leaves the conversation alone."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        words = "The washing machine has finished."
        instructions = f"Say exactly this and nothing else: {words}"
        await caller.send(
            type="response.create", response={"conversation": "none", "input": [], "instructions": instructions}
        )
        (item,) = (await caller.until("response.done"))["response"]["output"]
        assert item["content"][0]["transcript"] == words
        assert understood(caller.audio[item["id"]]) == "the washing machine has finished"


async def test_mistakes_are_told_and_the_session_goes_on(server: Server) -> None:
    """Binary, no JSON, an unknown type, an unknown field, a WebRTC event, an empty commit: an error each, no close."""
    mistakes: list[tuple[str | bytes, str]] = [
        (b"\x00\x01", "invalid_event"),
        ("{", "invalid_json"),
        ('{"type": "nonsense", "event_id": "e7"}', "invalid_value"),
        ('{"type": "session.update", "session": {"type": "realtime", "tulip": 1}}', "unknown_parameter"),
        ('{"type": "output_audio_buffer.clear"}', "invalid_value"),
        ('{"type": "input_audio_buffer.commit"}', "input_audio_buffer_commit_empty"),
        ('{"type": "response.cancel"}', "response_cancel_not_active"),
    ]
    async with call(server) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"
        for frame, code in mistakes:
            await socket.send(frame)
            error = json.loads(await socket.recv())
            assert (error["type"], error["error"]["code"]) == ("error", code)
        await socket.send('{"type": "input_audio_buffer.clear"}')
        assert json.loads(await socket.recv())["type"] == "input_audio_buffer.cleared"


@pytest.mark.parametrize(
    ("token", "query", "headers", "close_code", "code"),
    [
        ("sk-wrong", f"?model={MODEL}", {}, 3000, "invalid_api_key"),
        (KEY, "", {}, 4000, "missing_model"),
        (KEY, "?model=gpt-3", {}, 4000, "invalid_model"),
        (KEY, f"?model={MODEL}", {"OpenAI-Beta": "realtime=v1"}, 4000, "beta_api_shape_disabled"),
    ],
)
async def test_a_refusal_comes_after_the_handshake(
    server: Server, token: str, query: str, headers: dict[str, str], close_code: int, code: str
) -> None:
    """101 first, then one error that says why, then the close."""
    async with call(server, token, query, headers=headers) as socket:
        error = json.loads(await socket.recv())
        assert (error["type"], error["error"]["code"]) == ("error", code)
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
        assert socket.close_code == close_code


async def test_secrets_are_minted_used_and_guarded(server: Server) -> None:
    """Both shapes of the mint, the ranges, the guard, a session by header and by subprotocol."""
    async with httpx.AsyncClient(base_url=server.http_url, headers={"Authorization": f"Bearer {KEY}"}) as http:
        assert (await http.get("/healthz")).json()["status"] == "ok"
        body = {
            "expires_after": {"seconds": 60},
            "session": {"type": "realtime", "model": MODEL, "instructions": "Brief."},
        }
        minted = (await http.post("/v1/realtime/client_secrets", json=body)).json()
        assert minted["value"].startswith("ek_")
        assert minted["session"]["instructions"] == "Brief."
        refused = await http.post("/v1/realtime/client_secrets", json={"expires_after": {"seconds": 5}})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "integer_below_min_value")
        stranger = await http.post("/v1/realtime/client_secrets", headers={"Authorization": "Bearer sk-wrong"})
        assert stranger.status_code == 401
        older = (await http.post("/v1/realtime/sessions", json={"model": MODEL})).json()
        captions = (await http.post("/v1/realtime/transcription_sessions", json={})).json()
        assert captions["object"] == "realtime.transcription_session"
    async with call(server, minted["value"], query="") as socket:
        assert json.loads(await socket.recv())["session"]["instructions"] == "Brief."
    protocols: Any = ["realtime", f"openai-insecure-api-key.{older['client_secret']['value']}"]
    async with connect(f"{server.ws_url}?model={MODEL}", subprotocols=protocols) as socket:
        assert json.loads(await socket.recv())["type"] == "session.created"
        assert socket.subprotocol == "realtime"


async def test_what_is_not_served_is_told_as_the_api_tells_it(server: Server) -> None:
    """Calls, which need a telephone or WebRTC, and addresses that nobody knows: JSON, as clients parse it."""
    async with httpx.AsyncClient(base_url=server.http_url) as http:
        for method, path, status, code in [
            ("POST", "realtime/calls", 501, "not_implemented"),
            ("POST", "realtime/calls/rtc_1/accept", 501, "not_implemented"),
            ("GET", "realtime/client_secrets", 405, "method_not_allowed"),
            ("POST", "responses", 404, "unknown_url"),
        ]:
            answer = await http.request(method, f"/v1/{path}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("server", [["--session-limit-s", "0.5"]], indirect=True)
async def test_a_session_hits_its_limit(server: Server) -> None:
    """At the configured limit: session_expired, then close 1001."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        assert (await caller.until("error"))["error"]["code"] == "session_expired"
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1001


async def test_sigterm_ends_it_well(server: Server) -> None:
    """SIGTERM with a session open and a story half told: exit code 0."""
    async with call(server, close_timeout=0.1) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await caller.speak("Tell me a story.")
        await caller.until("response.output_audio.delta")
        assert await server.process.terminate() == 0
