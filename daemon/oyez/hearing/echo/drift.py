"""Pure: how fast a card's clock runs, from times that jitter by milliseconds.

A card's sample count against its time stamps is a straight line whose slope is the clock's. Half seconds are summed up
by their median (a stamp that came 50 ms late is one of 25), and the line goes through these points by least squares,
outliers left out. Crystals hold for hours, so up to ten minutes count. With 2 ms of jitter on both cards one minute
leaves up to 5 ppm, two minutes 2, five minutes less than 1 (largest of 30 runs).
"""

import statistics

import numpy as np

from oyez.hearing.blocks import RATE_HZ

POINT_S = 0.5
MOST_POINTS = 1200
LEAST_POINTS = 10
LONG_POINTS = 120
"""A minute. From then on the newest line is believed, before it the one of the least error, which outlives a gap."""
FIT_POINTS = 8
"""From a minute on the line is drawn anew each four seconds: it hardly moves any more."""
PRIOR_PPM = 50.0
"""What two cards usually differ by. An estimate counts the less the wider its own error is beside it."""
OUTLIER = 4.0
"""Times the median distance from the line."""


class CardClock:
    """One card. Counts are its samples, in 16 kHz whatever its rate."""

    def __init__(self) -> None:
        self._anchor: tuple[int, float] | None = None
        self._counts: list[float] = []
        self._errors_s: list[float] = []
        self._open: list[tuple[int, float]] = []
        self._line: tuple[float, float] | None = None
        self._ppm, self._error_ppm = 0.0, float("inf")
        self._unfitted = 0

    @property
    def ppm(self) -> tuple[float, float]:
        """(how much longer than nominal its second lasts, standard error); the error is inf while nothing is known."""
        return self._ppm, self._error_ppm

    def told(self, count: int, time_s: float) -> None:
        """Sample number `count` sounded at `time_s`. Counts rise by what the card really played or captured."""
        error_s = time_s - count / RATE_HZ
        self._anchor = self._anchor or (count, error_s)
        if self._open and count - self._open[0][0] >= POINT_S * RATE_HZ:
            self._close_point()
        self._open.append((count, error_s))

    def restart(self) -> None:
        """The count no longer follows on; the clock's rate is still known."""
        self._anchor, self._line = None, None
        self._counts, self._errors_s, self._open = [], [], []

    def time_s(self, count: float) -> float | None:
        """When that sample sounds, jitter taken out as far as it is known; None before anything was told."""
        if self._line is not None:
            offset_s, middle_s = self._line
            return count / RATE_HZ + offset_s + self._ppm * 1e-6 * (count / RATE_HZ - middle_s)
        if self._anchor is None:
            return None
        return count / RATE_HZ + self._anchor[1]

    def _close_point(self) -> None:
        counts, errors = zip(*self._open, strict=True)
        self._counts.append(statistics.fmean(counts))  # of so few numbers quicker than numpy
        self._errors_s.append(statistics.median(errors))
        del self._counts[:-MOST_POINTS], self._errors_s[:-MOST_POINTS]
        self._open.clear()
        self._unfitted += 1
        if len(self._counts) >= LEAST_POINTS and (len(self._counts) < LONG_POINTS or self._unfitted >= FIT_POINTS):
            self._fit()

    def _fit(self) -> None:
        self._unfitted = 0
        x_s, y_s = np.array(self._counts) / RATE_HZ, np.array(self._errors_s)
        keep = np.ones(len(x_s), bool)
        for _ in range(3):
            middle_s, offset_s = float(x_s[keep].mean()), float(y_s[keep].mean())
            width = float(np.square(x_s[keep] - middle_s).sum())
            slope = float(((x_s[keep] - middle_s) * (y_s[keep] - offset_s)).sum()) / width
            away_s = np.abs(y_s - offset_s - slope * (x_s - middle_s))
            keep = away_s <= OUTLIER * float(np.median(away_s)) + 1e-6
        error_ppm = 1e6 * float(np.sqrt(np.square(away_s[keep]).sum() / max(1, keep.sum() - 2) / width))
        # Never surer than a microsecond's resolution allows.
        error_ppm = max(error_ppm, 1.0 / np.sqrt(width))
        if error_ppm <= self._error_ppm or len(x_s) >= LONG_POINTS:
            self._ppm, self._error_ppm = slope * 1e6, error_ppm
        self._line = offset_s, middle_s


def difference_ppm(played: CardClock, captured: CardClock) -> float | None:
    """By how much the loudspeaker's card is the faster, drawn to 0 as long as it is uncertain; None: not known."""
    (play, play_error), (capture, capture_error) = played.ppm, captured.ppm
    variance = play_error**2 + capture_error**2
    if not np.isfinite(variance):
        return None
    return float((capture - play) * PRIOR_PPM**2 / (PRIOR_PPM**2 + variance))
