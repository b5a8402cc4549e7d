"""Pure: how loud each channel is, and a bar for a terminal."""

import numpy as np

from oyez_hw.pcm import Samples

FLOOR_DBFS = -120.0
_BAR_CELLS = 12


def level_dbfs(samples: Samples) -> list[float]:
    """RMS of each channel relative to full scale (a full-scale square wave is 0 dBFS); -120 for silence."""
    power = np.mean(np.square(samples.astype(np.float64) / 32768), axis=0)
    return [float(level) for level in 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DBFS / 10)))]


def meter(dbfs: float) -> str:
    """A bar over the upper 60 dB, and the figure."""
    cells = round(_BAR_CELLS * min(1.0, max(0.0, 1 + dbfs / 60)))
    return f"{'#' * cells:<{_BAR_CELLS}} {dbfs:6.1f}"
