"""The suppressor takes steady noise out, says how late it is, and leaves a voice."""

import numpy as np
import pytest
import soxr
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as arrays

from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez.hearing.noise import AT_MOST_DB, DELAY, Level, NoiseSuppressor
from tests.doubles.speech import say

LEVELS: tuple[Level, ...] = ("low", "medium", "high")


def cleaned(level: Level, sound: Mono) -> Mono:
    stage = NoiseSuppressor(level)
    return np.concatenate([stage.clean(sound[at : at + BLOCK]) for at in range(0, len(sound) - BLOCK + 1, BLOCK)])


def level_db(sound: Mono) -> float:
    return float(10 * np.log10(np.mean(np.square(sound.astype(np.float64))) + 1e-9))


def hiss(seconds: float, rms: float = 300.0) -> Mono:
    return (np.random.default_rng(5).standard_normal(round(seconds * RATE_HZ)) * rms).astype(np.int16)


@pytest.mark.parametrize("level", LEVELS)
def test_steady_noise_loses_about_what_the_level_promises_and_never_more(level: Level) -> None:
    noise = hiss(3.0)
    lost_db = level_db(noise[-RATE_HZ:]) - level_db(cleaned(level, noise)[-RATE_HZ:])
    assert AT_MOST_DB[level] - 1.5 < lost_db < AT_MOST_DB[level] + 0.2


@pytest.mark.parametrize("level", LEVELS)
def test_a_voice_in_a_quiet_room_is_left_and_comes_exactly_so_late(level: Level) -> None:
    sound, rate_hz = say("Turn on the kitchen light.")
    voice = np.concatenate([hiss(1.0, 3.0), np.asarray(soxr.resample(sound, rate_hz, RATE_HZ), np.int16)])
    out = cleaned(level, voice).astype(np.float64)
    span = np.arange(RATE_HZ, len(out) - 500)
    likeness = [np.corrcoef(out[span + late], voice[span].astype(np.float64))[0, 1] for late in range(400)]
    assert np.argmax(likeness) == DELAY
    assert max(likeness) > 0.98


@pytest.mark.parametrize("level", LEVELS)
def test_after_a_reset_it_is_as_new(level: Level) -> None:
    used = NoiseSuppressor(level)
    for at in range(0, 8000, BLOCK):
        used.clean(hiss(0.5)[at : at + BLOCK])
    used.reset()
    fresh, noise = NoiseSuppressor(level), hiss(0.2, 900.0)
    for at in range(0, len(noise), BLOCK):
        assert np.array_equal(used.clean(noise[at : at + BLOCK]), fresh.clean(noise[at : at + BLOCK]))


@settings(max_examples=40)
@given(arrays.arrays(np.int16, 5 * BLOCK), st.sampled_from(LEVELS))
def test_whatever_comes_in_as_much_comes_out(sound: Mono, level: Level) -> None:
    out = cleaned(level, sound)
    assert out.dtype == np.int16
    assert len(out) == len(sound)


@given(st.integers(0, 400).filter(lambda count: count != BLOCK))
def test_a_block_of_another_length_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="160 samples"):
        NoiseSuppressor("low").clean(np.zeros(count, np.int16))
