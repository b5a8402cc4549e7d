"""Pure: what the device's own loudspeaker plays, at the ears' rate, ready to be taken out of what they hear."""

import numpy as np

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.echo.reference import Reference
from oyez.hearing.mixdown import Mono, mixdown
from oyez.hearing.resampling import Resampler
from oyez_hw.pcm import Samples

SILENT_CHUNKS = 5
"""So many silent chunks flush the resampler of what is played; after that silence is not worth resampling."""
RINGING_S = 0.2
"""A resampler's ringing, and what the card may be wrong about its delay."""
SILENCE_S = 0.1
"""Silence is told in such lumps: often enough for the clocks to be known, and hardly any work."""


class FarEnd:
    def __init__(self) -> None:
        self._reference = Reference()
        self._resampler: Resampler | None = None
        self._silent_chunks = 0
        self._silent_s = 0.0
        self._loud_until_s = float("-inf")

    @property
    def drift_ppm(self) -> float | None:
        """By how much the loudspeaker's clock is the faster; None: not known yet."""
        return self._reference.drift_ppm

    def played(self, samples: Samples, rate_hz: int, audible_at_s: float) -> None:
        """samples: int16 (frames, channels); `audible_at_s`: monotonic, of its first frame."""
        end_s = audible_at_s + len(samples) / rate_hz
        if np.count_nonzero(samples):  # several times quicker than any()
            self._silent_chunks, self._loud_until_s = 0, end_s + RINGING_S
        else:
            self._silent_chunks += 1
        if self._silent_chunks > SILENT_CHUNKS:
            if self._resampler is not None:
                self._silent_s += self._resampler.held_s
                self._resampler = None
            self._silent_s += len(samples) / rate_hz
            if self._silent_s >= SILENCE_S:
                self._tell_silence(end_s)
            return
        if self._resampler is None or self._resampler.from_hz != rate_hz:
            self._tell_silence(audible_at_s)
            self._resampler = Resampler(rate_hz, RATE_HZ)
        sound = self._resampler.feed(mixdown(samples))
        if len(sound):
            self._reference.put(sound, end_s - self._resampler.held_s - len(sound) / RATE_HZ)

    def silent(self, from_s: float) -> bool:
        """Nothing that was played is audible from then on, as far as it was told."""
        return from_s >= self._loud_until_s

    def pass_by(self, count: int, end_s: float) -> None:
        """The `count` samples that end at `end_s` were captured in silence."""
        self._reference.pass_by(count, end_s - count / RATE_HZ)

    def take(self, count: int, end_s: float) -> Mono:
        """What was audible while the `count` samples that end at `end_s` were captured."""
        return self._reference.take(count, end_s - count / RATE_HZ)

    def move(self, samples: int) -> None:
        """All that is taken from now on comes so many samples earlier."""
        self._reference.move(samples)

    def _tell_silence(self, end_s: float) -> None:
        """What was silent and not told yet, up to `end_s`."""
        count = round(self._silent_s * RATE_HZ)
        if count:
            self._reference.put_silence(count, end_s - count / RATE_HZ)
        self._silent_s = 0.0
