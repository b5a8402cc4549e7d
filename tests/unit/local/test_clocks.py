"""Times of day as people say them."""

import pytest
from hypothesis import given, strategies as st

from oyez_local.clocks import time_of_day


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("7", "07:00"),
        ("seven", "07:00"),
        ("7:30", "07:30"),
        ("07:05", "07:05"),
        ("7.30", "07:30"),
        ("730", "07:30"),
        ("1915", "19:15"),
        ("seven thirty", "07:30"),
        ("seven oh five", "07:05"),
        ("seven twenty five", "07:25"),
        ("seven twenty-five", "07:25"),
        ("twenty two fifteen", "22:15"),
        ("seven o'clock", "07:00"),
        ("7 a.m.", "07:00"),
        ("7 a m", "07:00"),
        ("7:30 pm", "19:30"),
        ("seven thirty P.M.", "19:30"),
        ("12 am", "00:00"),
        ("12 pm", "12:00"),
        ("six in the evening", "18:00"),
        ("6 tomorrow morning", "06:00"),
        ("half past six", "06:30"),
        ("a quarter past six", "06:15"),
        ("quarter to seven", "06:45"),
        ("ten to one", "00:50"),
        ("twenty minutes past eight in the evening", "20:20"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("24:00", "00:00"),
        ("", None),
        ("25", None),
        ("7:60", None),
        ("seven seventy", None),
        ("the kitchen", None),
        ("five minutes", None),
        ("half", None),
    ],
)
def test_a_time_of_day_is_understood_or_refused(said: str, time: str | None) -> None:
    assert time_of_day(said) == time


@given(
    st.text(alphabet=st.sampled_from(list("abcdefghimnoprstuvy 0123456789:.'-")), max_size=30) | st.text(max_size=20)
)
def test_whatever_is_said_it_is_a_time_or_none(said: str) -> None:
    time = time_of_day(said)
    assert time is None or (len(time) == 5 and int(time[:2]) < 24 and int(time[3:]) < 60)


@given(st.integers(0, 23), st.integers(0, 59))
def test_what_a_clock_shows_is_understood(hour: int, minute: int) -> None:
    assert time_of_day(f"{hour}:{minute:02d}") == f"{hour:02d}:{minute:02d}"
