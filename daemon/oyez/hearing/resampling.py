"""Pure: a stream of sound from one rate to another, without losing track of time.

soxr's output is aligned with its input: sample k of the output lies at k / to_hz of the stream. It only comes late, in
lumps; `held_s` says how much of what was fed is still inside, so the time of each sample stays known.
"""

from typing import Literal

import numpy as np
import soxr

from oyez.hearing.mixdown import Mono

Quality = Literal["LQ", "MQ", "HQ"]
"""LQ holds back 1 to 20 ms (60 ms from 8 kHz) and dulls the last eighth of the band; MQ is flat and holds back 15 to
26 ms."""


class Resampler:
    """One stream of int16 mono. Equal rates pass through untouched."""

    def __init__(self, from_hz: int, to_hz: int, quality: Quality = "LQ") -> None:
        self.from_hz, self.to_hz = from_hz, to_hz
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, "int16", quality)
        self._fed = self._given = 0

    @property
    def held_s(self) -> float:
        """Seconds of sound that were fed and have not come out yet."""
        return self._fed / self.from_hz - self._given / self.to_hz

    def feed(self, samples: Mono) -> Mono:
        """What comes out for it: now and then nothing, then a lump."""
        self._fed += len(samples)
        out: Mono = samples if self._stream is None else self._stream.resample_chunk(samples)
        self._given += len(out)
        return out

    def flush(self) -> Mono:
        """What is still held. The next feed() begins a new stream."""
        self._fed = self._given = 0
        empty = np.zeros(0, np.int16)
        if self._stream is None:
            return empty
        rest: Mono = self._stream.resample_chunk(empty, last=True)
        self._stream.clear()
        return rest
