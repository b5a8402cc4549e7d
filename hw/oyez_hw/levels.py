"""Pure: how loud each channel is."""

import numpy as np

from oyez_hw.pcm import Samples

FLOOR_DBFS = -120.0


def level_dbfs(samples: Samples) -> list[float]:
    """RMS of each channel relative to full scale (a full-scale square wave is 0 dBFS); -120 for silence."""
    power = np.mean(np.square(samples.astype(np.float64) / 32768), axis=0)
    return [float(level) for level in 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DBFS / 10)))]
