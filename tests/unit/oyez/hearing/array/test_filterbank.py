"""The filter bank: however the stream is cut, it is one convolution."""

import numpy as np
from hypothesis import given, strategies as st

from oyez.hearing.array.filterbank import FilterBank
from oyez.hearing.array.weights import TAPS


@given(st.lists(st.integers(0, 900), min_size=1, max_size=8), st.integers(1, 8), st.integers(0, 99))
def test_lumps_of_any_size_are_one_convolution(sizes: list[int], count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    filters = (rng.standard_normal((count, TAPS)) * 0.05).astype(np.float32)
    sound = rng.integers(-3000, 3000, (sum(sizes), count)).astype(np.int16)
    bank = FilterBank(filters)
    out = np.concatenate([bank.feed(part) for part in np.split(sound, np.cumsum(sizes)[:-1])])
    whole = (
        sum(np.convolve(sound[:, n].astype(float), filters[n])[: len(sound)] for n in range(count))
        if len(sound)
        else []
    )
    assert len(out) == len(sound)
    assert np.allclose(out, np.clip(whole, -32768, 32767), atol=1.5)


def test_new_filters_fade_in_without_a_click() -> None:
    one, other = np.zeros((1, TAPS), np.float32), np.zeros((1, TAPS), np.float32)
    one[0, 0], other[0, 0] = 1.0, -1.0
    bank, sound = FilterBank(one), np.full((320, 1), 10_000, np.int16)
    bank.feed(sound)
    bank.change(other)
    turned = np.concatenate([bank.feed(sound), bank.feed(sound)]).astype(int)
    assert turned[-1] == -10_000
    assert np.abs(np.diff(turned)).max() < 100
