"""Pure: many microphones into one signal."""

import numpy as np
import numpy.typing as npt

from oyez_hw.pcm import Samples

Mono = npt.NDArray[np.int16]
"""One signal: int16, shape (frames,)."""


def mixdown(samples: Samples, channel: int | None = None) -> Mono:
    """The mean of all channels, or one of them (from 0). Raises ValueError for a channel that is not there."""
    channels = samples.shape[1]
    if channel is not None:
        if not 0 <= channel < channels:
            raise ValueError(f"microphone {channel} was asked for, but the card delivers only {channels} (from 0)")
        return np.ascontiguousarray(samples[:, channel])
    if channels == 1:
        return np.ascontiguousarray(samples[:, 0])
    # In 32 bits, because the sum of two loud microphones does not fit into 16.
    mean: Mono = np.rint(samples.sum(axis=1, dtype=np.int32) / channels).astype(np.int16)
    return mean
