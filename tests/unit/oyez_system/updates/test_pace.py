"""A download takes no more of the line than it may."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez_system.updates.pace import Pace

PIECES = st.lists(st.tuples(st.integers(1, 65536), st.floats(0.0, 1.0)), min_size=1, max_size=60)


@given(PIECES, st.floats(1000.0, 1e6))
def test_over_any_time_no_more_comes_than_the_rate_and_one_piece(pieces: list[tuple[int, float]], rate: float) -> None:
    pace, now_s, came = Pace(rate), 0.0, 0
    for count, line_s in pieces:
        now_s += line_s
        came += count
        now_s += pace.wait_s(count, now_s)
    first_s = pieces[0][1]
    assert came <= rate * (now_s - first_s) * (1 + 1e-9) + 1


def test_a_line_that_is_slower_than_the_rate_is_not_made_to_wait() -> None:
    pace = Pace(1000.0)
    pace.wait_s(100, 0.0)
    assert pace.wait_s(100, 5.0) == 0.0
    assert pace.wait_s(500, 5.0) == pytest.approx(0.5)


def test_without_a_limit_nothing_waits() -> None:
    assert Pace(0.0).wait_s(1 << 30, 1.0) == 0.0
