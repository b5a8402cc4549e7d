"""Noisy and faint versions of a recording are as noisy and as faint as was asked."""

import numpy as np
import pytest

from oyez.hearing.blocks import RATE_HZ
from tests.bench._noisy import LEAD_S, Recording, Scenery, active_rms, at_level


def hiss(seed: int, rms: float) -> Recording:
    sound = np.random.default_rng(seed).standard_normal(2 * RATE_HZ) * rms
    return Recording(f"{seed}.flac", "", sound.astype(np.int16))


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 10.0])
def test_the_noise_lies_as_far_under_the_voice_as_asked(snr_db: float) -> None:
    clip = hiss(1, 1000.0)
    noisy = Scenery([hiss(2, 77.0)]).noisy(clip, snr_db).astype(np.float64)
    lead = round(LEAD_S * RATE_HZ)
    noise = np.concatenate([noisy[:lead], noisy[lead : lead + len(clip.sound)] - clip.sound])
    assert 20 * np.log10(active_rms(clip.sound) / np.sqrt(np.mean(noise**2))) == pytest.approx(snr_db, abs=0.1)


def test_a_clip_always_gets_the_same_noise_and_another_one_another() -> None:
    scenery = Scenery([hiss(seed, 100.0) for seed in range(2, 40)])
    quiet = [Recording(name, "", np.zeros(RATE_HZ, np.int16) + 100) for name in ("a", "b")]
    first, second = (scenery.noisy(clip, 0.0) for clip in quiet)
    assert np.array_equal(first, scenery.noisy(quiet[0], 0.0))
    assert not np.array_equal(first, second)


def test_pauses_do_not_make_a_voice_quieter() -> None:
    voice = hiss(1, 1000.0).sound
    assert active_rms(np.pad(voice, 5 * RATE_HZ)) == pytest.approx(active_rms(voice), rel=0.01)
    assert active_rms(np.zeros(RATE_HZ, np.int16)) == 0.0


def test_a_faint_voice_has_the_level_that_was_asked() -> None:
    clip = hiss(1, 1000.0)
    assert 20 * np.log10(active_rms(at_level(clip.sound, clip, -50.0)) / 32_768) == pytest.approx(-50.0, abs=0.2)
