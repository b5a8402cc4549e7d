"""A TCP proxy that cuts every connection at once and may stay shut for a while: Wi-Fi that went away.

With a TLS context it is the server's front door, whose handshakes fail when it is told so.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class CuttingProxy:
    """`port` on loopback is the same all the time; `target_port` may be set at any time."""

    def __init__(self) -> None:
        self.port = self.target_port = 0
        self.shut = False
        """New connections are cut as soon as they come."""
        self.accepted = 0
        """Connections so far, those that were cut at once included."""
        self.handshakes_to_fail = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self, *, shut: bool = False) -> None:
        """As kill -9 on the socket: no close frame, no goodbye."""
        self.shut = shut
        for writer in tuple(self._open):
            writer.transport.abort()

    def greet(self, _socket: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> int | None:
        """The TLS alert that a handshake gets; None: it goes on."""
        if not self.handshakes_to_fail:
            return None
        self.handshakes_to_fail -= 1
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.shut:
            writer.transport.abort()
            return
        above_reader, above_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        self._open |= {writer, above_writer}
        for source, sink in ((reader, above_writer), (above_reader, writer)):
            task = asyncio.create_task(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            return
        finally:
            self._open.discard(writer)
            writer.close()

    async def ended(self) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks)


@asynccontextmanager
async def cutting_proxy(tls: ssl.SSLContext | None = None) -> AsyncIterator[CuttingProxy]:
    """tls: with the certificate that it shows; None: plain TCP."""
    proxy = CuttingProxy()
    if tls is not None:
        tls.sni_callback = proxy.greet
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut(shut=True)
        await proxy.ended()
