"""How fast recorded sound may catch up with the present."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.session.pacing import FASTEST, HEAD_START_S, Pacer

PIECE_S = 0.02


def test_the_head_start_goes_at_once_and_the_next_piece_waits() -> None:
    pacer = Pacer(100.0)
    for _ in range(round(HEAD_START_S / PIECE_S)):
        assert pacer.wait_s(PIECE_S, 100.0) == pytest.approx(0.0)
    assert pacer.wait_s(PIECE_S, 100.0) == pytest.approx(PIECE_S / FASTEST)


def test_sound_that_comes_as_it_is_spoken_never_waits() -> None:
    pacer = Pacer(0.0)
    assert all(pacer.wait_s(PIECE_S, n * PIECE_S) == 0.0 for n in range(1000))


def test_a_backlog_is_sent_no_slower_than_it_may_be() -> None:
    pacer, now = Pacer(0.0), 0.0
    for _ in range(500):
        now += pacer.wait_s(PIECE_S, now)
    assert now == pytest.approx((500 * PIECE_S - HEAD_START_S) / FASTEST)


@given(st.lists(st.tuples(st.floats(0.001, 1.0), st.floats(0.0, 60.0)), max_size=60))
def test_over_no_stretch_of_time_goes_more_than_the_head_start_and_the_pace(pieces: list[tuple[float, float]]) -> None:
    """A quiet minute is no licence for a burst. (Measured by others: the service loses sound that comes too fast.)"""
    pacer, now = Pacer(0.0), 0.0
    sent: list[tuple[float, float]] = []
    for piece_s, idle_s in pieces:
        now += idle_s
        now += pacer.wait_s(piece_s, now)
        sent.append((now, piece_s))
    for first, (began_s, _) in enumerate(sent):
        total_s = 0.0
        for ended_s, piece_s in sent[first:]:
            total_s += piece_s
            assert total_s <= HEAD_START_S + FASTEST * (ended_s - began_s) + sent[first][1] + 1e-6


def test_a_clock_that_stands_still_or_jumps_back_grants_nothing() -> None:
    pacer = Pacer(10.0)
    first = pacer.wait_s(2.0, 10.0)
    assert pacer.wait_s(0.0, 5.0) == first == pytest.approx((2.0 - HEAD_START_S) / FASTEST)
