"""A web server that has sounds: real HTTP on loopback, with redirects, endless bodies and answers that never come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    endless: bool = False
    """The body over and over, in chunks, without a length."""
    silent: bool = False
    """Nothing is ever answered."""
    held: asyncio.Event | None = None
    """Answered when this is set."""


def leads_to(address: str) -> Page:
    return Page(status=302, headers=(("Location", address),))


@dataclass
class SoundServer:
    pages: dict[str, Page] = field(default_factory=dict)
    """By path."""
    asked: list[str] = field(default_factory=list)
    """Paths that were asked for, in order."""
    port: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody has asked for something."""

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            self.asked.append(path)
            self.reached.set()
            page = self.pages.get(path, Page(status=404))
            if page.held is not None:
                await page.held.wait()
            if page.silent:
                await reader.read()
            writer.write(_head(page))
            writer.write(page.body)
            await writer.drain()
            while page.endless:
                writer.write(page.body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def _head(page: Page) -> bytes:
    length = () if page.endless else (("Content-Length", str(len(page.body))),)
    lines = [f"{name}: {value}" for name, value in (*page.headers, *length, ("Connection", "close"))]
    return "\r\n".join([f"HTTP/1.1 {page.status} Said", *lines, "", ""]).encode()


@asynccontextmanager
async def sound_server(**pages: Page) -> AsyncIterator[SoundServer]:
    """pages: by path without its slash."""
    sounds = SoundServer({f"/{name}": page for name, page in pages.items()})
    server = await asyncio.start_server(sounds.serve, "127.0.0.1", 0)
    sounds.port = server.sockets[0].getsockname()[1]
    try:
        yield sounds
    finally:
        server.close()
