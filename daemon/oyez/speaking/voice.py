"""The shell of speaking: replies and chimes go to playback; what was heard of them comes back."""

import logging
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soxr

from oyez.config import Speaking
from oyez.events import Event, PlaybackFinished
from oyez.speaking.chimes import Chime, chime
from oyez.speaking.playout import Heard, Part, Playout
from oyez_hw.crossing import OutboxFull
from oyez_hw.ledger import PlaybackMark
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError

log = logging.getLogger(__name__)

WIRE_HZ = 24_000
"""The service speaks PCM16 at this rate, mono, little-endian."""


class Player(Protocol):
    """What the voice needs of oyez_hw.playback.Playback."""

    format: PcmFormat | None

    def put(self, samples: npt.NDArray[np.int16]) -> int: ...

    def position(self) -> PlaybackMark: ...

    async def cut(self) -> PlaybackMark: ...


class Voice:
    """Methods are for the loop's thread alone. The house passes playback's reports to `progressed`."""

    def __init__(self, config: Speaking, playback: Player, tell: Callable[[Event], None]) -> None:
        self._config, self._playback, self._tell = config, playback, tell
        self._rate_hz = WIRE_HZ
        self._playout = Playout(WIRE_HZ)
        self._part: Part | None = None
        """The part whose sound is in the resampler."""
        self._stream: soxr.ResampleStream | None = None
        self._odd_byte = b""
        self._troubled: Part | None = None
        self._missed = False
        """Something that was to be heard since the last PlaybackFinished never will be."""
        self.dropped_ms = 0.0
        """Sound of replies that could not be queued, since the start: playback was full or the card away."""

    def say(self, item_id: str, content_index: int, pcm24k: bytes) -> None:
        """Queues a piece of a reply: PCM16, 24 kHz, mono, little-endian. Past playback's bound (180 s) the newest is
        dropped, counted and logged once a part: what was begun stays whole and the conversation stays in step."""
        part = (item_id, content_index)
        if part != self._part:
            self._end_part()
            self._begin_part(part)
        data = self._odd_byte + pcm24k
        whole = len(data) - len(data) % 2
        self._odd_byte = data[whole:]
        sound = np.frombuffer(data[:whole], "<i2").astype(np.int16)
        self._queue(part, sound if self._stream is None else self._stream.resample_chunk(sound))

    def reply_complete(self) -> None:
        """No more comes for now. PlaybackFinished is told when all was heard: at once if nothing is queued.

        Its `heard` is False if any of it was dropped, or lost with the card.
        """
        self._end_part()
        self._playout.complete()
        self.progressed(self._playback.position())

    async def cut(self) -> Heard | None:
        """Silences the loudspeaker within one period; tells where the reply was cut, None if none was playing."""
        playout, self._playout = self._playout, Playout(self._rate_hz)
        self._part, self._stream, self._odd_byte, self._missed = None, None, b"", False
        mark = await self._playback.cut()
        return playout.cut(mark.frames_audible)

    def chime(self, name: Chime) -> None:
        """Plays a short sound after what is queued. A card that is away stays silent: whoever keeps it complains."""
        card = self._playback.format
        if not self._config.chimes or card is None:
            return
        try:
            self._playback.put(chime(name, card.rate_hz, self._config.chime_level_dbfs))
        except HardwareError as error:
            log.warning("the chime %s was not played: %s", name, error)

    def progressed(self, mark: PlaybackMark) -> None:
        """From playback: so much is audible now."""
        self._playout.audible(mark.frames_audible)
        if self._playout.finished:
            self._playout.forget()
            self._finished()

    def lost(self) -> None:
        """The card is gone: what was queued will never be heard."""
        awaited = self._playout.awaited
        self._missed = self._missed or self._playout.outstanding
        self._playout = Playout(self._rate_hz)
        self._part, self._stream, self._odd_byte = None, None, b""
        if awaited:  # whoever waits for the end of the reply must not wait for ever
            self._finished()

    def heard(self) -> dict[Part, int]:
        """ms heard so far of each (item_id, content_index) that is queued."""
        self._playout.audible(self._playback.position().frames_audible)
        return self._playout.heard()

    def _begin_part(self, part: Part) -> None:
        card = self._playback.format
        if card is not None and card.rate_hz != self._rate_hz:  # first use, or opened again at another rate
            self._rate_hz = card.rate_hz
            self._playout = Playout(card.rate_hz)
        resampling = self._rate_hz != WIRE_HZ
        self._part = part
        self._stream = soxr.ResampleStream(WIRE_HZ, self._rate_hz, 1, "int16", "LQ") if resampling else None

    def _end_part(self) -> None:
        """The resampler gives back its tail, so that the last syllable is whole."""
        if self._part is not None and self._stream is not None:
            self._queue(self._part, self._stream.resample_chunk(np.zeros(0, np.int16), last=True))
        self._part, self._stream, self._odd_byte = None, None, b""

    def _queue(self, part: Part, sound: npt.NDArray[np.int16]) -> None:
        if not len(sound):
            return
        try:
            start = self._playback.put(sound)
        except HardwareError as error:
            self._drop(part, len(sound), error)
            return
        self._playout.queue(*part, start, len(sound))

    def _finished(self) -> None:
        missed, self._missed = self._missed, False
        self._tell(PlaybackFinished(heard=not missed))

    def _drop(self, part: Part, frames: int, error: HardwareError) -> None:
        self._missed = True
        self.dropped_ms += frames * 1000 / self._rate_hz
        if not isinstance(error, OutboxFull):
            self._playout = Playout(self._rate_hz)
        if part != self._troubled:
            self._troubled = part
            log.warning("part of a reply was dropped and will not be heard: %s", error)
