"""A Realtime server that follows a script: expect this, emit that. What was not played to the end fails the test.

    script = [Emit(SESSION_CREATED), Expect("session.update"), Emit(SESSION_UPDATED), Close(1000)]
    async with scripted_realtime(script) as server:
        await client.connect(server.url, "token")

Real sockets on loopback, one script for each connection in the order in which they come; several may be open.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

JsonObject = dict[str, Any]

SESSION_CREATED: JsonObject = {
    "type": "session.created",
    "event_id": "event_created",
    "session": {"type": "realtime", "id": "sess_1", "object": "realtime.session", "expires_at": 4_000_000_000},
}
SESSION_UPDATED: JsonObject = {**SESSION_CREATED, "type": "session.updated", "event_id": "event_updated"}


@dataclass(frozen=True)
class Expect:
    """The next frame is an event of this type, and `check` finds it right."""

    type: str
    check: Callable[[JsonObject], bool] = lambda event: True


@dataclass(frozen=True)
class Emit:
    """Sends an event; `fill` may take parts of the frame that was expected last."""

    event: JsonObject
    fill: Callable[[JsonObject], JsonObject] = lambda last: {}


@dataclass(frozen=True)
class Garbage:
    """Sends a frame as it is; bytes go as a binary frame."""

    frame: str | bytes


@dataclass(frozen=True)
class Close:
    code: int
    reason: str = ""


@dataclass(frozen=True)
class Vanish:
    """Cuts the TCP connection without a close frame."""


@dataclass(frozen=True)
class Silence:
    """Says nothing more and reads until the client goes away."""


Step = Expect | Emit | Garbage | Close | Vanish | Silence


@dataclass
class ScriptedServer:
    url: str = ""
    scripts: list[list[Step]] = field(default_factory=list)
    received: list[JsonObject] = field(default_factory=list)
    """Every event of every connection, in order."""
    headers: list[dict[str, str]] = field(default_factory=list)
    """Handshake headers, one dictionary a connection, names in lower case."""
    paths: list[str] = field(default_factory=list)
    """What was asked for in each handshake, with its query."""
    mistakes: list[str] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def wait_received(self, count: int) -> None:
        """Until so many events have come."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.received) >= count)

    async def opened(self, count: int) -> None:
        """Until so many connections have come."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.paths) >= count)

    async def serve(self, socket: ServerConnection) -> None:
        request = socket.request
        assert request is not None
        async with self._news:
            self.paths.append(request.path)
            self._news.notify_all()
        self.headers.append({name.lower(): value for name, value in request.headers.raw_items()})
        script = self.scripts[len(self.headers) - 1] if len(self.headers) <= len(self.scripts) else []
        last: JsonObject = {}
        try:
            while script:
                last = await self._play(script[0], socket, last)
                script.pop(0)
        except ConnectionClosed:
            if script and not isinstance(script[0], Silence):
                self.mistakes.append(f"the client left before {script[0]}")
            script.clear()
        await socket.wait_closed()

    async def _play(self, step: Step, socket: ServerConnection, last: JsonObject) -> JsonObject:
        match step:
            case Expect():
                return await self._expect(step, socket)
            case Emit():
                await socket.send(json.dumps({**step.event, **step.fill(last)}))
            case Garbage():
                await socket.send(step.frame)
            case Close():
                await socket.close(step.code, step.reason)
            case Vanish():
                socket.transport.abort()
                await socket.wait_closed()
            case Silence():
                while True:
                    await self._note(await socket.recv())
        return last

    async def _expect(self, step: Expect, socket: ServerConnection) -> JsonObject:
        event = await self._note(await socket.recv())
        if event.get("type") != step.type or not step.check(event):
            self.mistakes.append(f"expected {step.type}, got {event}")
        return event

    async def _note(self, frame: str | bytes) -> JsonObject:
        event: JsonObject = json.loads(frame)
        async with self._news:
            self.received.append(event)
            self._news.notify_all()
        return event


@asynccontextmanager
async def scripted_realtime(
    *scripts: Sequence[Step], tls: ssl.SSLContext | None = None
) -> AsyncIterator[ScriptedServer]:
    """Fails with AssertionError when the client said something else, or when a script was not played to its end."""
    server = ScriptedServer(scripts=[list(script) for script in scripts])
    async with serve(server.serve, "127.0.0.1", 0, compression=None, max_size=32 * 1024 * 1024, ssl=tls) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        server.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{port}/v1/realtime?model=test"
        yield server
    assert not server.mistakes, server.mistakes
    left = [step for script in server.scripts for step in script if not isinstance(step, Silence)]
    assert not left, f"the script was not played to its end: {left}"
