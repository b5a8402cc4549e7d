"""Pure: how loud the room is when nobody speaks, by minimum statistics, and how far the present sound stands above it.

After R. Martin, "Noise Power Spectral Density Estimation Based on Optimal Smoothing and Minimum Statistics", IEEE
Trans. Speech and Audio Processing 9(5), 2001, section II: speech pauses between syllables and words, so the least power
of the last seconds is the noise alone. Here on the whole band, which costs microseconds. A noise that is there from the
beginning is known at once; speech that is there from the beginning is taken for noise until its first pause.
"""

import math
from collections import deque

import numpy as np

from oyez.hearing.mixdown import Mono

FULL_SCALE = 32768.0 * 32768.0
SLOW = 0.8
"""Of the power in which the minimum is looked for, a block: about 50 ms. Longer, and it does not come down in the
pauses of somebody who talks without stopping; shorter, and it falls into the holes of the noise itself."""
FAST = 0.5
"""Of the power that is compared with it: about 15 ms, so that an onset is not late."""
PART = 50
"""Blocks: the minimum is kept for each half second."""
PARTS = 8
"""And looked for over four seconds: hardly anybody speaks so long without a breath, and a fan that is switched on is
the floor four seconds later."""
QUIETEST = 1e-9
"""-90 dBFS, a good microphone in a silent room: digital silence is no floor to stand above."""


class Floor:
    """Time is the number of blocks: one each 10 ms."""

    def __init__(self) -> None:
        self._past: deque[float] = deque(maxlen=PARTS - 1)
        self._slow = self._fast = self._least = self._before = 0.0
        self._in_part = 0
        self.power = QUIETEST
        """Of the last block; a full-scale square wave is 1."""

    def hear(self, block: Mono) -> None:
        """block: int16, (160,)."""
        self.power = max(power_of(block), QUIETEST)
        self._track(self.power)

    @property
    def noise_dbfs(self) -> float:
        """The room without speech; -90 before anything was heard."""
        return _db(self._noise)

    @property
    def snr_db(self) -> float:
        """The present sound above the floor; 0 before anything was heard."""
        return _db(self._fast) - _db(self._noise)

    @property
    def dbfs(self) -> float:
        """The present sound; -90 before anything was heard."""
        return _db(self._fast)

    def stands(self, ratio: float) -> bool:
        """The present sound has at least `ratio` times the floor's power (as snr_db, without logarithms)."""
        return self._fast >= ratio * self._noise

    @property
    def _noise(self) -> float:
        return min(self._least, self._before) if self._past else self._least

    def _track(self, power: float) -> None:
        if not self._slow:
            self._slow = self._fast = self._least = power
        self._slow += (1 - SLOW) * (power - self._slow)
        self._fast += (1 - FAST) * (power - self._fast)
        self._least = min(self._least, self._slow)
        self._in_part += 1
        if self._in_part == PART:
            self._past.append(self._least)
            self._before, self._least, self._in_part = min(self._past), self._slow, 0


def power_of(block: Mono) -> float:
    """Mean power; of a full-scale square wave 1."""
    samples = block.astype(np.float32)
    return float(np.dot(samples, samples)) / (len(block) * FULL_SCALE)


def _db(power: float) -> float:
    return 10 * math.log10(max(power, QUIETEST))
