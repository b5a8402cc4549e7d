"""Pure: what the loudspeaker played, by the time at which it was audible, as one stream beside the capture.

Both cards' times jitter by milliseconds, and each jump would cost the echo canceller its filter. So chunks are joined
without a gap, and blocks are taken without one, as long as their times agree within SLACK_S; beyond it they are
aligned anew. That is also how a cut reply mends itself: the next chunk is audible earlier than expected, and what would
have come after it is forgotten.

Two cards have two clocks. What their times tell of them over the minutes (drift.py) is how many played samples are read
for a captured one: between the samples, by a windowed sinc.
"""

import numpy as np

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.echo.between import between
from oyez.hearing.echo.drift import CardClock, difference_ppm
from oyez.hearing.mixdown import Mono

SLACK_S = 0.02
KEEP_S = 4.0
"""More than any card's buffer and the longest a capture block may come late."""
MOST_PPM = 500.0
"""More is no crystal."""
STRAY = 3.0
"""Samples. In silence it costs nothing to go back to where the clocks say, which is the same place after each start."""


class Reference:
    """A ring over the numbers of played samples; what is not known is silence."""

    def __init__(self) -> None:
        self._size = round(KEEP_S * RATE_HZ)
        self._ring = np.zeros(self._size, np.int16)
        self._end: int | None = None
        """Number of the sample after the newest."""
        self._loud_end = 0
        """After this sample there was only silence."""
        self._taken: int | None = None
        """Number of the next captured sample."""
        self._place: float | None = None
        """Number of the played sample that was audible with it."""
        self._moved = 0
        self._play, self._capture = CardClock(), CardClock()

    @property
    def drift_ppm(self) -> float | None:
        """By how much the loudspeaker's clock is the faster; None: not known yet."""
        return difference_ppm(self._play, self._capture)

    def move(self, samples: int) -> None:
        """All that is taken from now on comes so many samples earlier: the card's delay is wrong by them."""
        self._moved += samples
        self._place = None

    def put(self, samples: Mono, audible_at_s: float) -> None:
        """16 kHz mono. `audible_at_s`: monotonic time of its first sample. Give silence too: without it the clocks are
        known later, and the next sound begins a jitter away from its place."""
        start = _number(self._play, self._end, audible_at_s)
        if self._end is not None and start > self._end:
            self._write(self._end, np.zeros(min(start - self._end, self._size), np.int16))
        self._play.told(start, audible_at_s)
        self._write(start, samples[-self._size :], skipped=max(0, len(samples) - self._size))
        self._end = start + len(samples)
        self._loud_end = self._end if samples.any() else min(self._loud_end, start)

    def put_silence(self, count: int, audible_at_s: float) -> None:
        """As put(zeros): most of the day, and then it costs nothing but the clock."""
        if self._end is None or self._end - self._loud_end < self._size:
            self.put(np.zeros(count, np.int16), audible_at_s)
            return
        start = _number(self._play, self._end, audible_at_s)
        self._play.told(start, audible_at_s)
        self._end = start + count

    def take(self, count: int, start_s: float) -> Mono:
        """What was audible while the `count` samples from `start_s` on were captured."""
        start = _number(self._capture, self._taken, start_s)
        self._capture.told(start, start_s)
        if start != self._taken:
            self._place = None
        self._taken = start + count
        if self._end is None:
            return np.zeros(count, np.int16)
        place = self._place = self._aligned(start)
        ratio = 1.0 + float(np.clip(self.drift_ppm or 0.0, -MOST_PPM, MOST_PPM)) * 1e-6
        self._place = place + count * ratio
        if place >= min(self._end, self._loud_end):
            return np.zeros(count, np.int16)
        return between(self._known, place, count, ratio)

    def pass_by(self, count: int, start_s: float) -> None:
        """So many samples were captured from then on, and nothing is to be known of them: their clock goes on."""
        start = _number(self._capture, self._taken, start_s)
        self._capture.told(start, start_s)
        self._taken, self._place = start + count, None

    def _aligned(self, start: int) -> float:
        """Where captured sample `start` lies among the played ones."""
        assert self._end is not None
        captured_s, end_s = self._capture.time_s(start), self._play.time_s(self._end)
        assert captured_s is not None
        assert end_s is not None
        told = self._end + (captured_s - end_s) * RATE_HZ + self._moved
        if self._place is None:
            return float(round(told))
        off = abs(told - self._place)
        silent = self._place >= min(self._end, self._loud_end)
        return float(round(told)) if off > SLACK_S * RATE_HZ or (silent and off > STRAY) else self._place

    def _known(self, first: int, count: int) -> Mono:
        assert self._end is not None
        numbers = np.arange(first, first + count)
        known = (numbers < self._end) & (numbers >= self._end - self._size)
        return np.where(known, self._ring[numbers % self._size], 0).astype(np.int16)

    def _write(self, start: int, sound: Mono, skipped: int = 0) -> None:
        first = start + skipped
        self._ring[np.arange(first, first + len(sound)) % self._size] = sound


def _number(clock: CardClock, expected: int | None, time_s: float) -> int:
    """The number of the sample at `time_s`: the expected one, unless the time says that it is wrong."""
    expected_s = None if expected is None else clock.time_s(expected)
    if expected is None or expected_s is None:
        return round(time_s * RATE_HZ)
    off = time_s - expected_s
    if abs(off) <= SLACK_S:
        return expected
    clock.restart()
    return expected + round(off * RATE_HZ)
