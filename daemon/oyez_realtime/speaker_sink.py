"""A sink that is heard: an ALSA device, or anything that takes bytes."""

import asyncio
from typing import Protocol

from oyez_realtime.alsa_output import AlsaOutput
from oyez_realtime.media import MediaFormat


class Writable(Protocol):
    """Takes PCM16 mono at 24 kHz, and may block as a loudspeaker does: it is called in a thread, once at a time.

    If it has them, `drop()` forgets what is not audible yet, and `delay_ms()` says how much that is; both are called in
    the loop, at any time.
    """

    def write(self, pcm: bytes, /) -> object: ...


class SpeakerSink:
    """`output` stays the caller's to close. None: the ALSA device of that name, which needs pyalsaaudio and is opened
    when the sink is attached."""

    def __init__(self, output: Writable | None = None, device: str = "default") -> None:
        self._output = output
        self._device = device
        self._alsa: AlsaOutput | None = None
        self._writing: asyncio.Future[object] | None = None

    def __repr__(self) -> str:
        return f"SpeakerSink(device={self._device!r})" if self._output is None else f"SpeakerSink({self._output!r})"

    async def open(self, media_format: MediaFormat) -> None:
        """Raises ImportError without pyalsaaudio, OSError when ALSA does not give the device."""
        if self._output is None:
            self._alsa = await asyncio.to_thread(AlsaOutput, self._device, media_format)

    async def write(self, pcm: bytes, item_id: str, content_index: int) -> None:
        output = self._output or self._alsa
        if output is None:
            raise RuntimeError("the loudspeaker is not open: attach the sink with send_media_to")
        self._writing = asyncio.ensure_future(asyncio.to_thread(output.write, pcm))
        await asyncio.shield(self._writing)

    def clear(self) -> None:
        drop = getattr(self._output or self._alsa, "drop", None)
        if drop is not None:
            drop()

    def delay_ms(self) -> float:
        delay_ms = getattr(self._output or self._alsa, "delay_ms", None)
        return 0.0 if delay_ms is None else float(delay_ms())

    async def close(self) -> None:
        """Waits for the write that is under way: closing a card beneath it is not safe."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
            self._writing = None
        if self._alsa is not None:
            alsa, self._alsa = self._alsa, None
            await asyncio.to_thread(alsa.close)
