"""A sink that can be slow, and the events of a spoken reply, for tests of the client's media."""

import asyncio
import base64
from typing import Any

from oyez_realtime import Dialling, EventType, MediaFormat, MediaParameters, NullSink, RealtimeClient

QUICK = Dialling(open_timeout_s=2.0, close_timeout_s=0.5)
AT_ONCE = MediaParameters(paced=False)
MS = 48
CREATED = {"type": "response.created", "event_id": "e", "response": {"id": "r", "conversation_id": "c"}}
DONE = {
    "type": "response.done",
    "event_id": "e",
    "response": {"id": "r", "conversation_id": "c", "status": "completed"},
}
SPEECH = {"type": "input_audio_buffer.speech_started", "event_id": "e", "audio_start_ms": 0, "item_id": "user"}
PART = {"event_id": "e", "response_id": "r", "output_index": 0, "content_index": 0}
AUDIO_DONE = {**PART, "type": "response.output_audio.done", "item_id": "i"}


def delta(ms: int, item_id: str = "i", response_id: str = "r", sample: int = 1) -> dict[str, Any]:
    sound = sample.to_bytes(2, "little", signed=True) * (ms * MS // 2)
    text = base64.b64encode(sound).decode()
    return {
        **PART,
        "type": "response.output_audio.delta",
        "item_id": item_id,
        "response_id": response_id,
        "delta": text,
    }


class Recorder(NullSink):
    """Keeps what it hears; while `held` it is as slow as can be."""

    def __init__(self, held: bool = False) -> None:
        super().__init__()
        self.pcm = bytearray()
        self._news = asyncio.Condition()
        self.format: MediaFormat | None = None
        self.closed = False
        self.begun = asyncio.Event()
        self.free = asyncio.Event()
        if not held:
            self.free.set()

    async def open(self, media_format: MediaFormat) -> None:
        self.format = media_format

    async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
        self.begun.set()
        await self.free.wait()
        async with self._news:
            self.pcm += pcm
            self._news.notify_all()

    async def wait_ms(self, ms: int) -> None:
        async with self._news:
            await self._news.wait_for(lambda: len(self.pcm) >= ms * MS)

    async def close(self) -> None:
        self.closed = True


async def until(client: RealtimeClient, event_type: EventType, count: int = 1) -> None:
    async for event in client:
        count -= event.type == event_type
        if not count:
            return
