"""The shell of speaking: replies and chimes go to playback; what was heard of them comes back.

A pause takes back from playback what was not heard, to the very frame, and keeps it; so does it with what comes
meanwhile, chimes too.
"""

import logging
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soxr

from oyez.config import Speaking
from oyez.events import Event, PlaybackFinished
from oyez.speaking.backlog import Backlog
from oyez.speaking.chimes import ALWAYS, RING_S, Chime, chime, ring
from oyez.speaking.playout import Heard, Part, Playout
from oyez_hw.crossing import OutboxFull
from oyez_hw.ledger import PlaybackMark
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError

log = logging.getLogger(__name__)

WIRE_HZ = 24_000
"""The service speaks PCM16 at this rate, mono, little-endian."""


MOST_WAITING_S = 180.0
"""While paused no more is kept than playback takes."""


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
        self._playout, self._backlog = Playout(WIRE_HZ), Backlog()
        self._paused = False
        self._part: Part | None = None
        """The part whose sound is in the resampler."""
        self._stream: soxr.ResampleStream | None = None
        self._odd_byte = b""
        self._troubled: Part | None = None
        self._ringing = False
        self._ring_end = 0
        """Playback's index behind the last ring that was put."""
        self._missed = False
        """Something that was to be heard since the last PlaybackFinished never will be."""
        self.dropped_ms = 0.0
        """Sound of replies that could not be queued, since the start: playback was full or the card away."""

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def unheard_s(self) -> float:
        """So much of what was queued of replies is still to be heard."""
        return self._playout.unheard_frames / self._rate_hz

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
        self._look(self._playback.position().frames_audible)

    async def cut(self) -> Heard | None:
        """Silences the loudspeaker within one period; tells where the reply was cut, None if none was playing.

        One that was paused was silenced then, and ends there.
        """
        playout, backlog, paused = self._playout, self._backlog, self._paused
        self._begin_anew()
        self._paused, self._missed = False, False
        mark = self._playback.position() if paused else await self._playback.cut()
        self.go_on_ringing()
        return playout.cut(backlog.heard(mark.frames_audible))

    async def pause(self) -> None:
        """Silences the loudspeaker within one period; what was not heard waits for resume(). Idempotent."""
        if self._paused:
            return
        self._paused = True
        playout, backlog = self._playout, self._backlog  # a card that is lost meanwhile begins both anew
        mark = await self._playback.cut()
        playout.audible(backlog.take_back(mark.frames_audible))

    def resume(self) -> None:
        """Goes on with the first frame that was not heard. Idempotent."""
        self._paused = False
        for first, sound in self._backlog.waiting():
            try:
                self._backlog.given(first, self._playback.put(sound))
            except OutboxFull as error:
                self._lose(first, error)
                return
            except HardwareError as error:
                log.warning("what was paused will not be heard: %s", error)
                self.lost()
                return
        self.go_on_ringing()

    def chime(self, name: Chime) -> None:
        """Plays a short sound after what is queued. A card that is away stays silent: whoever keeps it complains."""
        card = self._playback.format
        if not (self._config.chimes or name in ALWAYS) or card is None:
            return
        try:
            self._put(chime(name, card.rate_hz, self._config.chime_level_dbfs))
        except HardwareError as error:
            log.warning("the chime %s was not played: %s", name, error)

    async def ring(self, on: bool) -> None:
        """Rings over and over, after what is queued, until it is told to stop: silent within one period then, and what
        else was queued goes on. Idempotent."""
        if on == self._ringing:
            return
        self._ringing, self._ring_end = on, 0
        if on:
            self.go_on_ringing()
            return
        paused = self._paused
        await self.pause()
        self._backlog.leave_out_rings()
        if not paused:
            self.resume()

    def go_on_ringing(self) -> None:
        """The next ring is put while the last one fades; also called when the card is there again."""
        card = self._playback.format
        if not self._ringing or self._paused or card is None:
            return
        if self._ring_end - self._playback.position().frames_audible > RING_S / 2 * card.rate_hz:
            return
        sound = ring(card.rate_hz, self._config.chime_level_dbfs)
        try:
            first = self._playback.put(sound)
        except HardwareError as error:
            log.warning("the device cannot ring: %s", error)
        else:
            self._backlog.add(sound, first, ring=True)
            self._ring_end = first + len(sound)

    def progressed(self, mark: PlaybackMark) -> None:
        """From playback: so much is audible now."""
        self._look(mark.frames_audible)
        self._backlog.forget(mark.frames_audible)
        self.go_on_ringing()

    def lost(self) -> None:
        """The card is gone: what was queued will never be heard."""
        awaited = self._playout.awaited
        self._missed = self._missed or self._playout.outstanding
        self._begin_anew()
        if awaited:  # whoever waits for the end of the reply must not wait for ever
            self._finished()

    def heard(self) -> dict[Part, int]:
        """ms heard so far of each (item_id, content_index) that is queued."""
        self._playout.audible(self._backlog.heard(self._playback.position().frames_audible))
        return self._playout.heard()

    def _begin_part(self, part: Part) -> None:
        card = self._playback.format
        if card is not None and card.rate_hz != self._rate_hz:  # first use, or opened again at another rate
            self._rate_hz = card.rate_hz
            self._playout, self._backlog = Playout(card.rate_hz), Backlog()
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
            first = self._put(sound)
        except HardwareError as error:
            self._drop(part, len(sound), error)
            return
        self._playout.queue(*part, first, len(sound))

    def _put(self, sound: npt.NDArray[np.int16]) -> int:
        """The number of its first frame. Raises HardwareError."""
        if not self._paused:
            return self._backlog.add(sound, self._playback.put(sound))
        if self._backlog.waiting_frames() + len(sound) > MOST_WAITING_S * self._rate_hz:
            raise OutboxFull(f"more than {MOST_WAITING_S:g} s of sound wait for the reply to go on")
        return self._backlog.add(sound, None)

    def _look(self, frames_audible: int) -> None:
        self._playout.audible(self._backlog.heard(frames_audible))
        if self._playout.finished:
            self._playout.forget()
            self._finished()

    def _begin_anew(self) -> None:
        self._playout, self._backlog = Playout(self._rate_hz), Backlog()
        self._part, self._stream, self._odd_byte = None, None, b""
        self._ring_end = 0

    def _lose(self, first: int, error: HardwareError) -> None:
        """What waits from this number on finds no room."""
        frames = self._backlog.end - first
        self._backlog.drop(first)
        self._playout.lose(first)
        self._missed = True
        self.dropped_ms += frames * 1000 / self._rate_hz
        log.warning("%.0f ms of a reply were dropped and will not be heard: %s", frames * 1000 / self._rate_hz, error)

    def _finished(self) -> None:
        missed, self._missed = self._missed, False
        self._tell(PlaybackFinished(heard=not missed))

    def _drop(self, part: Part, frames: int, error: HardwareError) -> None:
        self._missed = True
        self.dropped_ms += frames * 1000 / self._rate_hz
        if not isinstance(error, OutboxFull):
            self._playout, self._backlog = Playout(self._rate_hz), Backlog()
        if part != self._troubled:
            self._troubled = part
            log.warning("part of a reply was dropped and will not be heard: %s", error)
