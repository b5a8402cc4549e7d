"""Timers over weeks of people, power cuts and clocks: none is lost, none early, none twice."""

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from oyez.home.timer_dues import next_time
from oyez.home.timers import LATE_S, STEP_S
from tests.unit.oyez.home.timer_board import BERLIN, TICK_S, Board, wall


class Life(RuleBasedStateMachine):
    """A board with timers for weeks: people, power cuts and clocks do what they like."""

    @initialize(month=st.sampled_from(["2026-03-27T20:00", "2026-10-23T20:00", "2026-11-21T22:00"]))
    def begin(self, month: str) -> None:
        self.board = Board(wall(month))
        self.wanted: dict[str, float] = {}
        """id: the true time at which it is to ring."""
        self.is_alarm: set[str] = set()
        self.ringing: set[str] = set()
        self.over: set[str] = set()
        self.network = True

    def _look(self) -> None:
        board = self.board
        look = board.book.look(board.now)
        for entry in (*look.due, *look.missed):
            assert entry.id in self.wanted, "it was cancelled or acknowledged, or never set"
            assert board.true_s >= self.wanted[entry.id] - 0.001 - STEP_S * (entry.id in self.is_alarm), "too early"
        self.ringing |= {entry.id for entry in look.due}
        for entry in look.missed:
            assert entry.id not in self.ringing
            assert board.true_s - self.wanted.pop(entry.id) > LATE_S
            self.over.add(entry.id)

    @rule(seconds=st.floats(1, 100_000))
    def set_a_timer(self, seconds: float) -> None:
        entry = self.board.book.set_timer(self.board.now, seconds)
        self.wanted[entry.id] = self.board.true_s + seconds

    @rule(hour=st.integers(0, 23), minute=st.integers(0, 59))
    def set_an_alarm(self, hour: int, minute: int) -> None:
        at = f"{hour:02d}:{minute:02d}"
        entry = self.board.book.set_alarm(self.board.now, at)
        self.wanted[entry.id] = next_time(at, self.board.true_s, BERLIN)
        self.is_alarm.add(entry.id)

    @rule(data=st.data())
    def cancel_or_acknowledge(self, data: st.DataObject) -> None:
        if self.wanted:
            timer_id = data.draw(st.sampled_from(sorted(self.wanted)))
            (entry,) = self.board.book.take_out([timer_id])
            assert entry.id == timer_id
            del self.wanted[timer_id]
            self.ringing.discard(timer_id)
            self.over.add(timer_id)

    @rule(seconds=st.floats(0.1, 20_000))
    def time_passes(self, seconds: float) -> None:
        """In looks that are never further apart than the shell's, but where nothing is due between."""
        board = self.board
        until_s = board.true_s + seconds
        while board.true_s < until_s:
            next_s = board.book.next_s
            ahead_s = max(TICK_S, 0.0 if next_s is None else next_s - board.now.mono_s)
            board.true_s = min(until_s, board.true_s + ahead_s)
            self._look()

    @rule()
    def kill_and_restart(self) -> None:
        self.board.kill()
        self.ringing.clear()
        self._look()

    @rule(off_s=st.floats(1, 50_000), clock=st.sampled_from(["kept", "past", "1970"]), wait_s=st.floats(0, 100))
    def power_cut(self, off_s: float, clock: str, wait_s: float) -> None:
        """The network's time comes within two minutes."""
        self.board.power_cut(off_s, clock)
        self.ringing.clear()
        self._look()
        self.board.true_s += wait_s
        self._look()
        self.board.network_time()
        self._look()

    @rule(error_s=st.floats(-100_000, 100_000), after_s=st.floats(0, 3))
    def the_clock_is_wrong_for_a_moment(self, error_s: float, after_s: float) -> None:
        """Alarms are looked at by a wrong clock only while it is: a person or a server puts it right."""
        if self.is_alarm & self.wanted.keys():
            return
        self.board.error_s = error_s
        self._look()
        self.board.true_s += after_s
        self._look()
        self.board.network_time()
        self._look()

    @invariant()
    def nothing_is_lost(self) -> None:
        if hasattr(self, "board"):
            assert {entry.id for entry in self.board.book.upcoming()} == set(self.wanted)
            overdue = {one for one, due_s in self.wanted.items() if self.board.true_s > due_s + TICK_S + STEP_S}
            assert overdue <= self.ringing, "it should have rung"


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)
