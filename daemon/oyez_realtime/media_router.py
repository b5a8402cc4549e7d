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
        self._is_over = False

    async def attach(self, sink: Sink, parameters: MediaParameters) -> None:
        """Raises TypeError for what is no sink or no parameters, ValueError for a sink that is attached already,
        RuntimeError once `detach_all` was called."""
        if self._is_over:
            raise RuntimeError("the client is closed: no sound comes any more; attach the sink to another")
        if not isinstance(parameters, MediaParameters):
            raise TypeError(f"{parameters!r} is no MediaParameters")
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
        if self._feeds.get(id(sink)) is feed:
            feed.start()
        else:
            await feed.stop()  # detached while it opened: nobody else would close it

    async def detach(self, sink: Sink) -> None:
        feed = self._feeds.pop(id(sink), None)
        if feed is not None and feed.has_started:
            await feed.stop()

    async def detach_all(self) -> None:
        self._is_over = True
        for feed in list(self._feeds.values()):
            await self.detach(feed.sink)

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

    @property
    def has_started(self) -> bool:
        """False while its sink opens."""
        return self._task is not None

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
        now_s, delay_ms = _now_s(), self._delay_ms()
        holds = self.queue.holds(now_s, delay_ms, response_id, item_id)
        cut = self.queue.clear(now_s, delay_ms, response_id, item_id)
        if holds:
            self._clear()
        self._news.set()
        return cut if self.parameters.truncates else []

    def _delay_ms(self) -> float:
        """A sink that cannot tell counts as one that holds nothing: the session must not suffer from it."""
        try:
            return float(self.sink.delay_ms())
        except Exception:
            logger.exception("%s does not say what it holds", self._name)
            return 0.0

    def _clear(self) -> None:
        try:
            self.sink.clear()
        except Exception:
            logger.exception("%s could not be silenced", self._name)

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
