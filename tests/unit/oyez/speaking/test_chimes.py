"""Chimes: short, soft, without clicks."""

from typing import get_args

import numpy as np
import pytest

from oyez.speaking.chimes import Chime, chime


@pytest.mark.parametrize("name", get_args(Chime))
@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_each_is_short_at_its_level_and_begins_and_ends_in_silence(name: Chime, rate_hz: int) -> None:
    sound = chime(name, rate_hz, -18.0)
    assert sound.dtype == np.int16
    assert 0.1 <= len(sound) / rate_hz <= 0.25
    assert np.abs(sound).max() == pytest.approx(32_767 * 10 ** (-18 / 20), abs=1)
    assert abs(int(sound[0])) <= 2
    assert abs(int(sound[-1])) <= 20


def test_no_two_sound_alike() -> None:
    sounds = [chime(name, 16_000, -18.0) for name in get_args(Chime)]
    assert len({sound.tobytes() for sound in sounds}) == 5
