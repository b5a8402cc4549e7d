"""The speech embedding: the same rows however the sound is divided, and the published frame rate."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez.hearing.wake import embedding
from oyez.hearing.wake.embedding import FIRST_SAMPLES, ROW_SAMPLES, WIDTH, Embedder, embed, mel_frames


def babble(samples: int, seed: int = 1) -> np.ndarray:
    """Noise whose loudness moves as that of speech does."""
    random = np.random.default_rng(seed)
    loudness = 2000 * (1.2 + np.sin(np.arange(samples) * 2 * np.pi * 4 / 16_000))
    return (random.standard_normal(samples) * loudness).clip(-32768, 32767).astype(np.int16)


SOUND = babble(40_000)
WHOLE = embed(SOUND)


@given(st.lists(st.integers(0, 9_000), max_size=12))
@settings(max_examples=15, deadline=None)
def test_any_division_into_blocks_gives_the_same_rows(cuts: list[int]) -> None:
    stream = Embedder()
    borders = [0, *np.minimum(np.cumsum(cuts), len(SOUND)).astype(int), len(SOUND)]
    rows = np.concatenate([stream.feed(SOUND[a:b]) for a, b in pairwise(borders)])
    np.testing.assert_allclose(rows, WHOLE, atol=1e-3)


@given(st.integers(0, 30_000))
@settings(max_examples=10, deadline=None)
def test_as_many_rows_come_as_the_publisher_says(samples: int) -> None:
    rows = embed(SOUND[:samples])
    assert rows.shape == (max(0, 1 + (samples - FIRST_SAMPLES) // ROW_SAMPLES), WIDTH)


@given(st.integers(0, 20))
@settings(max_examples=5, deadline=None)
def test_a_row_depends_on_its_own_window_alone(row: int) -> None:
    start = row * ROW_SAMPLES
    alone = embed(SOUND[start : start + FIRST_SAMPLES])
    np.testing.assert_allclose(alone[0], WHOLE[row], atol=1e-3)


def test_after_a_reset_nothing_is_left_of_earlier_sound() -> None:
    stream = Embedder()
    stream.feed(babble(30_000, seed=2))
    stream.reset()
    np.testing.assert_array_equal(stream.feed(SOUND), WHOLE)


def test_long_sound_is_worked_on_in_lumps_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_LUMP_ROWS", 3)
    np.testing.assert_allclose(embed(SOUND), WHOLE, atol=1e-3)


def test_a_tone_is_loudest_in_the_band_of_its_frequency() -> None:
    tone = (8000 * np.sin(np.arange(16_000) * 2 * np.pi * 1000 / 16_000)).astype(np.int16)
    frames = mel_frames(tone)
    assert frames.shape == (98, 32)
    # 1 kHz is Slaney's mel 15; the bands lie evenly from 0.9 to 34.4, so it falls between the 13th and the 14th.
    assert set(frames.argmax(axis=1)) <= {12, 13, 14}


def test_tenfold_amplitude_raises_each_band_by_two() -> None:
    quiet = (SOUND // 20).astype(np.int16)
    difference = mel_frames((quiet * 10).astype(np.int16)) - mel_frames(quiet)
    np.testing.assert_allclose(difference, 2.0, atol=1e-3)


def test_perfect_silence_is_like_rounding_noise() -> None:
    rounding = np.rint(np.random.default_rng(3).uniform(-0.5, 0.5, 16_000) * 1.01).astype(np.int16)
    assert np.abs(mel_frames(np.zeros(16_000, np.int16)).mean() - mel_frames(rounding).mean()) < 0.5


def test_the_weights_are_those_that_were_published() -> None:
    """The first and the last row of a fixed sound, as the reference conversion gave them to 16 bits of weight."""
    assert np.abs(WHOLE).mean() == pytest.approx(REFERENCE_MEAN, rel=0.02)
    np.testing.assert_allclose(WHOLE[0, :6], REFERENCE_ROW, atol=0.3)


REFERENCE_MEAN = 12.22
REFERENCE_ROW = [3.92, 21.03, 2.41, -2.76, 12.80, 28.42]
