"""A TCP proxy that cuts every connection at once and may stay shut for a while: Wi-Fi that went away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class CuttingProxy:
    """`port` on loopback is the same all the time; `target_port` may be set at any time."""

    def __init__(self) -> None:
        self.port = self.target_port = 0
        self.shut = False
        """New connections are cut as soon as they come."""
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self, *, shut: bool = False) -> None:
        """As kill -9 on the socket: no close frame, no goodbye."""
        self.shut = shut
        for writer in tuple(self._open):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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
async def cutting_proxy() -> AsyncIterator[CuttingProxy]:
    proxy = CuttingProxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut(shut=True)
        await proxy.ended()
