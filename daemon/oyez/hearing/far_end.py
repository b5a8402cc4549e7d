"""Pure: what the device's own loudspeaker plays, at the ears' rate, ready to be taken out of what they hear."""

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono, mixdown
from oyez.hearing.reference import Reference
from oyez.hearing.resampling import Resampler
from oyez_hw.pcm import Samples

SILENT_FRAMES = 5
"""So many silent chunks flush the resampler of what is played; after that silence is not worth resampling."""


class FarEnd:
    def __init__(self) -> None:
        self._reference = Reference()
        self._resampler: Resampler | None = None
        self._silent_chunks = 0

    def played(self, samples: Samples, rate_hz: int, audible_at_s: float) -> None:
        """samples: int16 (frames, channels); `audible_at_s`: monotonic, of its first frame."""
        self._silent_chunks = 0 if samples.any() else self._silent_chunks + 1
        if self._silent_chunks > SILENT_FRAMES:
            self._resampler = None
            return
        if self._resampler is None or self._resampler.from_hz != rate_hz:
            self._resampler = Resampler(rate_hz, RATE_HZ)
        sound = self._resampler.feed(mixdown(samples))
        end_s = audible_at_s + len(samples) / rate_hz - self._resampler.held_s
        if len(sound):
            self._reference.put(sound, end_s - len(sound) / RATE_HZ)

    def take(self, count: int, end_s: float) -> Mono:
        """What was audible while the `count` samples that end at `end_s` were captured."""
        return self._reference.take(count, end_s - count / RATE_HZ)
