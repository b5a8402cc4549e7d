"""A tiny upstream for the backend: mints `ek_` values over real HTTP, and refuses, stalls or fails when told to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Minted:
    """One request as the upstream saw it."""

    headers: dict[str, str]
    body: dict[str, Any]
    path: str = ""


@dataclass
class Upstream:
    """`POST /v1/realtime/client_secrets`, and orders about calls. `status` and `hang` may be changed at any time."""

    port: int = 0
    status: int = 200
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with a refusal."""
    hang: bool = False
    """Take the request and never answer."""
    now: float = 1_000_000.0
    """The upstream's own clock, unix seconds."""
    requests: list[Minted] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at each request."""
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """(call id, accept | hangup | refer | reject, body) of each order about a call, as it came."""
    call_status: dict[str, int] = field(default_factory=dict)
    """What an order about calls is answered with, by its name; 200 for those not named."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def ordered(self, call_id: str, order: str) -> dict[str, Any]:
        """The body of the first such order, now or soon."""
        async with self._news:
            await self._news.wait_for(lambda: any(seen[:2] == (call_id, order) for seen in self.calls))
        return next(body for seen_id, seen_order, body in self.calls if (seen_id, seen_order) == (call_id, order))

    async def start(self) -> None:
        """The first time on any free port, later on the same."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a crash: no more listening, open connections cut."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._open):
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = [line.split(": ", 1) for line in head.split("\r\n")[1:] if line]
            headers = {name.lower(): value for name, value in lines}
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            path = head.split(" ", 2)[1]
            self.requests.append(Minted(headers, body, path))
            self.asked.set()
            if self.hang:
                await reader.read()
                return
            status, answer = await self._order(path, body) if "/calls/" in path else self._answer(body)
            await self._reply(writer, status, answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self._open.discard(writer)
            writer.close()

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.status != 200:
            error = {"type": "error", "code": self.code or None, "message": "the upstream said no", "param": None}
            return self.status, {"error": error}
        number = len(self.requests)
        session = {"id": f"sess_{number}", "object": "realtime.session", **body.get("session", {})}
        expires_at = int(self.now + body["expires_after"]["seconds"])
        return 200, {"value": f"ek_secret{number:04}", "expires_at": expires_at, "session": session}

    async def _order(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        call_id, order = path.split("/")[-2:]
        async with self._news:
            self.calls.append((call_id, order, body))
            self._news.notify_all()
        status = self.call_status.get(order, 200)
        error = {"type": "error", "code": "call_id_not_found", "message": "No session found for the provided call_id"}
        return status, {} if status == 200 else {"error": error}

    async def _reply(self, writer: asyncio.StreamWriter, status: int, answer: dict[str, Any]) -> None:
        payload = json.dumps(answer).encode()
        fields = {"Content-Type": "application/json", "Content-Length": str(len(payload)), "Connection": "close"}
        if status != 200:
            fields |= self.headers
        head = f"HTTP/1.1 {status} Said\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(head.encode() + b"\r\n" + payload)
        await writer.drain()


@asynccontextmanager
async def upstream() -> AsyncIterator[Upstream]:
    server = Upstream()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
