"""A TCP proxy that can stop passing anything on while both connections stay open: a router that lost its table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class SwallowingProxy:
    """`port` on loopback. After `swallow` neither side hears the other any more, and neither is told."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self._swallows = False
        self._writers: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self.port = 0

    def swallow(self) -> None:
        self._swallows = True

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        if self._pumps:
            await asyncio.wait(self._pumps)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above_reader, above_writer = await asyncio.open_connection(*self._upstream)
        self._writers += [writer, above_writer]
        for source, sink in ((reader, above_writer), (above_reader, writer)):
            self._pumps.add(asyncio.create_task(self._pump(source, sink)))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                if not self._swallows:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            return
        finally:
            if not self._swallows:
                writer.close()


@asynccontextmanager
async def swallowing_proxy(host: str, port: int) -> AsyncIterator[SwallowingProxy]:
    proxy = SwallowingProxy(host, port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
