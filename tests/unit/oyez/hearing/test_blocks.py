"""Blocks of 10 ms."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.hearing.blocks import BLOCK, RATE_HZ, Blocks


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_no_sample_is_lost_or_moved_in_time(sizes: list[int]) -> None:
    blocks, seen, put = Blocks(), [], 0
    sound = (np.arange(sum(sizes)) % 30_000).astype(np.int16)
    for size in sizes:
        for block, end_s in blocks.cut(sound[put : put + size], 50.0 + (put + size) / RATE_HZ):
            seen.append(block)
            assert end_s == pytest.approx(50.0 + len(seen) * BLOCK / RATE_HZ)
        put += size
    whole = put - put % BLOCK
    assert len(seen) == whole // BLOCK
    assert np.array_equal(np.concatenate([np.zeros(0, np.int16), *seen]), sound[:whole])
