"""Serves the sinks: one task and one bounded queue each, so that none can hold up the session or another sink."""

import asyncio
import logging

import numpy as np

from oyez_realtime.media import MEDIA_FORMAT, MediaParameters, Played, Sink
from oyez_realtime.media_queue import Chunk, MediaQueue
from oyez_realtime.media_source import MediaSource
from oyez_realtime.session_objects import AudioFormat
from oyez_realtime.tolerance import ServerEvent

logger = logging.getLogger(__name__)


class MediaRouter:
    """`name` begins its lines in the log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._source = MediaSource()
        self._feeds: dict[int, Feed] = {}

    async def attach(self, sink: Sink, parameters: MediaParameters) -> None:
        """Raises TypeError for what is no sink, ValueError for one that is attached already."""
        if not isinstance(sink, Sink):
            raise TypeError(f"{sink!r} is no sink: it needs open, write, clear, delay_ms and close")
        if id(sink) in self._feeds:
            raise ValueError(f"{sink!r} is served already; call stop_media_to first")
        feed = self._feeds[id(sink)] = Feed(sink, parameters, self._name)
        try:
            await sink.open(MEDIA_FORMAT)
        except BaseException:
            self._feeds.pop(id(sink), None)
            raise
        feed.start()

    async def detach(self, sink: Sink) -> None:
        feed = self._feeds.pop(id(sink), None)
        if feed is not None:
            await feed.stop()

    async def detach_all(self) -> None:
        feeds = list(self._feeds.values())
        self._feeds.clear()
        for feed in feeds:
            await feed.stop()

    def take(self, event: ServerEvent, audio_format: AudioFormat) -> None:
        """audio_format: that of the event's response."""
        chunk = self._source.take(event, audio_format)
        if chunk is not None:
            for feed in self._feeds.values():
                feed.put(chunk)

    def interrupt(self, response_id: str | None = None, item_id: str | None = None) -> list[Played]:
        """Nothing more is heard of it, nor of what still comes. Returns the parts that a truncating sink had begun or
        not begun and did not finish; empty when there is no such sink."""
        self._source.cut(response_id, item_id)
        cut: list[Played] = []
        for feed in self._feeds.values():
            cut += feed.interrupt(response_id, item_id)
        return cut

    def played(self, sink: Sink) -> list[Played]:
        """Parts that the sink was given, oldest first. Raises ValueError for a sink that is not attached."""
        return self._of(sink).played()

    def dropped_ms(self, sink: Sink) -> int:
        return self._of(sink).queue.dropped_bytes // MEDIA_FORMAT.bytes_per_ms

    async def drain(self) -> None:
        """Until every sink has played what it was given so far."""
        for feed in list(self._feeds.values()):
            await feed.drain()

    def _of(self, sink: Sink) -> "Feed":
        feed = self._feeds.get(id(sink))
        if feed is None:
            raise ValueError(f"{sink!r} is not served; call send_media_to first")
        return feed


class Feed:
    """One sink and its queue."""

    def __init__(self, sink: Sink, parameters: MediaParameters, name: str) -> None:
        self.sink, self.parameters = sink, parameters
        self.queue = MediaQueue(
            parameters.lead_ms / 1000 if parameters.paced else None,
            parameters.queue_max_ms * MEDIA_FORMAT.bytes_per_ms,
            parameters.when_full,
        )
        self._name = f"{name}: sink {parameters.tag or type(sink).__name__}"
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._full = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._serve(), name=self._name)

    def put(self, chunk: Chunk) -> None:
        if self._task is not None and self._task.done():
            return
        if not self.queue.put(chunk) and not self._full:
            self._full = True
            logger.warning("%s is slower than real time; audio is dropped (%s)", self._name, self.parameters.when_full)
        self._idle.clear()
        self._news.set()

    def interrupt(self, response_id: str | None, item_id: str | None) -> list[Played]:
        if self.parameters.on_interrupt == "finish":
            return []
        now_s, delay_ms = _now_s(), self.sink.delay_ms()
        holds = self.queue.holds(now_s, delay_ms, response_id, item_id)
        cut = self.queue.clear(now_s, delay_ms, response_id, item_id)
        if holds:
            self.sink.clear()
        self._news.set()
        return cut if self.parameters.truncates else []

    def played(self) -> list[Played]:
        return self.queue.played(_now_s(), self.sink.delay_ms())

    async def drain(self) -> None:
        await self._idle.wait()

    async def stop(self) -> None:
        """What waits is forgotten; a sink that fails to close is logged."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._idle.set()
        try:
            self.sink.clear()
            await self.sink.close()
        except Exception:
            logger.exception("%s failed to close", self._name)

    async def _serve(self) -> None:
        try:
            while True:
                chunk = self.queue.take(_now_s())
                if chunk is None:
                    await self._until_due()
                else:
                    await self.sink.write(
                        amplified(chunk.pcm, self.parameters.gain), chunk.item_id, chunk.content_index
                    )
        except Exception:
            logger.exception("%s failed and hears nothing more; the session goes on", self._name)
        finally:
            self._idle.set()

    async def _until_due(self) -> None:
        """Until the next piece is due, or there is news; idle once all has been heard."""
        wait_s = self.queue.wait_s(_now_s())
        unheard_s = max(self.queue.unheard_s(_now_s()), self.sink.delay_ms() / 1000)
        if wait_s is None and unheard_s <= 0:
            self._idle.set()
        elif wait_s is None:
            wait_s = unheard_s
        self._news.clear()
        try:
            async with asyncio.timeout(wait_s):
                await self._news.wait()
        except TimeoutError:
            return


def amplified(pcm: bytes, gain: float) -> bytes:
    """PCM16 times gain, clipped."""
    if gain == 1.0:
        return pcm
    samples = np.frombuffer(pcm, dtype="<i2") * np.float32(gain)
    return samples.clip(-32_768, 32_767).astype("<i2").tobytes()


def _now_s() -> float:
    return asyncio.get_running_loop().time()
