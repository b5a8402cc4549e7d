"""Pure: lines through points that jitter, with how sure they are.

Robust: slope by the median of all pairs (P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau",
JASA 63 (1968), pp. 1379-1389), what lies far off it left out, then least squares.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

LEAST_POINTS = 5
MOST_POINTS = 400
"""Of which all pairs are looked at; of more, every second or third."""
OUTLIER = 8.0
"""Times the median distance from the line: 1 of 15 million normal values. At 5 the stated intervals were too narrow."""
BLOCKS = 24
"""Of stamps, each of which gives one point to its line."""
_Z95 = 1.959964
_FEW = {1: 12.706, 2: 4.303, 3: 3.182}


@dataclass(frozen=True, slots=True)
class Line:
    slope: float
    slope_error: float
    """Half the width of its 95 % interval (Student's t)."""
    middle_x: float
    middle_y: float
    spread: float
    """Root mean square of what is left of the points that count."""
    used: npt.NDArray[np.bool_]

    def at(self, x: npt.ArrayLike) -> Doubles:
        return np.asarray(self.middle_y + self.slope * (np.asarray(x, np.float64) - self.middle_x))


def line_through(x: Doubles, y: Doubles, least_spread: float = 0.0) -> Line:
    """least_spread: in y; within OUTLIER times this nothing is an outlier. Raises ValueError for too few points."""
    if len(x) < LEAST_POINTS:
        raise ValueError(f"a line through {len(x)} points says nothing: {LEAST_POINTS} are needed")
    slope = _median_slope(x, y)
    left = y - slope * x
    away = np.abs(left - np.median(left))
    used = away <= OUTLIER * max(float(np.median(away)), least_spread) + 1e-12
    return _least_squares(x, y, used)


def earliest_line(index: Doubles, time_s: Doubles, rate_hz: float) -> Line:
    """Through stamps that may come late and never early, as all that a busy program reads off a clock: of each block
    only the earliest counts. Raises ValueError for too few stamps."""
    late_s = time_s - index / rate_hz
    parts = np.array_split(np.arange(len(index)), min(BLOCKS, max(LEAST_POINTS, len(index) // 4)))
    first = np.array([part[np.argmin(late_s[part])] for part in parts if len(part)], np.int64)
    line = line_through(index[first], late_s[first], least_spread=20e-6)
    middle_y = line.middle_y + line.middle_x / rate_hz
    return Line(line.slope + 1 / rate_hz, line.slope_error, line.middle_x, middle_y, line.spread, line.used)


def students_t95(freedom: int) -> float:
    """Two-sided; from 4 degrees of freedom on by the expansion of Cornish and Fisher, within 0.3 %."""
    if freedom < 4:
        return _FEW[max(1, freedom)]
    z, n = _Z95, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / n + second / n**2 + third / n**3


def _median_slope(x: Doubles, y: Doubles) -> float:
    step = -(-len(x) // MOST_POINTS)
    x, y = x[::step], y[::step]
    one, other = np.triu_indices(len(x), 1)
    apart = x[other] - x[one]
    return float(np.median((y[other] - y[one])[apart != 0] / apart[apart != 0]))


def _least_squares(x: Doubles, y: Doubles, used: npt.NDArray[np.bool_]) -> Line:
    count = int(used.sum())
    middle_x, middle_y = float(x[used].mean()), float(y[used].mean())
    along, across = x[used] - middle_x, y[used] - middle_y
    width = float(along @ along)
    slope = float(along @ across) / width
    squares = float(np.square(across - slope * along).sum())
    error = students_t95(count - 2) * math.sqrt(squares / (count - 2) / width)
    return Line(slope, error, middle_x, middle_y, math.sqrt(squares / count), used)
