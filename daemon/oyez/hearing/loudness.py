"""Pure: how loud something is that somebody says."""

import numpy as np

from oyez.hearing.blocks import BLOCK
from oyez.hearing.mixdown import Mono

LOUD_PART_DB = 12.0
"""What is so much softer than the loudest 10 ms is a pause."""
QUIETEST_DBFS = -90.0


def spoken_dbfs(sound: Mono) -> float:
    """Mean power of the spoken part, dBFS (a full-scale square wave is 0). sound: int16 at 16 kHz."""
    blocks = sound[: len(sound) - len(sound) % BLOCK].reshape(-1, BLOCK).astype(np.float64) / 32768
    if not len(blocks):
        return QUIETEST_DBFS
    powers = np.square(blocks).mean(axis=1)
    loud = powers[powers >= powers.max() * 10 ** (-LOUD_PART_DB / 10)]
    return max(QUIETEST_DBFS, float(10 * np.log10(max(loud.mean(), 1e-12))))
