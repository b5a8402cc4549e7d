"""The book of timers: what is set comes once, at its time, whatever becomes of process, power and clocks."""

import sys
from collections.abc import Callable
from datetime import datetime

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from oyez.home.timer_dues import EARLIEST_S, PATIENCE_S, Moment, next_time
from oyez.home.timers import LATE_S, MOST, CannotSet, Kept, TimerBook
from tests.unit.oyez.home.timer_board import BERLIN, Board, ids, local, wall


def test_a_timer_is_due_after_its_seconds_and_not_a_moment_before() -> None:
    board = Board()
    eggs = board.book.set_timer(board.now, 300, "eggs")
    board.true_s += 299.99
    assert board.book.look(board.now).due == []
    board.true_s += 0.01
    assert board.book.look(board.now).due == [eggs]
    assert board.book.look(board.now).due == [], "it is told once"
    assert board.book.take_out([eggs.id]) == [eggs]
    assert len(board.book) == 0


def test_an_alarm_means_the_next_such_time() -> None:
    board = Board()
    assert local(board.book.wall_s(board.book.set_alarm(board.now, "07:00"))) == "2026-11-22T07:00+01:00"
    assert local(board.book.wall_s(board.book.set_alarm(board.now, "22:01"))) == "2026-11-21T22:01+01:00"
    assert local(board.book.wall_s(board.book.set_alarm(board.now, "22:00"))) == "2026-11-22T22:00+01:00"


@pytest.mark.parametrize(
    ("after", "at", "due"),
    [
        ("2026-03-28T22:00", "07:00", "2026-03-29T07:00+02:00"),
        ("2026-03-28T22:00", "02:30", "2026-03-29T03:30+02:00"),  # that night has no 02:30
        ("2026-10-24T22:00", "02:30", "2026-10-25T02:30+02:00"),  # that night has two
        ("2026-10-24T22:00", "07:00", "2026-10-25T07:00+01:00"),
    ],
)
def test_an_alarm_keeps_to_the_clock_on_the_wall_when_daylight_saving_begins_or_ends(
    after: str, at: str, due: str
) -> None:
    assert local(next_time(at, wall(after), BERLIN)) == due


def test_what_rang_before_a_crash_rings_again_until_somebody_acknowledged_it() -> None:
    board = Board()
    eggs = board.book.set_timer(board.now, 60)
    board.true_s += 60
    assert board.book.look(board.now).due == [eggs]
    board.kill()
    assert board.book.look(board.now).due == [eggs]
    board.book.take_out([eggs.id])
    board.kill()
    assert not board.book.look(board.now).due


@pytest.mark.parametrize(("off_s", "what"), [(400, "due"), (60 + LATE_S - 1, "due"), (70 + LATE_S, "missed")])
def test_what_came_due_while_the_power_was_off_rings_if_it_is_less_than_an_hour_late(off_s: float, what: str) -> None:
    board = Board()
    eggs = board.book.set_timer(board.now, 60)
    board.power_cut(off_s)
    board.network_time()
    look = board.book.look(board.now)
    assert ids(getattr(look, what)) == [eggs.id]
    assert len(look.due) + len(look.missed) == 1
    board.kill()
    again = board.book.look(board.now)
    assert (ids(again.due), again.missed) == ([eggs.id] if what == "due" else [], []), "what was missed is struck off"


@pytest.mark.parametrize("clock", ["past", "1970"])
def test_on_a_board_without_a_battery_the_networks_time_tells_what_came_meanwhile(clock: str) -> None:
    board = Board()
    eggs = board.book.set_timer(board.now, 600, "eggs")
    morning = board.book.set_alarm(board.now, "07:00")
    board.power_cut(wall("2026-11-22T07:10") - board.true_s, clock)
    assert board.book.look(board.now) == board.book.look(board.now)
    board.true_s += 30
    assert not board.book.look(board.now).due, "nobody knows yet how late it is"
    board.network_time()
    look = board.book.look(board.now)
    assert (ids(look.due), ids(look.missed)) == ([morning.id], [eggs.id])


def test_an_alarm_set_before_the_board_knew_the_time_means_the_next_one_by_the_right_clock() -> None:
    board = Board()
    board.power_cut(3600, "1970")
    morning = board.book.set_alarm(board.now, "07:00")
    board.true_s += 20
    board.network_time()
    look = board.book.look(board.now)
    assert (look.due, look.missed, look.changed) == ([], [], True)
    assert local(board.book.wall_s(morning)) == "2026-11-22T07:00+01:00"


def test_so_it_does_if_the_power_failed_before_the_network_gave_its_time() -> None:
    board = Board()
    board.power_cut(3600, "1970")
    board.book.set_alarm(board.now, "07:00")
    board.power_cut(60, "1970")
    board.network_time()
    look = board.book.look(board.now)
    assert (look.due, look.missed) == ([], [])
    (morning,) = board.book.upcoming()
    assert local(board.book.wall_s(morning)) == "2026-11-22T07:00+01:00"


