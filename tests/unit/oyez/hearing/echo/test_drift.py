"""The rate of a clock, from jittering times."""

import numpy as np
from hypothesis import given, settings, strategies as st

from oyez.hearing.echo.drift import CardClock, difference_ppm


def ran(clock: CardClock, ppm: float, seconds: int, seed: int, late_share: float = 0.0) -> None:
    rng = np.random.default_rng(seed)
    for at in range(0, seconds * 16_000, 320):
        late_s = 0.05 if rng.random() < late_share else 0.0
        clock.told(at, 1000 + at / 16_000 * (1 + ppm * 1e-6) + rng.uniform(-0.002, 0.002) + late_s)


@settings(max_examples=10)
@given(ppm=st.floats(-100, 100), seed=st.integers(0, 10_000))
def test_two_minutes_of_2_ms_jitter_leave_less_than_5_ppm(ppm: float, seed: int) -> None:
    play, capture = CardClock(), CardClock()
    ran(play, 0.0, 120, seed)
    ran(capture, ppm, 120, seed + 1)
    found = difference_ppm(play, capture)
    assert found is not None
    assert abs(found - ppm) < 5


def test_stamps_that_come_50_ms_late_now_and_then_change_little() -> None:
    clock = CardClock()
    ran(clock, 40.0, 120, 1, late_share=0.1)
    assert abs(clock.ppm[0] - 40) < 5


def test_nothing_is_claimed_at_first() -> None:
    play, capture = CardClock(), CardClock()
    ran(play, 0.0, 3, 1)
    ran(capture, 0.0, 3, 2)
    assert difference_ppm(play, capture) is None


def test_after_a_gap_the_rate_is_still_known() -> None:
    clock = CardClock()
    ran(clock, 60.0, 120, 5)
    clock.restart()
    ran(clock, 60.0, 8, 6)
    assert abs(clock.ppm[0] - 60) < 5


def test_times_are_told_without_their_jitter() -> None:
    clock = CardClock()
    ran(clock, 60.0, 120, 7)
    told = clock.time_s(16_000 * 119)
    assert told is not None
    assert abs(told - 1000 - 119 * (1 + 60e-6)) < 0.0005
