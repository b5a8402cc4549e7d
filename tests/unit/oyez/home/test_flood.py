"""The token bucket and the memory of orders, under any sequence of times."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.home.flood import Recent, TokenBucket

STEPS = st.lists(st.floats(0.0, 5.0), max_size=200)


@given(STEPS)
def test_never_more_than_the_burst_and_the_rate_pass(steps: list[float]) -> None:
    bucket = TokenBucket(5.0, 20.0, 0.0)
    now, passed = 0.0, 0
    for step in steps:
        now += step
        passed += bucket.take(now)
        assert passed <= 20 + 5 * now + 1e-6


def test_after_a_flood_orders_pass_again() -> None:
    bucket = TokenBucket(1.0, 2.0, 0.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    assert bucket.take(1.0)


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    bucket = TokenBucket(1.0, 1.0, 10.0)
    assert bucket.take(10.0)
    assert not bucket.take(0.0)
    assert not bucket.take(10.5)


@pytest.mark.parametrize(("per_s", "burst"), [(0.0, 1.0), (1.0, 0.5)])
def test_a_bucket_that_would_never_give_is_refused(per_s: float, burst: float) -> None:
    with pytest.raises(ValueError, match="per_s > 0"):
        TokenBucket(per_s, burst, 0.0)


def test_the_same_order_is_new_only_once_until_it_is_forgotten() -> None:
    recent = Recent(life_s=300.0)
    assert recent.add("a", 0.0)
    assert not recent.add("a", 300.0)
    assert recent.add("a", 300.1)


def test_the_answer_of_a_known_order_is_remembered_and_of_an_unknown_one_is_not() -> None:
    recent = Recent()
    for key in ("a one", "a two", "ab one"):
        recent.add(key, 0.0)
    recent.settle("a", {"ok": True})
    recent.settle("b", {"ok": True})
    assert [recent.answer(key) for key in ("a one", "a two", "ab one", "b one")] == [None, {"ok": True}, None, None]


def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    recent = Recent(capacity=2)
    assert all(recent.add(key, 0.0) for key in "abc")
    assert recent.add("a", 0.0)
    assert not recent.add("c", 0.0)
