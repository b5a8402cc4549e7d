import numpy as np
import pytest

from oyez.hearing.nearness import FARTHEST_DB, NEARNESS_S, nearness_db

RATE_HZ = 16_000


def syllables(seed: int = 1) -> np.ndarray:
    """Two seconds of hiss in which something like five syllables stands out in the last one."""
    random = np.random.default_rng(seed)
    sound = random.normal(0.0, 3.0, round(NEARNESS_S * RATE_HZ))
    for number in range(5):
        at = RATE_HZ + number * 3000
        sound[at : at + 1500] += random.normal(0.0, 3000.0, 1500)
    return sound


def samples(sound: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(sound), -32_768, 32_767).astype(np.int16)


def test_six_decibels_less_are_six_decibels_farther() -> None:
    near, far = nearness_db(samples(syllables())), nearness_db(samples(syllables() / 2))
    assert near is not None
    assert far is not None
    assert near - far == pytest.approx(6.0, abs=0.3)


def test_of_two_equally_loud_the_one_with_fewer_echoes_is_nearer() -> None:
    dry = syllables()
    decay = np.random.default_rng(2).standard_normal(19_200) * np.exp(-np.arange(19_200) / 4800)
    echoes = np.convolve(dry, decay)[: len(dry)]
    echoes *= np.sqrt((dry[RATE_HZ:] ** 2).mean() / (echoes[RATE_HZ:] ** 2).mean())
    near, far = nearness_db(samples(dry)), nearness_db(samples(echoes))
    assert near is not None
    assert far is not None
    assert near > far + 2.0


def test_a_steady_noise_beside_the_device_brings_nobody_nearer() -> None:
    quiet = syllables()
    fan = np.random.default_rng(3).normal(0.0, 100.0, len(quiet))
    beside_a_fan, alone = nearness_db(samples(quiet + fan)), nearness_db(samples(quiet))
    assert beside_a_fan is not None
    assert alone is not None
    assert beside_a_fan < alone + 0.5


def test_silence_is_as_far_as_can_be_and_too_little_sound_tells_nothing() -> None:
    assert nearness_db(np.zeros(32_000, np.int16)) == FARTHEST_DB
    assert nearness_db(np.zeros(1_000, np.int16)) is None
