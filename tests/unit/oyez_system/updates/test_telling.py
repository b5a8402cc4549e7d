"""What is told while an update is made: seldom, never backwards within a stage, and over in the end."""

import hypothesis.strategies as st
from hypothesis import given

from oyez.update_file import Told
from oyez_system.updates.telling import Telling


def test_a_download_of_many_pieces_is_told_a_hundred_times_at_most() -> None:
    told: list[Told] = []
    telling = Telling(Told("1.1.0"), told.append)
    for piece in range(5001):
        telling.downloaded(piece / 5000)
    for piece in range(101):
        telling.installed(piece / 100)
    telling.restarts()
    assert len(told) <= 110
    assert (told[0].stage, told[-1].stage) == ("downloading", "restart_pending")
    percents = [one.percentage or 0.0 for one in told]
    assert percents == sorted(percents)
    assert percents[-1] == 100.0


def test_what_ends_it_is_told_with_its_reason_and_the_version_is_still_offered() -> None:
    told: list[Told] = []
    telling = Telling(Told("1.1.0", title="Oyez 1.1"), told.append)
    telling.downloaded(0.5)
    telling.ended("It broke.")
    assert told[-1] == Told("1.1.0", title="Oyez 1.1", why="It broke.")


@given(st.lists(st.tuples(st.booleans(), st.floats(-1.0, 2.0)), max_size=50))
def test_what_is_told_is_always_a_percentage(steps: list[tuple[bool, float]]) -> None:
    told: list[Told] = []
    telling = Telling(Told("1.1.0"), told.append)
    for downloading, share in steps:
        (telling.downloaded if downloading else telling.installed)(share)
    assert all(one.percentage is not None and 0.0 <= one.percentage <= 100.0 for one in told)
