"""Sound read between its samples."""

import numpy as np
from hypothesis import given, strategies as st

from oyez.hearing.echo.between import between

TIME = np.arange(4000)


def tone(at: np.ndarray, hz: float) -> np.ndarray:
    return 10_000 * np.sin(2 * np.pi * hz * at / 16_000)


@given(fraction=st.floats(0, 1, exclude_max=True), hz=st.floats(100, 6500), ppm=st.floats(-200, 200))
def test_a_tone_is_read_where_it_would_have_been(fraction: float, hz: float, ppm: float) -> None:
    whole = np.rint(tone(TIME, hz)).astype(np.int16)
    ratio = 1 + ppm * 1e-6
    out = between(lambda first, count: whole[first : first + count], 1000 + fraction, 160, ratio)
    wanted = tone(1000 + fraction + np.arange(160) * ratio, hz)
    assert np.abs(out - wanted).max() < 60


def test_whole_places_are_copied() -> None:
    whole = np.rint(tone(TIME, 777)).astype(np.int16)
    assert np.array_equal(between(lambda a, n: whole[a : a + n], 1000.0, 160, 1.0), whole[1000:1160])
