"""Mixdown."""

import numpy as np
import pytest

from oyez.hearing.mixdown import mixdown


def test_the_mean_of_loud_microphones_does_not_wrap_around() -> None:
    samples = np.full((4, 6), 32_767, np.int16)
    assert mixdown(samples).tolist() == [32_767] * 4
    assert mixdown(np.full((4, 2), -32_768, np.int16)).tolist() == [-32_768] * 4


def test_one_microphone_can_be_chosen() -> None:
    samples = np.array([[1, 20, 300], [2, 40, 600]], np.int16)
    assert mixdown(samples, 1).tolist() == [20, 40]
    assert mixdown(samples).tolist() == [107, 214]


@pytest.mark.parametrize("channel", [-1, 2])
def test_a_microphone_that_is_not_there_is_refused(channel: int) -> None:
    with pytest.raises(ValueError, match="delivers only 2"):
        mixdown(np.zeros((4, 2), np.int16), channel)