def test_a_timer_set_before_the_board_knew_the_time_rings_late_rather_than_not_at_all() -> None:
    board = Board()
    board.power_cut(3600, "1970")
    eggs = board.book.set_timer(board.now, 600)
    board.power_cut(60, "1970")
    board.true_s += 20
    board.network_time()
    look = board.book.look(board.now)
    assert (look.due, look.missed) == ([], [])
    board.true_s += 579
    assert not board.book.look(board.now).due
    board.true_s += 1
    assert ids(board.book.look(board.now).due) == [eggs.id]


def test_without_a_network_a_clock_that_nobody_vouches_for_counts_after_a_while() -> None:
    board = Board()
    morning = board.book.set_alarm(board.now, "07:00")
    board.power_cut(wall("2026-11-22T07:00") - board.true_s, "kept")
    board.true_s += PATIENCE_S - 1
    assert not board.book.look(board.now).due
    board.true_s += 1
    assert ids(board.book.look(board.now).due) == [morning.id]


@pytest.mark.parametrize("step_s", [-7200.0, -30.0, 30.0, 7200.0])
def test_a_wall_clock_that_is_set_moves_alarms_and_no_timers(step_s: float) -> None:
    board = Board()
    eggs = board.book.set_timer(board.now, 600)
    before_s = board.book.due_s(eggs)
    late = board.book.set_alarm(board.now, "23:59")
    board.error_s += step_s
    board.book.look(board.now)
    assert board.book.due_s(eggs) == before_s
    assert datetime.fromtimestamp(board.book.wall_s(late), BERLIN).strftime("%H:%M") == "23:59"


def test_a_clock_that_is_put_right_over_an_alarm_loses_it_not() -> None:
    board = Board(wall("2026-11-22T06:59:58"))
    morning = board.book.set_alarm(board.now, "07:00")
    board.error_s = 5.0
    assert ids(board.book.look(board.now).due) == [morning.id]


def test_an_alarm_that_rang_does_not_ring_again_when_the_clock_goes_back() -> None:
    board = Board(wall("2026-11-22T06:59:58"))
    morning = board.book.set_alarm(board.now, "07:00")
    board.true_s += 3
    board.book.look(board.now)
    board.book.take_out([morning.id])
    board.error_s = -60.0
    board.true_s += 120
    assert not board.book.look(board.now).due


def test_there_is_room_for_a_thousand_and_an_id_is_given_once() -> None:
    board = Board()
    board.book.set_timer(board.now, 60, timer_id="t2")
    with pytest.raises(CannotSet, match="id t2 already"):
        board.book.set_timer(board.now, 60, timer_id="t2")
    given_out = {board.book.set_timer(board.now, 60).id for _ in range(MOST - 1)}
    assert len(given_out) == MOST - 1
    with pytest.raises(CannotSet, match="1000 timers"):
        board.book.set_alarm(board.now, "07:00")
    board.book.take_out(given_out)
    board.kill()
    assert board.book.set_timer(board.now, 60).id not in given_out


def test_what_is_set_is_told_in_the_order_in_which_it_comes() -> None:
    board = Board()
    late, soon = board.book.set_timer(board.now, 600), board.book.set_timer(board.now, 60)
    assert board.book.upcoming() == [soon, late]
    assert board.book.upcoming(1) == [soon]
    assert board.book.next_s == board.now.mono_s + 60


def calls(work: Callable[[], object]) -> int:
    """Of Python and C functions."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_a_thousand_timers_cost_a_look_no_more_than_one_does() -> None:
    """Operations counted: nothing is scanned while nothing is due, nor to set or to cancel one."""
    few, many = Board(), Board()
    few.book.set_timer(few.now, 10)
    for seconds in range(MOST - 11):
        many.book.set_timer(many.now, 10 + seconds)
    for minute in range(10):
        many.book.set_alarm(many.now, f"07:{minute:02d}")
    moments = few.now, many.now
    look = calls(lambda: few.book.look(moments[0]))
    assert calls(lambda: many.book.look(moments[1])) == look
    assert look < 20
    # Bisection asks where it belongs: ten comparisons of a thousand, in C.
    assert calls(lambda: many.book.set_timer(moments[1], 500)) <= calls(lambda: few.book.set_timer(moments[0], 500))
    assert calls(lambda: many.book.take_out(["t500"])) <= calls(lambda: few.book.take_out(["t1"])) + 2


@given(st.text(max_size=200) | st.just('{"anchor": {"boot": "x", "mono_s": 1e300, "wall_s": 0}, "entries": []}'))
def test_whatever_the_file_holds_it_is_understood_or_refused(text: str) -> None:
    try:
        kept = msgspec.json.decode(text.encode(), type=Kept)
    except msgspec.DecodeError:
        return
    TimerBook(Board().now, kept, BERLIN).look(Board().now)


def test_a_clock_before_this_software_was_made_is_worth_nothing() -> None:
    assert Moment("", 0.0, EARLIEST_S - 1).worth < Moment("", 0.0, EARLIEST_S, sure=False).worth
    assert Moment("", 0.0, EARLIEST_S, sure=False).worth < Moment("", 0.0, EARLIEST_S).worth
