"""Chimes: short, soft, without clicks."""

from typing import get_args

import numpy as np
import pytest

from oyez.speaking.chimes import RING_MOST_DBFS, RING_S, Chime, chime, ring


@pytest.mark.parametrize("name", get_args(Chime))
@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_each_is_short_at_its_level_and_begins_and_ends_in_silence(name: Chime, rate_hz: int) -> None:
    sound = chime(name, rate_hz, -18.0)
    assert sound.dtype == np.int16
    assert 0.1 <= len(sound) / rate_hz <= (0.45 if name == "ring" else 0.25)
    assert np.abs(sound).max() == pytest.approx(32_767 * 10 ** (-18 / 20), abs=1)
    assert abs(int(sound[0])) <= 2
    assert abs(int(sound[-1])) <= 20


def test_no_two_sound_alike() -> None:
    sounds = [chime(name, 16_000, -18.0) for name in get_args(Chime)]
    assert len({sound.tobytes() for sound in sounds}) == len(get_args(Chime))


@pytest.mark.parametrize("level_dbfs", [-18.0, 0.0])
def test_a_ring_is_louder_than_a_chime_never_full_and_leaves_a_pause_for_a_wake_word(level_dbfs: float) -> None:
    sound = ring(16_000, level_dbfs)
    assert len(sound) == RING_S * 16_000
    peak = np.abs(sound.astype(int)).max()
    assert np.abs(chime("wake", 16_000, -18.0).astype(int)).max() < peak <= 32_767 * 10 ** (RING_MOST_DBFS / 20) + 1
    (sounding,) = np.nonzero(sound)
    assert sounding[-1] / 16_000 <= RING_S - 2.0
