"""Streaming resampling: however the stream is cut, the sound and its time are the same."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.resampling import Resampler

RATES = [(48_000, 16_000), (44_100, 16_000), (32_000, 16_000), (16_000, 16_000), (8_000, 16_000), (16_000, 24_000)]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """But for soxr's dither, which moves the last bits."""
    return one.shape == other.shape and bool(np.all(np.abs(one.astype(np.int32) - other) <= 3))


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
@given(sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=20))
def test_chunks_of_any_size_give_the_same_sound(from_hz: int, to_hz: int, sizes: list[int]) -> None:
    sound = np.random.default_rng(1).normal(0, 3000, sum(sizes)).astype(np.int16)
    at_once, in_chunks = Resampler(from_hz, to_hz), Resampler(from_hz, to_hz)
    whole = np.concatenate([at_once.feed(sound), at_once.flush()])
    parts = [in_chunks.feed(part) for part in np.split(sound, np.cumsum(sizes)[:-1])]
    assert same(np.concatenate([*parts, in_chunks.flush()]), whole)
    assert abs(len(whole) - len(sound) * to_hz / from_hz) <= 1


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_click_keeps_its_time(from_hz: int, to_hz: int) -> None:
    sound = np.zeros(from_hz, np.int16)
    sound[from_hz // 2] = 30_000
    stream = Resampler(from_hz, to_hz)
    out = np.zeros(0, np.int16)
    for start in range(0, from_hz, from_hz // 50):
        out = np.concatenate([out, stream.feed(sound[start : start + from_hz // 50])])
        fed_s = min(start + from_hz // 50, from_hz) / from_hz
        assert len(out) / to_hz == pytest.approx(fed_s - stream.held_s, abs=1e-6)
        assert 0 <= stream.held_s <= 0.07
    assert abs(int(np.argmax(np.abs(out.astype(np.int32)))) / to_hz - 0.5) <= 1 / to_hz


def test_after_a_flush_a_new_stream_begins() -> None:
    stream, fresh = Resampler(48_000, 16_000), Resampler(48_000, 16_000)
    sound = np.random.default_rng(2).normal(0, 3000, 4800).astype(np.int16)
    stream.feed(sound)
    stream.flush()
    assert same(stream.feed(sound), fresh.feed(sound))
