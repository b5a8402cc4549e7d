"""What is said of timers can be read aloud, and what people call one by finds it."""

import pytest
from hypothesis import given, strategies as st

from oyez.home import timer_words as words
from oyez.home.timer_dues import Entry
from tests.unit.oyez.home.timer_board import BERLIN, EVENING, wall

EGGS = Entry(id="t1", label="eggs", set_s=0.0, length_s=300.0)
TEN = Entry(id="t2", set_s=0.0, length_s=600.0)
UP = Entry(id="t3", label="wake up", set_s=0.0, at="07:00")
ALL = [EGGS, TEN, UP]


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (1, "1 second"),
        (90, "1 minute 30 seconds"),
        (3600, "1 hour"),
        (86_400 * 2 + 60, "2 days 1 minute"),
        (0.2, "1 second"),
    ],
)
def test_a_length_is_told_in_the_largest_units(seconds: float, spoken: str) -> None:
    assert words.length(seconds) == spoken


@pytest.mark.parametrize(
    ("at", "spoken"),
    [
        ("2026-11-21T23:00", "23:00 today"),
        ("2026-11-22T07:00", "07:00 tomorrow"),
        ("2026-11-24T07:00", "07:00 on Tuesday"),
    ],
)
def test_a_time_is_told_with_its_day(at: str, spoken: str) -> None:
    assert words.day(wall(at), EVENING, BERLIN) == spoken


def test_all_that_is_set_is_one_sentence() -> None:
    told = [(EGGS, 0.0, 0.0), (TEN, 61.0, 0.0), (UP, 0.0, wall("2026-11-22T07:00"))]
    assert words.told(told, EVENING, BERLIN, ringing=1) == (
        "The eggs timer rings now, the 10 minute timer has 1 minute 1 second left and the wake up alarm is set for "
        "07:00 tomorrow."
    )
    assert words.told([], EVENING, BERLIN) == "There is no timer and no alarm."
    assert words.told([told[1]] * 1000, EVENING, BERLIN).endswith("and 995 more.")


@pytest.mark.parametrize(
    ("which", "found"),
    [
        ("eggs", [EGGS]),
        ("the Eggs timer.", [EGGS]),
        ("t2", [TEN]),
        ("10 minutes", [TEN]),
        ("ten-minute", []),
        ("10-minute timer", [TEN]),
        ("7:00", [UP]),
        ("alarm", [UP]),
        ("my alarm", [UP]),
        ("alarm at 07:00", [UP]),
        ("all timers", ALL),
        ("ALL", ALL),
        ("pasta", []),
        ("", None),
        ("timer", None),
    ],
)
def test_it_is_found_by_label_id_length_time_or_kind(which: str, found: list[Entry] | None) -> None:
    assert words.meant(which, ALL) == found


def test_nothing_said_means_the_only_one_or_what_rings() -> None:
    assert words.meant("", [TEN]) == [TEN]
    assert words.meant("timer", [TEN, UP]) == [TEN]
    assert words.meant("", ALL, ringing=1) == [EGGS]
    assert words.meant("timer", ALL, ringing=2) == [EGGS, TEN]
    assert words.meant("", []) == []


@given(st.text(max_size=300))
def test_a_label_is_one_short_line_that_can_be_shown(text: str) -> None:
    label = words.label_of(text)
    assert len(label) <= words.LONGEST_LABEL
    assert label.isprintable()
    assert words.label_of(label) == label
