"""Gives a long sound to the voice little by little: playback takes three minutes, an announcement may last ten."""

import asyncio
from typing import Protocol

from oyez.speaking.voice import WIRE_HZ

AHEAD_S = 10.0
"""The voice has so much that was not heard: enough for any moment in which this loop is late."""
PIECE_BYTES = 2 * WIRE_HZ
"""One second."""
LOOK_AGAIN_S = 0.25


class Speaker(Protocol):
    """What is needed of speaking.voice.Voice."""

    def say(self, item_id: str, content_index: int, pcm24k: bytes) -> None: ...

    def reply_complete(self) -> None: ...

    @property
    def unheard_s(self) -> float: ...


class Feeder:
    """Loop only. `run` must be running. One sound at a time: another takes its place."""

    def __init__(self, voice: Speaker) -> None:
        self._voice = voice
        self._name, self._rest = "", memoryview(b"")
        self._sounding = asyncio.Event()

    def play(self, name: str, pcm: bytearray | bytes) -> None:
        """PCM16 mono little-endian at 24 kHz. As for a reply, PlaybackFinished tells when all of it was heard; while
        the voice is paused no more is given."""
        self._name, self._rest = name, memoryview(pcm)
        self._sounding.set()

    def stop(self, name: str | None = None) -> None:
        """No more is given of this sound, or of whatever it is; what the voice has is its own business."""
        if name not in (None, self._name):
            return
        self._rest = memoryview(b"")
        self._sounding.clear()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._sounding.wait()
            await asyncio.sleep(self._feed())

    def _feed(self) -> float:
        """One piece; so many seconds until the next."""
        if not self._sounding.is_set():  # it was stopped before it began
            return 0.0
        if self._rest and self._voice.unheard_s > AHEAD_S:
            return LOOK_AGAIN_S
        piece, self._rest = self._rest[:PIECE_BYTES], self._rest[PIECE_BYTES:]
        if piece:
            self._voice.say(self._name, 0, bytes(piece))
        if not self._rest:
            self.stop()
            self._voice.reply_complete()
        return 0.0
