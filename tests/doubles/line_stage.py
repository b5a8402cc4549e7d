"""The line alone, between a real token endpoint and a scripted Realtime server on real sockets."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from oyez import events as ev
from oyez.config import Line as LineConfig
from oyez.secret import Secret
from oyez.session.line import Line
from oyez.session.local_server import LocalServer
from oyez.session.token_source import TokenSource
from oyez_realtime.messages import McpCall, ServerEvent
from tests.doubles.scripted_realtime import (
    SESSION_CREATED,
    SESSION_UPDATED,
    Emit,
    Expect,
    JsonObject,
    ScriptedServer,
    Step,
    scripted_realtime,
)
from tests.doubles.token_endpoint import TokenEndpoint, token_endpoint

T = TypeVar("T")
READY: tuple[Step, ...] = (Emit(SESSION_CREATED), Expect("session.update"), Emit(SESSION_UPDATED))
"""A script that begins as every good session does."""


@dataclass
class LineStage:
    server: ScriptedServer
    endpoint: TokenEndpoint
    line: Line
    running: asyncio.Task[None]
    events: list[ev.Event] = field(default_factory=list)
    sounds: list[tuple[str, int, bytes]] = field(default_factory=list)
    """(item id, content part, PCM) that the voice was given."""
    usage: list[ServerEvent] = field(default_factory=list)
    """Events that tell what something cost."""
    remote: list[McpCall] = field(default_factory=list)
    """Remote tools that the service used."""
    tools: list[dict[str, Any]] = field(default_factory=list)
    """Of the next conversation."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    local: ScriptedServer = field(default_factory=ScriptedServer)
    """The local server in the house; its `url` is empty where there is none."""

    mendings: list[ev.Event] = field(default_factory=list)
    """That it broke and that it was mended: told so that nobody's patience ends, and to nobody else."""

    def tell(self, event: ev.Event) -> None:
        kept_apart = isinstance(event, ev.LineBroke | ev.LineMended)
        (self.mendings if kept_apart else self.events).append(event)
        self.news.set()

    async def told(self, kind: type[T], *, nth: int = 1, timeout_s: float = 10.0) -> T:
        """The nth fact of this kind, now or soon."""
        try:
            async with asyncio.timeout(timeout_s):
                while len(found := [event for event in self.events if isinstance(event, kind)]) < nth:
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__}; told: {self.events}; received: {self.types()}") from None
        return found[nth - 1]

    async def received(self, count: int) -> list[JsonObject]:
        """What came to the server, once so many events have."""
        async with asyncio.timeout(10):
            await self.server.wait_received(count)
        return self.server.received

    async def audio_received(self, size: int) -> bytes:
        """All sound that came to the server, once there are so many bytes of it."""
        async with asyncio.timeout(10):
            while len(self.audio()) < size:
                await self.server.wait_received(len(self.server.received) + 1)
        return self.audio()

    def types(self) -> list[str]:
        return [event["type"] for event in self.server.received]

    def audio(self) -> bytes:
        """All sound that reached the server, in the order in which it came."""
        appended = [event["audio"] for event in self.server.received if event["type"] == "input_audio_buffer.append"]
        return b"".join(base64.b64decode(piece) for piece in appended)

    def tokens(self) -> list[str]:
        """With which each connection was opened."""
        return [headers["authorization"].removeprefix("Bearer ") for headers in self.server.headers]


@asynccontextmanager
async def line_stage(
    *scripts: Sequence[Step], local: Sequence[Sequence[Step]] | None = None, **config: Any
) -> AsyncIterator[LineStage]:
    """The line runs and is closed; one script for each connection. local: those of the local server in the house.
    `config`: fields of [line]."""
    async with (
        scripted_realtime(*scripts) as server,
        scripted_realtime(*(local or ())) as local_server,
        token_endpoint(server.url) as endpoint,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        tokens = TokenSource(http, f"http://127.0.0.1:{endpoint.port}", "oyez_key")
        stage: LineStage
        line = Line(
            LineConfig(**config),
            tokens,
            lambda: stage.tools,
            lambda event: stage.tell(event),
            lambda *sound: stage.sounds.append(sound),
            time.monotonic,
            lambda event: stage.usage.append(event),
            lambda call: stage.remote.append(call),
            local=None if local is None else LocalServer(local_server.url, Secret("key-of-the-house")),
        )
        stage = LineStage(server, endpoint, line, asyncio.create_task(line.run(), name="line"), local=local_server)
        await asyncio.sleep(0)  # run() has begun: the line may be opened
        try:
            yield stage
            assert not stage.running.done(), f"the line fell down: {stage.running}"
        finally:
            line.close()
            stage.running.cancel()
            await asyncio.wait([stage.running])
