"""Faults on demand: each is asked for over HTTP and met by a client of the real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets

from tests.stories.local_server import KEY, Caller, Server, call, serving

pytestmark = [pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="module")]

TEXT = {"output_modalities": ["text"]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serving(
        Path(tmp_path_factory.mktemp("local")), "--faults", "--voice-engine", "espeak"
    ) as running_server:
        yield running_server


async def plan(server: Server, **fault: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}) as http:
        answer = await http.post(f"{server.http_url}/faults", json=fault)
    assert answer.status_code == 200, answer.text
    planned: dict[str, Any] = answer.json()
    return planned


async def asked(caller: Caller) -> None:
    """A question that is answered in words, or not."""
    content = [{"type": "input_text", "text": "Who are you?"}]
    await caller.send(type="conversation.item.create", item={"type": "message", "role": "user", "content": content})
    await caller.send(type="response.create", response=TEXT)


async def ended(caller: Caller) -> int | None:
    """The close code once the connection is over."""
    await caller.socket.wait_closed()
    return caller.socket.close_code


async def test_drop(server: Server) -> None:
    """In mid-response the connection is gone without a close frame; the next connection is well."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="drop", at="response.created")
        await asked(caller)
        assert await ended(caller) == 1006
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await asked(caller)
        assert (await caller.until("response.done"))["response"]["status"] == "completed"


async def test_silent(server: Server) -> None:
    """The socket stays open and nothing comes, not even a pong; after its time all that was said is answered."""
    async with call(server, ping_interval=None) as socket:
        caller = Caller(socket)
        session_id = (await caller.until("session.created"))["session"]["id"]
        assert (await plan(server, fault="silent", session=session_id, seconds=1.5))["struck"] == [session_id]
        await asked(caller)
        pong = await socket.ping()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(pong), 0.5)
        assert caller.seen[-1]["type"] == "session.created"
        await caller.until("response.done")
        await pong


async def test_expire(server: Server) -> None:
    """A session that runs is told that it is over, and closed with 1001."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="expire")
        assert (await caller.until("error"))["error"]["code"] == "session_expired"
        assert await ended(caller) == 1001


@pytest.mark.parametrize(
    ("code", "error_code"), [(3000, "invalid_api_key"), (4000, "invalid_model"), (4000, "insufficient_quota")]
)
async def test_refuse(server: Server, code: int, error_code: str) -> None:
    """The next connection gets 101, an error and its close; the one after is welcome."""
    await plan(server, fault="refuse", code=code, error_code=error_code)
    async with call(server) as socket:
        caller = Caller(socket)
        assert (await caller.until("error"))["error"]["code"] == error_code
        assert await ended(caller) == code
    async with call(server) as socket:
        await Caller(socket).until("session.created")


async def test_refuse_before_the_handshake(server: Server) -> None:
    """HTTP 503, and a server that does not answer at all."""
    await plan(server, fault="refuse", code=503)
    with pytest.raises(websockets.InvalidStatus) as refused:
        await call(server)
    assert refused.value.response.status_code == 503
    await plan(server, fault="refuse", seconds=0.3)
    with pytest.raises((websockets.InvalidMessage, OSError, EOFError)):
        await call(server)


async def test_delay_and_slow(server: Server) -> None:
    """Events come, each after its delay; nothing is lost."""
    async with call(server) as socket:
        caller = Caller(socket)
        session_id = (await caller.until("session.created"))["session"]["id"]
        await plan(server, fault="delay", session=session_id, seconds=0.05)
        await plan(server, fault="slow", session=session_id, seconds=0.05)
        began_s = asyncio.get_running_loop().time()
        await asked(caller)
        await caller.until("response.done")
        assert asyncio.get_running_loop().time() - began_s >= 0.05 * (len(caller.seen) - 1)


async def test_garbage(server: Server) -> None:
    """Broken JSON, things that are no events, unknown events: they come, and the session goes on."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="garbage")
        frames = [str(await socket.recv()) for _ in range(9)]
        assert frames[0] == '{"type": "response.cre'
        assert {"session.weather", "response.done"} <= {json.loads(frame)["type"] for frame in frames[3:]}
        await asked(caller)
        assert (await caller.until("response.done"))["response"]["status"] == "completed"


async def test_error(server: Server) -> None:
    """A harmless error leaves the session open; one that the service closes after closes it."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="error", error_code="server_error", message="Hiccup.")
        told = (await caller.until("error"))["error"]
        assert (told["code"], told["message"]) == ("server_error", "Hiccup.")
        await asked(caller)
        await caller.until("response.done")
        await plan(server, fault="error", error_code="invalid_api_key")
        assert (await caller.until("error"))["error"]["code"] == "invalid_api_key"
        assert await ended(caller) == 3000


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1011, 1012, 1013, 3000, 4000])
async def test_close(server: Server, code: int) -> None:
    """Any close code with a reason, after so many events; 1005 is a close that says neither."""
    await plan(server, fault="close", code=code, message="enough", after_events=1)
    async with call(server) as socket:
        caller = Caller(socket)
        assert await ended(caller) == code
        assert socket.close_reason == ("" if code == 1005 else "enough")


async def test_half(server: Server) -> None:
    """A response begins and never ends; the next one is whole."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="half", at="response.created")
        await asked(caller)
        first = (await caller.until("response.created"))["response"]["id"]
        await caller.until("rate_limits.updated")
        await caller.send(type="response.create", response=TEXT)
        done = (await caller.until("response.done"))["response"]
        assert done["status"] == "completed"
        assert done["id"] != first


@pytest.mark.parametrize("error_code", ["rate_limit_exceeded", "insufficient_quota", "server_error"])
async def test_fail(server: Server, error_code: str) -> None:
    """The next response fails with that code; the one after is well."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="fail", error_code=error_code)
        await asked(caller)
        failed = (await caller.until("response.done"))["response"]
        assert (failed["status"], failed["status_details"]["error"]["code"]) == ("failed", error_code)
        await asked(caller)
        assert (await caller.until("response.done"))["response"]["status"] == "completed"


async def test_incomplete(server: Server) -> None:
    """A response that is being spoken stays incomplete, its sound cut."""
    async with call(server) as socket:
        caller = Caller(socket)
        await caller.until("session.created")
        await plan(server, fault="incomplete", at="response.output_audio.delta", after_events=2)
        await caller.send(type="response.create", response={"instructions": "Say exactly: " + "One more word. " * 20})
        done = (await caller.until("response.done"))["response"]
        assert (done["status"], done["status_details"]["reason"]) == ("incomplete", "content_filter")
        assert len(done["output"]) == 1


async def test_only_the_owner_plans_and_may_forget(server: Server) -> None:
    """A stranger is refused, nonsense is refused by name, and DELETE forgets what waits."""
    async with httpx.AsyncClient(base_url=server.http_url) as http:
        assert (await http.post("/faults", json={"fault": "drop"})).status_code == 401
        http.headers["Authorization"] = f"Bearer {KEY}"
        assert (await http.post("/faults", json={"fault": "flood"})).json()["error"]["code"] == "invalid_value"
        planned = await http.post("/faults", json={"fault": "drop", "at": "session.created"})
        assert [fault["fault"] for fault in planned.json()["pending"]] == ["drop"]
        assert (await http.delete("/faults")).json() == {"pending": [], "struck": []}
    async with call(server) as socket:
        await Caller(socket).until("session.created")
