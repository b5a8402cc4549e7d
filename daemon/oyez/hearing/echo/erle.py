"""Pure: echo return loss enhancement, as power in against power out."""

import numpy as np

from oyez.hearing.blocks import BLOCK_MS
from oyez.hearing.mixdown import Mono

SMOOTH_S = 3.0
LEAST_S = 0.5
_SHARE = BLOCK_MS / 1000 / SMOOTH_S


class Erle:
    """Fed while the loudspeaker sounds."""

    def __init__(self) -> None:
        self._in = self._out = 0.0
        self._blocks = 0

    @property
    def db(self) -> float | None:
        """Over the last 3 s that were fed; None until 0.5 s were."""
        if self._blocks * BLOCK_MS < LEAST_S * 1000:
            return None
        return float(10 * np.log10((self._in + 1e-9) / (self._out + 1e-9)))

    def hear(self, before: Mono, after: Mono) -> None:
        """The same 10 ms, before and after the echo was taken out; full scale 32768."""
        # From the first block on a mean, not a rise from nothing.
        self._blocks += 1
        share = max(_SHARE, 1 / self._blocks)
        self._in += share * (float(np.square(before, dtype=np.float64).mean()) - self._in)
        self._out += share * (float(np.square(after, dtype=np.float64).mean()) - self._out)
