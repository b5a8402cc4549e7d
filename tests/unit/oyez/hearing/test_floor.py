"""The room's floor: what holds for every sound, and how soon it is found."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez.hearing.floor import Floor, power_of

LEVELS = st.lists(st.floats(-90, -3), min_size=1, max_size=900)


def noise(seconds: float, level_dbfs: float, seed: int = 0) -> np.ndarray:
    sound = np.random.default_rng(seed).normal(size=round(seconds * 16_000)) * 32768 * 10 ** (level_dbfs / 20)
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def heard(floor: Floor, sound: np.ndarray) -> None:
    for at in range(0, len(sound), 160):
        floor.hear(sound[at : at + 160])


def tone(level_dbfs: float) -> np.ndarray:
    """A block of a square wave, whose level is exact."""
    return np.full(160, round(32768 * 10 ** (level_dbfs / 20)), np.int16)


@given(LEVELS)
@settings(max_examples=40)
def test_the_floor_is_never_above_the_loudest_nor_below_the_quietest_block(levels: list[float]) -> None:
    floor = Floor()
    for level in levels:
        floor.hear(tone(level))
    told = [10 * math.log10(max(power_of(tone(level)), 1e-9)) for level in levels]
    assert min(told) - 0.01 <= floor.noise_dbfs <= max(told) + 0.01


@given(LEVELS)
@settings(max_examples=40)
def test_stands_says_the_same_as_the_ratio_in_decibels(levels: list[float]) -> None:
    floor = Floor()
    for level in levels:
        floor.hear(tone(level))
        assert floor.stands(10**0.6) == (floor.snr_db >= 6.0) or abs(floor.snr_db - 6.0) < 1e-6


@pytest.mark.parametrize("level_dbfs", [-60, -40, -20])
def test_steady_noise_is_the_floor_within_two_decibels_after_half_a_second(level_dbfs: float) -> None:
    floor = Floor()
    heard(floor, noise(0.5, level_dbfs))
    assert floor.noise_dbfs == pytest.approx(level_dbfs, abs=2)


def test_bursts_with_pauses_leave_the_floor_where_it_was_and_stand_above_it() -> None:
    floor = Floor()
    heard(floor, noise(2, -55))
    for at in range(20):
        heard(floor, noise(0.3, -30, at))
        assert floor.snr_db > 20
        heard(floor, noise(0.25, -55, at))
    assert floor.noise_dbfs == pytest.approx(-55, abs=5)


def test_a_fan_that_is_switched_on_is_the_floor_five_seconds_later_and_no_longer_when_it_stops() -> None:
    floor = Floor()
    heard(floor, noise(3, -60))
    heard(floor, noise(3, -35))
    assert floor.snr_db > 20
    heard(floor, noise(2, -35, 1))
    assert floor.snr_db < 3
    heard(floor, noise(1, -60))
    assert floor.noise_dbfs == pytest.approx(-60, abs=3)


def test_digital_silence_is_ninety_decibels_below_full_scale_and_nothing_stands_above_it() -> None:
    floor = Floor()
    heard(floor, np.zeros(1600, np.int16))
    assert (floor.noise_dbfs, floor.snr_db) == (-90, 0)
