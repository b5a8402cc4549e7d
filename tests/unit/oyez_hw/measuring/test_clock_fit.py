"""Lines through points that jitter, and how sure they say they are."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez_hw.measuring.clock_fit import earliest_line, line_through, students_t95


@given(slope=st.floats(-1e3, 1e3), offset=st.floats(-1e3, 1e3), points=st.integers(5, 60), seed=st.integers(0, 99))
def test_a_straight_line_is_found_whatever_lies_far_off_it(slope: float, offset: float, points: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(0, 100, points))
    y = offset + slope * x
    wrong = rng.choice(points, points // 5, replace=False)
    y[wrong] += rng.choice([-1, 1], len(wrong)) * rng.uniform(1e4, 1e6, len(wrong))
    line = line_through(x, y, least_spread=1e-9)
    assert line.slope == pytest.approx(slope, abs=1e-6)
    assert not line.used[wrong].any()


def test_the_stated_interval_holds_the_truth_in_95_of_100_lines() -> None:
    """Of 2000, binomial: 93.8 to 96.1 % are within three standard deviations, and outliers that are none cost a bit."""
    held = 0
    for seed in range(2_000):
        rng = np.random.default_rng(seed)
        x = np.arange(20.0)
        line = line_through(x, 3 * x + rng.standard_normal(20))
        held += abs(line.slope - 3) <= line.slope_error
    assert held / 2_000 == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.7764), (10, 2.2281), (30, 2.0423), (1_000, 1.9623)])
def test_students_t_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert students_t95(freedom) == pytest.approx(quantile, rel=0.003)


@given(ppm=st.floats(-300, 300), late_ms=st.floats(0.1, 20), seed=st.integers(0, 99))
def test_stamps_that_come_late_do_not_bend_the_clock(ppm: float, late_ms: float, seed: int) -> None:
    """A half of them in time, as on a machine with something else to do."""
    rng = np.random.default_rng(seed)
    rate_hz = 16_000 * (1 + ppm * 1e-6)
    index = np.arange(320.0, 16_000 * 20, 320)
    late_s = rng.exponential(late_ms / 1000, len(index)) * (rng.random(len(index)) < 0.5)
    line = earliest_line(index, index / rate_hz + late_s, 16_000)
    assert 1 / line.slope == pytest.approx(rate_hz, rel=2e-6)
    assert line.at(160_000.0) == pytest.approx(160_000 / rate_hz, abs=1e-4)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="4 points"):
        line_through(np.arange(4.0), np.arange(4.0))
