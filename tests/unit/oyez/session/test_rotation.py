"""When a session is replaced."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.session.rotation import DOCUMENTED_LIFE_S, TRANSCRIPT_PATIENCE_S, Moment, due_s, stated_life_s

QUIET = Moment(speaking=False, reply_due=False, tools_running=False, unsent_s=0.02, errands=0, wordless_s=None)
YEAR_S = 365 * 86_400


def test_a_life_is_what_the_service_says_by_the_backends_clock() -> None:
    """Opened five seconds after its token was issued, it ends in an hour."""
    assert stated_life_s(1_000_000 + 5 + 1800, 1_000_000, 5.0) == 1800


@pytest.mark.parametrize("expires_at", [None, 999_000, 1_000_000 - YEAR_S, 1_000_000 + YEAR_S])
def test_a_life_that_makes_no_sense_is_the_documented_one(expires_at: float | None) -> None:
    """None stated, over before it began (a clock is wrong), or longer than any session lives."""
    assert stated_life_s(expires_at, 1_000_000, 0.0) == DOCUMENTED_LIFE_S


def test_a_long_session_is_replaced_the_margin_before_its_end_and_a_short_one_in_its_last_third() -> None:
    assert due_s(100.0, 3600.0, 120.0) == 100.0 + 3600.0 - 120.0
    assert due_s(100.0, 21.0, 120.0) == pytest.approx(114.0)


@given(st.floats(0.1, 1e5), st.floats(0.1, 1e5))
def test_it_is_due_within_its_life(life_s: float, before_s: float) -> None:
    assert 0.0 < due_s(0.0, life_s, before_s) < life_s


@pytest.mark.parametrize(
    "change",
    [{"speaking": True}, {"reply_due": True}, {"tools_running": True}, {"unsent_s": 1.0}, {"errands": 1},
     {"wordless_s": TRANSCRIPT_PATIENCE_S / 2}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_a_moment_is_quiet_only_when_nothing_goes_on(change: dict[str, bool | float | int]) -> None:
    assert QUIET.quiet
    assert not replace(QUIET, **change).quiet  # type: ignore[arg-type]


def test_words_that_never_come_are_not_waited_for_for_ever() -> None:
    assert replace(QUIET, wordless_s=TRANSCRIPT_PATIENCE_S).quiet
