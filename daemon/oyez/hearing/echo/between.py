"""Pure: sound read between its samples, a little faster or slower than it was written."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from oyez.hearing.mixdown import Mono

Taps = npt.NDArray[np.float64]
TAPS = 32
_AROUND = np.arange(1 - TAPS // 2, 1 + TAPS // 2)
"""Of the samples that one is made from, beside the last whole one before it."""
NOTHING = 1e-3
"""Samples: 56 dB under the sound at 4 kHz."""
STEPS = 128
BETA = 7.0
"""Kaiser's: side lobes at -70 dB; flat to 7 kHz at 32 taps."""


def between(read: Callable[[int, int], Mono], place: float, count: int, ratio: float) -> Mono:
    """`count` samples from `place` on, each `ratio` further. `read(first, count)` gives whole ones.

    Within a block the fraction moves by a hundredth of a sample, so two filters are enough, that of its beginning and
    that of its end, blended from one into the other.
    """
    whole = int(np.floor(place))
    begin, end = place - whole, place - whole + count * (ratio - 1.0)
    if end < 0:  # the table begins at 0
        whole, begin, end = whole - 1, begin + 1, end + 1
    if max(abs(begin), abs(end)) < NOTHING:
        return read(whole, count)
    sound = read(whole + int(_AROUND[0]), count + TAPS - 1).astype(np.float64)
    share = np.arange(count) / count
    mixed = (1 - share) * np.convolve(sound, _sinc(begin), "valid") + share * np.convolve(sound, _sinc(end), "valid")
    return np.clip(np.rint(mixed), -32768, 32767).astype(np.int16)


def _table() -> Taps:
    """(STEPS + 16, TAPS), reversed, as np.convolve wants them."""
    at = _AROUND[None] - np.arange(STEPS + 16)[:, None] / STEPS
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1 - np.square(2 * at / TAPS)))) / np.i0(BETA)
    taps = (np.sinc(at) * window)[:, ::-1]
    return np.asarray(taps / taps.sum(axis=1, keepdims=True))


_TABLE = _table()


def _sinc(fraction: float) -> Taps:
    """Between two rows of the table: 80 dB under the sound."""
    row = max(0.0, min(fraction * STEPS, STEPS + 14.9))
    first, share = int(row), row - int(row)
    return np.asarray((1 - share) * _TABLE[first] + share * _TABLE[first + 1])
