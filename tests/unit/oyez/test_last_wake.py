"""Why the device woke, as it says it."""

from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez.actions import ReportWake
from oyez.last_wake import BYTES_PER_S, NEVER, LastWake, side

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
REPORT = ReportWake("hey_jarvis", 0.987, 0.9, 14.2, 91.0)


def woken(report: ReportWake | None = REPORT, locker: bool = False) -> LastWake:
    wake = LastWake(locker)
    if report is not None:
        wake.heard(report)
    wake.opened(NOON, 1000)
    return wake


def test_it_tells_word_score_threshold_noise_direction_and_what_was_sent() -> None:
    told = woken().why(NOON + timedelta(seconds=8), 1000 + 7 * BYTES_PER_S)
    for part in (
        "8 seconds ago",
        "'hey jarvis'",
        "0.99",
        "0.90 is enough",
        "14 decibels",
        "from the right",
        "7 seconds",
    ):
        assert part in told
    assert "the locker is off" in told


def test_what_is_not_known_is_not_told() -> None:
    told = woken(ReportWake("alexa", 0.9)).why(NOON, 1000)
    assert "enough" not in told
    assert "decibels" not in told
    assert "from the" not in told


def test_a_kept_clip_is_named_and_one_of_another_word_is_not() -> None:
    wake = woken(locker=True)
    wake.kept("000012", "alexa")
    assert "No recording of it is kept." in wake.why(NOON, 1000)
    wake.kept("000013", "hey_jarvis")
    assert "Clip 13" in wake.why(NOON, 1000)


def test_a_button_or_an_order_is_no_wake_word() -> None:
    wake = woken(None)
    wake.kept("000013", "hey_jarvis")
    told = wake.why(NOON, 1000)
    assert "I heard no wake word" in told
    assert "Clip" not in told


def test_a_button_after_a_wake_word_is_not_taken_for_it() -> None:
    wake = woken()
    wake.opened(NOON, 5000)
    assert "I heard no wake word" in wake.why(NOON, 5000)


def test_the_latest_wake_is_told_and_an_old_clip_is_not_its_own() -> None:
    wake = woken(locker=True)
    wake.kept("000013", "hey_jarvis")
    wake.heard(ReportWake("alexa", 0.95))
    wake.opened(NOON + timedelta(hours=2), 5000)
    told = wake.why(NOON + timedelta(hours=4), 5000)
    assert "'alexa'" in told
    assert "2 hours ago" in told
    assert "Clip" not in told


def test_who_never_woke_says_so() -> None:
    assert LastWake().why(NOON, 0) == NEVER


@pytest.mark.parametrize(("deg", "name"), [(0, "front"), (359, "front"), (90, "right"), (180, "back"), (-90, "left")])
def test_directions_are_named_as_seen_from_the_board(deg: float, name: str) -> None:
    assert side(deg) == name


@given(st.floats(-1e6, 1e6))
def test_every_direction_has_a_name(deg: float) -> None:
    assert side(deg) == side(deg + 360.0) or abs((deg - 22.5) % 45.0) < 1e-3 or abs((deg - 22.5) % 45.0 - 45.0) < 1e-3
