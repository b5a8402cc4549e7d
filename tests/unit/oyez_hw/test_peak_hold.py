"""The meter: level, held peak, clipping."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez_hw.peak_hold import CLIP_HOLD_S, FALL_DB_S, HOLD_S, PeakHold, clips


def square(level: float, channels: int = 1) -> np.ndarray:
    return np.full((100, channels), round(level * 32_767), np.int16)


def test_the_peak_is_held_and_then_falls_no_deeper_than_the_sound() -> None:
    meter = PeakHold(1)
    meter.hear(square(0.5), 0.0)
    meter.hear(square(0.01), HOLD_S)
    assert meter.peaks_dbfs == pytest.approx([-6.0], abs=0.1)
    assert meter.levels_dbfs == pytest.approx([-40.0], abs=0.1)
    meter.hear(square(0.01), HOLD_S + 1.0)
    assert meter.peaks_dbfs == pytest.approx([-6.0 - FALL_DB_S], abs=0.1)
    meter.hear(square(0.01), HOLD_S + 10.0)
    assert meter.peaks_dbfs == pytest.approx([-40.0], abs=0.1)
    assert meter.loudest_dbfs == pytest.approx([-6.0], abs=0.1)


@pytest.mark.parametrize(
    ("samples", "flat"),
    [
        ([0, 32_767, 0], False),
        ([0, 32_767, 32_767], True),
        ([-32_768, -32_768, 5], True),
        ([32_767, -32_768, 32_767, -32_768], False),
        ([32_766] * 9, False),
        ([], False),
        ([32_767], False),
    ],
)
def test_two_samples_in_a_row_at_full_scale_are_clipping(samples: list[int], flat: bool) -> None:
    assert clips(np.array(samples, np.int16)) is flat


def test_the_mark_of_clipping_stays_a_while() -> None:
    meter = PeakHold(2)
    loud = square(0.1, 2)
    loud[10:13, 1] = -32_768
    meter.hear(loud, 1.0)
    assert [meter.clips_now(0), meter.clips_now(1)] == [False, True]
    assert "CLIP" in meter.lines()[1]
    meter.hear(square(0.1, 2), 1.0 + CLIP_HOLD_S + 0.1)
    assert not meter.clips_now(1)
    assert meter.clipped_periods == [0, 1]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 5)), min_size=1, max_size=20))
def test_a_line_is_always_as_wide_and_the_peak_never_below_the_level(steps: list[tuple[float, float]]) -> None:
    meter, time_s = PeakHold(1), 0.0
    widths = set()
    for level, later_s in steps:
        time_s += later_s
        meter.hear(square(level), time_s)
        widths.add(len(meter.lines()[0]))
        assert meter.peaks_dbfs[0] >= meter.levels_dbfs[0] - 1e-9
    assert len(widths) == 1
