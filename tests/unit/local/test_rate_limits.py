"""Requests and tokens a minute."""

from hypothesis import given, strategies as st

from oyez_local.rate_limits import RateLimits


def test_requests_run_out_and_come_back() -> None:
    """Two a minute: the third is refused with the time to wait, and admitted half a minute later."""
    limits = RateLimits(requests=2, tokens=1000)
    assert [limits.admit(1, 0.0), limits.admit(1, 0.0)] == [None, None]
    assert "requests per min: Limit 2" in (limits.admit(1, 0.0) or "")
    assert limits.admit(1, 30.0) is None


def test_what_was_spent_is_told_exactly() -> None:
    """Remaining and reset follow from what was taken, and refill evenly."""
    limits = RateLimits(requests=60, tokens=600)
    assert limits.admit(100, 0.0) is None
    limits.spend(300, 0.0)
    requests, tokens = limits.left(0.0)
    assert (requests.remaining, tokens.remaining, tokens.reset_s) == (59, 300, 30.0)
    assert limits.left(10.0)[1].remaining == 400


def test_a_prompt_that_does_not_fit_is_refused() -> None:
    """More tokens than are left: refused, and no request is taken for it."""
    limits = RateLimits(requests=10, tokens=100)
    assert "tokens per min: Limit 100, Requested 101" in (limits.admit(101, 0.0) or "")
    assert limits.left(0.0)[0].remaining == 10


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(0, 500)), max_size=30))
def test_never_more_than_the_limit_is_left(steps: list[tuple[float, int]]) -> None:
    """Whatever is spent and however time passes: between nothing and the limit."""
    limits, now_s = RateLimits(requests=5, tokens=200), 0.0
    for pause_s, amount in steps:
        now_s += pause_s
        if limits.admit(amount, now_s) is None:
            limits.spend(amount, now_s)
        for left in limits.left(now_s):
            assert 0 <= left.remaining <= left.limit
            assert left.reset_s >= 0
