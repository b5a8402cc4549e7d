"""Near misses are rationed, however many there are."""

from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given

from oyez.hearing.locker.ration import Ration


@given(st.lists(st.floats(0.0, 1000.0), max_size=200), st.integers(1, 20), st.floats(1.0, 100.0))
def test_no_span_of_time_gets_more_than_its_share(gaps_s: list[float], at_once: int, per_hour: float) -> None:
    ration, now_s = Ration(at_once, per_hour, 0.0), 0.0
    taken: list[float] = []
    for gap_s in gaps_s:
        now_s += gap_s
        if ration.take(now_s):
            taken.append(now_s)
    for first, began_s in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= at_once + (taken[last] - began_s) * per_hour / 3600.0 + 1e-6


def test_after_a_quiet_time_it_is_full_again_and_no_fuller() -> None:
    ration = Ration(3, 60.0, 0.0)
    assert [ration.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [ration.take(60.0) for _ in range(2)] == [True, False]
    assert [ration.take(1e6) for _ in range(4)] == [True, True, True, False]


@given(st.lists(st.floats(0.0, 1e5), min_size=2, max_size=50))
def test_a_clock_that_goes_back_gives_nothing(times_s: list[float]) -> None:
    ration = Ration(1, 3600.0, 0.0)
    for before_s, now_s in pairwise(times_s):
        ration.take(before_s)
        if now_s <= before_s:
            assert not ration.take(now_s)
