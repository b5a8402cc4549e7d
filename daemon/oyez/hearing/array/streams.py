"""Pure: several channels from the card's rate to ours in step, cut into whole blocks, each with its time."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soxr

from oyez.hearing.blocks import BLOCK, RATE_HZ

Many = npt.NDArray[np.int16]
"""(frames, channels)."""


class Streams:
    def __init__(self, from_hz: int, channels: int) -> None:
        self.from_hz = from_hz
        self._stream = None if from_hz == RATE_HZ else soxr.ResampleStream(from_hz, RATE_HZ, channels, "int16", "LQ")
        self._fed = self._given = 0
        self._rest: Many = np.zeros((0, channels), np.int16)

    def feed(self, samples: Many, end_s: float) -> tuple[Many, float]:
        """Whole blocks at 16 kHz and the time of their last sample. end_s: capture time of the last of `samples`."""
        self._fed += len(samples)
        out: Many = samples
        if self._stream is not None:
            out = self._stream.resample_chunk(np.ascontiguousarray(samples)).reshape(-1, samples.shape[1])
        self._given += len(out)
        sound = np.concatenate([self._rest, out]) if len(self._rest) else out
        whole = len(sound) - len(sound) % BLOCK
        self._rest = sound[whole:]
        held_s = self._fed / self.from_hz - self._given / RATE_HZ + len(self._rest) / RATE_HZ
        return sound[:whole], end_s - held_s


def chosen(samples: Many, channels: Sequence[int]) -> Many:
    if len(channels) == samples.shape[1] and list(channels) == sorted(channels):
        return samples
    return samples[:, list(channels)]
