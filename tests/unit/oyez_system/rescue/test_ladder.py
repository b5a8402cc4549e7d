"""The ladder is climbed rung by rung, the board is rebooted at a bounded rate, and nobody is left alone in silence."""

from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given, strategies as st

from oyez_system.rescue.ladder import (
    DAY_S,
    LOOK_S,
    MOST_REBOOTS,
    STEADY_S,
    Decision,
    Failure,
    History,
    Moment,
    Step,
    next_step,
)


@dataclass
class Board:
    """Boots, lives, and does what was decided. What is remembered goes through the file's form each time."""

    boot: int = 0
    uptime_s: float = 30.0
    history: History = field(default_factory=History)
    did: list[Decision] = field(default_factory=list)

    def fails(self, after_s: float = 60.0, failure: Failure = Failure.BROKEN, *, lasting: bool = True) -> Decision:
        """The daemon is given up so long after it was started last."""
        self.uptime_s += after_s
        now = Moment(f"boot-{self.boot}", self.uptime_s)
        known = msgspec.json.decode(msgspec.json.encode(self.history), type=History)
        self.history, decision = next_step(known, failure, "it failed", now, lasting=lasting)
        self.did.append(decision)
        self.uptime_s += decision.wait_s
        if decision.step is Step.REBOOT:
            self.boots()
        return decision

    def boots(self) -> None:
        self.boot, self.uptime_s = self.boot + 1, 30.0

    def steps(self) -> list[str]:
        return [decision.step.value for decision in self.did]


def test_dependencies_then_one_reboot_then_help_for_ever() -> None:
    board = Board()
    for _ in range(6):
        board.fails()
    assert board.steps() == ["dependencies", "reboot", "help", "help", "help", "help"]
    assert [decision.aloud for decision in board.did] == [False, False, True, False, False, False]
    assert all(decision.wait_s == LOOK_S for decision in board.did[2:])


def test_a_reboot_that_gave_an_hour_of_life_is_allowed_again_and_three_of_them_are_not_without_a_day() -> None:
    board = Board()
    for _ in range(MOST_REBOOTS + 1):
        board.fails(STEADY_S)
        board.fails()
    assert board.steps().count("reboot") == MOST_REBOOTS
    assert board.steps()[-1] == "help"
    board.fails(DAY_S)
    assert board.fails().step is Step.REBOOT


def test_a_hand_on_the_plug_begins_anew_at_the_foot() -> None:
    board = Board()
    for _ in range(3):
        board.fails()
    board.boots()
    assert board.fails().step is Step.DEPENDENCIES


def test_a_history_that_does_not_outlive_a_reboot_never_leads_to_one() -> None:
    board = Board()
    assert [board.fails(lasting=False).step for _ in range(3)] == [Step.DEPENDENCIES, Step.HELP, Step.HELP]


@pytest.mark.parametrize("before", range(4))
def test_a_mistake_is_a_persons_to_mend_on_every_rung(before: int) -> None:
    board = Board()
    for _ in range(before):
        board.fails()
    decision = board.fails(failure=Failure.MISTAKE)
    assert decision == Decision(Step.MISTAKE, 0.0, aloud=True)
    assert board.fails().step is Step.DEPENDENCIES


def test_a_daemon_that_was_only_restarted_by_hand_too_often_is_started_again_and_no_rung_is_lost() -> None:
    board = Board()
    board.fails()
    assert board.fails(failure=Failure.ORDERED).step is Step.AGAIN
    assert board.fails().step is Step.REBOOT


ACTS = st.lists(
    st.tuples(
        st.sampled_from([1.0, 60.0, 600.0, STEADY_S - 1, STEADY_S, DAY_S]),
        st.sampled_from(Failure),
        st.booleans(),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=60,
)


@given(ACTS)
def test_whatever_happens_it_is_started_again_soon_or_the_board_is_or_a_person_was_told(
    acts: list[tuple[float, Failure, bool, bool]],
) -> None:
    board = Board()
    for after_s, failure, lasting, power_cut in acts:
        decision = board.fails(after_s, failure, lasting=lasting)
        match decision.step:
            case Step.MISTAKE:
                assert decision.aloud
            case Step.REBOOT:
                assert lasting
            case _:
                assert 0.0 < decision.wait_s <= LOOK_S
        if power_cut:
            board.boots()


@given(ACTS)
def test_the_board_never_reboots_more_often_than_its_bounds_allow(
    acts: list[tuple[float, Failure, bool, bool]],
) -> None:
    board, of_the_day, of_the_hour = Board(), 0, 0
    for after_s, failure, lasting, power_cut in acts:
        lived_s = board.uptime_s + after_s if board.history.boot_id != f"boot-{board.boot}" else after_s
        if lived_s >= DAY_S:
            of_the_day = 0
        if lived_s >= STEADY_S:
            of_the_hour = 0
        rebooted = board.fails(after_s, failure, lasting=lasting).step is Step.REBOOT
        of_the_day, of_the_hour = of_the_day + rebooted, of_the_hour + rebooted
        assert of_the_day <= MOST_REBOOTS
        assert of_the_hour <= 1
        if power_cut or failure is Failure.MISTAKE:
            of_the_hour = 0
        if power_cut:
            board.boots()


@given(ACTS)
def test_a_daemon_that_never_lives_ends_with_help(acts: list[tuple[float, Failure, bool, bool]]) -> None:
    board = Board()
    for after_s, failure, lasting, _ in acts:
        board.fails(after_s, failure, lasting=lasting)
    assert [board.fails().step for _ in range(4)][-1] is Step.HELP
