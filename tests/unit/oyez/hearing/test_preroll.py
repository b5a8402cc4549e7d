"""The pre-roll against the plain list of all sound ever put."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.preroll import Preroll

RATE = 1000


@given(
    sizes=st.lists(st.integers(1, 300), min_size=1, max_size=30),
    ago=st.integers(0, 3000),
    most=st.integers(100, 2000),
)
def test_since_gives_each_sample_from_that_time_on_once(sizes: list[int], ago: int, most: int) -> None:
    preroll = Preroll(most / RATE, RATE)
    sound = (np.arange(sum(sizes)) % 30_000).astype(np.int16)
    put = 0
    for size in sizes:
        preroll.put(sound[put : put + size], 100.0 + (put + size) / RATE)
        put += size
    got = preroll.since(100.0 + (put - ago) / RATE)
    assert np.array_equal(got, sound[put - len(got) :])
    assert len(got) == min(ago, put) or len(got) >= min(most, put)


def test_a_gap_in_the_capture_does_not_shift_the_times() -> None:
    preroll = Preroll(10.0, RATE)
    preroll.put(np.full(100, 1, np.int16), 1.0)
    preroll.put(np.full(100, 2, np.int16), 5.0)
    assert preroll.since(0.95).tolist() == [1] * 50 + [2] * 100
    assert preroll.since(4.95).tolist() == [2] * 50


def test_between_ends_where_it_was_asked_to() -> None:
    preroll = Preroll(10.0, RATE)
    preroll.put(np.arange(100, dtype=np.int16), 1.0)
    assert preroll.between(0.95, 0.98).tolist() == list(range(50, 80))


def test_it_forgets() -> None:
    preroll = Preroll(1.0, RATE)
    preroll.put(np.ones(100, np.int16), 1.0)
    preroll.clear()
    assert preroll.since(0.0).size == 0


def test_what_is_older_than_it_holds_is_gone() -> None:
    preroll = Preroll(0.5, RATE)
    for k in range(100):
        preroll.put(np.full(20, k, np.int16), (k + 1) * 0.02)
    assert preroll.since(0.0).size == pytest.approx(500, abs=20)
