"""Where the request begins, on sounds whose border is known."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.phrase_end import LIKELY_AGE_MS, WINDOW_S, request_age_s


@given(st.integers(0, 12_000), st.integers(0, 2**32 - 1))
def test_the_answer_lies_within_the_sound_and_the_window(samples: int, seed: int) -> None:
    sound = np.random.default_rng(seed).normal(0, 2000, samples).astype(np.int16)
    assert 0.0 <= request_age_s(sound) <= min(WINDOW_S, samples / 16_000)


@pytest.mark.parametrize("gap_age_ms", [80, 120, 160, 200, 240])
def test_a_dip_between_words_is_found(gap_age_ms: int) -> None:
    sound = np.random.default_rng(4).normal(0, 3000, 8000)
    middle = 8000 - gap_age_ms * 16
    sound[middle - 400 : middle + 400] *= 0.01
    assert abs(request_age_s(sound.astype(np.int16)) * 1000 - gap_age_ms) <= 25


def test_in_silence_and_without_a_dip_it_takes_the_likely_moment() -> None:
    assert request_age_s(np.zeros(8000, np.int16)) == pytest.approx(LIKELY_AGE_MS / 1000, abs=0.01)


def test_a_dip_inside_the_first_word_does_not_win_over_the_border_before_it() -> None:
    sound = np.random.default_rng(5).normal(0, 3000, 8000)
    sound[8000 - 3000 : 8000 - 2200] *= 0.05
    sound[8000 - 900 : 8000 - 300] *= 0.03
    assert request_age_s(sound.astype(np.int16)) >= 0.13
