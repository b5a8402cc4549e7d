"""The local server's other sides: captions, sessions side by side, replayed conversations, MCP, TLS, frames, limits."""

import asyncio
import base64
import contextlib
import json
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.doubles.mcp_server import TOKEN, mcp_server
from tests.doubles.speech import say, silence
from tests.stories.local_server import Caller, Server, call, serving

pytestmark = [pytest.mark.timeout(90), pytest.mark.asyncio(loop_scope="module")]

CAPTIONS = "conversation.item.input_audio_transcription"
DEEP_BYTES = 15 * 1024 * 1024
MANUAL = {"input": {"turn_detection": None}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serving(Path(tmp_path_factory.mktemp("local"))) as running_server:
        yield running_server


def message(role: str, text: str) -> dict[str, Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


async def replayed(caller: Caller, *items: dict[str, Any], **session: Any) -> None:
    """A conversation that took place elsewhere, in a text session."""
    await caller.until("session.created")
    update = {"type": "realtime", "output_modalities": ["text"], **session}
    await caller.send(type="session.update", session=update)
    for item in items:
        await caller.send(type="conversation.item.create", item=item)


async def answer(caller: Caller) -> list[dict[str, Any]]:
    """The output of one response, asked for now."""
    await caller.send(type="response.create")
    output: list[dict[str, Any]] = (await caller.until("response.done"))["response"]["output"]
    return output


async def collect(socket: ClientConnection, events: list[dict[str, Any]]) -> None:
    """What the server says until a transcript is whole."""
    while not events or events[-1]["type"] != f"{CAPTIONS}.completed":
        events.append(json.loads(await socket.recv()))


async def test_captions_while_somebody_speaks(server: Server) -> None:
    """A transcription session: deltas before the turn is over, then committed, the item, the whole; no response."""
    words = "Turn on the kitchen light, and then tell me what time it is in the garden."
    async with call(server, query="?intent=transcription") as socket:
        caller = Caller(socket)
        created = await caller.until("session.created")
        assert created["session"]["type"] == "transcription"
        patient = {"type": "server_vad", "silence_duration_ms": 3000}
        await caller.send(
            type="session.update", session={"type": "transcription", "audio": {"input": {"turn_detection": patient}}}
        )
        sound = np.concatenate([silence(0.3), say(words)[0]])
        events: list[dict[str, Any]] = []
        listening = asyncio.create_task(collect(socket, events))
        place = 0
        while not any(event["type"] == f"{CAPTIONS}.delta" for event in events):
            assert not any(event["type"] == "input_audio_buffer.committed" for event in events)
            # In the time of speech, over and over: somebody speaks on until the first words are there.
            await asyncio.gather(caller.write(sound[place : place + 6_000]), asyncio.wait([listening], timeout=0.25))
            place = (place + 6_000) % len(sound)
        await caller.write(silence(4.0))
        await listening
        names = [event["type"] for event in events]
        told = "".join(event.get("delta", "") for event in events)
        assert names.index(f"{CAPTIONS}.delta") < names.index("input_audio_buffer.committed")
        assert names.index("input_audio_buffer.committed") < names.index("conversation.item.added")
        assert not [name for name in names if name.startswith(("response.", "rate_limits."))]
        assert "kitchen light" in events[-1]["transcript"].lower()
        assert events[-1]["transcript"].lower().startswith(" ".join(told.lower().split()[:4]))


async def test_a_transcription_session_takes_no_model_in_its_address(server: Server) -> None:
    """invalid_model and close 4000, as the live service does."""
    async with call(server, query="?intent=transcription&model=gpt-realtime") as socket:
        caller = Caller(socket)
        assert (await caller.until("error"))["error"]["code"] == "invalid_model"
        await socket.wait_closed()
        assert socket.close_code == 4000


async def test_eight_sessions_at_once(server: Server) -> None:
    """Each is answered about its own conversation, none about another's."""

    async def one(number: int) -> str:
        async with call(server) as socket:
            caller = Caller(socket)
            await replayed(caller, message("user", f"What is {number} plus 1?"))
            (item,) = await answer(caller)
            return str(item["content"][0]["text"])

    answers = await asyncio.gather(*(one(number) for number in range(8)))
    assert answers == [f"{number} plus 1 is {number + 1}." for number in range(8)]


async def test_semantic_turns(server: Server) -> None:
    """Speech whose words are finished is answered, although its silence is far shorter than the longest wait."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await caller.configure(
            audio={"input": {"turn_detection": {"type": "semantic_vad", "eagerness": "low"}}},
            output_modalities=["text"],
        )
        await caller.speak("Who are you?")
        await caller.write(silence(0.6))
        (item,) = (await caller.until("response.done"))["response"]["output"]
        assert "local voice" in item["content"][0]["text"]


async def test_a_name_survives_the_session(server: Server) -> None:
    """What was said to another session is known to the one that got its items, spoken or written."""
    sound = base64.b64encode(say("My name is Ada.")[0].tobytes()).decode()
    spoken = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": sound}]}
    for told in (message("user", "My name is Ada."), spoken):
        async with call(server) as socket:
            caller = Caller(socket)
            await replayed(caller, told, message("assistant", "Nice to meet you."), message("user", "What is my name?"))
            (item,) = await answer(caller)
            assert item["content"][0]["text"] == "Your name is Ada."


async def test_a_replayed_call_is_not_made_again(server: Server) -> None:
    """With its output at the end: the output is told. With a cut answer behind it: no call either."""
    tools = [{"type": "function", "name": "set_light", "parameters": {"type": "object", "properties": {}}}]
    items = [
        message("user", "Turn on the kitchen light."),
        {"type": "function_call", "name": "set_light", "arguments": "{}", "call_id": "call_1", "id": "mine_1"},
        {"type": "function_call_output", "call_id": "call_1", "output": '{"message": "The kitchen light is on."}'},
    ]
    for more in ([], [message("assistant", "The kitchen")]):
        async with call(server) as socket:
            caller = Caller(socket)
            await replayed(caller, *items, *more, tools=tools)
            (item,) = await answer(caller)
            assert item["type"] == "message"
            assert item["content"][0]["text"].startswith("The kitchen")


@pytest.mark.parametrize("approval", ["never", "always"])
async def test_a_tool_of_an_mcp_server(server: Server, approval: str) -> None:
    """Listed, called with the words' arguments, told; where approval is asked for, not before it was given."""
    async with mcp_server() as home, call(server) as socket:
        tool = {
            "type": "mcp",
            "server_label": "home",
            "server_url": home.url,
            "authorization": TOKEN,
            "require_approval": approval,
        }
        caller = Caller(socket)
        await replayed(caller, tools=[tool])
        await caller.until("mcp_list_tools.completed")
        await caller.send(type="conversation.item.create", item=message("user", "Turn on the kitchen light."))
        output = await answer(caller)
        if approval == "always":
            (request,) = output
            assert (request["type"], home.called) == ("mcp_approval_request", [])
            yes = {"type": "mcp_approval_response", "id": "yes_1", "approval_request_id": request["id"]}
            await caller.send(type="conversation.item.create", item={**yes, "approve": True})
            output = await answer(caller)
        made, said = output
        assert (made["type"], made["output"]) == ("mcp_call", "The kitchen light is on.")
        assert said["content"][0]["text"] == "The kitchen light is on."
        assert home.called == [("set_light", {"name": "kitchen light", "on": True})]
    assert TOKEN not in server.log.read_text()
    assert TOKEN not in "\n".join(server.process.lines)


async def test_an_mcp_server_that_is_away(server: Server) -> None:
    """in_progress, failed, and a session that goes on."""
    async with mcp_server() as gone:
        pass
    async with call(server) as socket:
        caller = Caller(socket)
        await replayed(caller, tools=[{"type": "mcp", "server_label": "home", "server_url": gone.url}])
        begun = await caller.until("mcp_list_tools.in_progress")
        assert (await caller.until("mcp_list_tools.failed"))["item_id"] == begun["item_id"]
        await caller.send(type="conversation.item.create", item=message("user", "Who are you?"))
        assert len(await answer(caller)) == 1


async def test_the_largest_append_fits(server: Server) -> None:
    """15 MiB of sound in one event: taken, and committed with its length."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await caller.send(type="session.update", session={"type": "realtime", "audio": MANUAL})
        audio = base64.b64encode(bytes(DEEP_BYTES)).decode()
        await caller.send(type="input_audio_buffer.append", audio=audio)
        await caller.send(type="input_audio_buffer.commit")
        await caller.until("input_audio_buffer.committed")
    written = [line["audio_bytes"] for line in server.logged("in")]
    assert DEEP_BYTES in written


async def test_a_frame_over_the_limit_ends_its_session(server: Server) -> None:
    """21 MiB: room for the largest append, and no more; other sessions are not concerned."""
    async with call(server) as neighbour, call(server) as socket:
        await socket.recv()
        with contextlib.suppress(ConnectionClosed):  # it does not hear the frame to its end
            await socket.send("x" * (21 * 1024 * 1024 + 1))
        await socket.wait_closed()
        assert socket.close_code == 1009
        assert json.loads(await neighbour.recv())["type"] == "session.created"


async def test_limits_by_option(tmp_path: Path) -> None:
    """--rate-limit-rpm and --context-tokens are kept: the second response in a minute fails and is told why."""
    async with serving(tmp_path, "--rate-limit-rpm", "1", "--voice-engine", "espeak") as strict, call(strict) as socket:
        caller = Caller(socket)
        await replayed(caller, message("user", "Who are you?"))
        assert len(await answer(caller)) == 1
        left = (await caller.until("rate_limits.updated"))["rate_limits"]
        assert [limit["remaining"] for limit in left if limit["name"] == "requests"] == [0]
        await caller.send(type="response.create")
        failed = (await caller.until("response.done"))["response"]
        assert failed["status_details"]["error"]["code"] == "rate_limit_exceeded"


async def test_tls(tmp_path: Path) -> None:
    """With a certificate the server speaks wss, and a client that trusts it is answered."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
    ]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    await asyncio.to_thread(
        subprocess.run, [*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    options = ["--tls-cert", certificate, "--tls-key", key, "--voice-engine", "espeak"]
    async with serving(tmp_path, *options) as secure:
        assert secure.ws_url.startswith("wss://")
        trust = ssl.create_default_context(cafile=certificate)
        async with call(secure, ssl=trust) as socket:
            caller = Caller(socket)
            await replayed(caller, message("user", "Who are you?"))
            assert len(await answer(caller)) == 1
