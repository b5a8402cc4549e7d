"""Pure: what the loudspeaker played, by the time at which it was audible, as one stream beside the capture.

Both cards' times jitter by milliseconds, and each jump would cost the echo canceller its filter. So chunks are joined
without a gap, and blocks are taken without one, as long as their times agree within SLACK_S; beyond it they are
aligned anew. That is also how a cut reply mends itself: the next chunk is audible earlier than expected, and what would
have come after it is forgotten.
"""

import numpy as np

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono

SLACK_S = 0.02
KEEP_S = 4.0
"""More than any card's buffer and the longest a capture block may come late."""


class Reference:
    """A ring over absolute sample numbers, time_s * 16000; what is not known is silence."""

    def __init__(self) -> None:
        self._size = round(KEEP_S * RATE_HZ)
        self._ring = np.zeros(self._size, np.int16)
        self._end: int | None = None
        """Number of the sample after the newest."""
        self._next: int | None = None
        """Number of the sample that the next block begins with."""
        self._loud_end = 0
        """After this sample there was only silence."""

    def put(self, samples: Mono, audible_at_s: float) -> None:
        """16 kHz mono. `audible_at_s`: monotonic time of its first sample."""
        start = self._end = _aligned(self._end, audible_at_s)
        sound = samples[-self._size :]
        start += len(samples) - len(sound)
        self._ring[np.arange(start, start + len(sound)) % self._size] = sound
        self._end = start + len(sound)
        self._loud_end = self._end if sound.any() else min(self._loud_end, start)

    def take(self, count: int, start_s: float) -> Mono:
        """What was audible while the `count` samples from `start_s` on were captured."""
        start = _aligned(self._next, start_s)
        self._next = start + count
        if self._end is None or start >= min(self._end, self._loud_end):
            return np.zeros(count, np.int16)
        numbers = np.arange(start, start + count)
        known = (numbers < self._end) & (numbers >= self._end - self._size)
        return np.where(known, self._ring[numbers % self._size], 0).astype(np.int16)


def _aligned(expected: int | None, time_s: float) -> int:
    """The expected sample number, unless the time says that it is wrong."""
    told = round(time_s * RATE_HZ)
    if expected is not None and abs(told - expected) <= SLACK_S * RATE_HZ:
        return expected
    return told
