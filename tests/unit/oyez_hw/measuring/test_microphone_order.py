"""Swapped microphones by distance alone; what one loudspeaker cannot tell is said."""

import itertools
import math

import pytest
from hypothesis import given, strategies as st

from oyez_hw.measuring.microphone_order import SAME_US, expected_us, order_of

SQUARE = {
    channel: (40 * math.cos(angle), 40 * math.sin(angle), 0.0) for channel, angle in enumerate((0, 1.57, 3.14, 4.71))
}
ASIDE = (60.0, 25.0, 10.0)
"""Beside the square, on none of its axes."""


def heard_if(places: dict[int, tuple[float, float, float]], plugged: dict[int, int]) -> dict[int, float]:
    """plugged: channel -> whose place its microphone has."""
    truth = expected_us(places, ASIDE)
    return {channel: truth[plugged.get(channel, channel)] for channel in places}


@given(st.permutations(range(4)), st.floats(-500, 500), st.lists(st.floats(-6, 6), min_size=4, max_size=4))
def test_any_order_is_found_from_any_beginning(order: list[int], begin_us: float, error_us: list[float]) -> None:
    plugged = dict(enumerate(order))
    heard = {c: us + begin_us + error_us[c] for c, us in heard_if(SQUARE, plugged).items()}
    found = order_of(heard, expected_us(SQUARE, ASIDE))
    assert found.fits
    assert found.alike == ()
    assert found.moved == {channel: place for channel, place in plugged.items() if channel != place}


def test_a_swap_is_named_as_a_pair() -> None:
    found = order_of(heard_if(SQUARE, {0: 2, 2: 0}), expected_us(SQUARE, ASIDE))
    assert found.swapped == ((0, 2),)


def test_from_an_axis_of_symmetry_some_swaps_cannot_be_told_and_that_is_said() -> None:
    """The loudspeaker on the line through 0 and 2: 1 and 3 are as far."""
    on_axis = (100.0, 0.0, 0.0)
    wanted = expected_us(SQUARE, on_axis)
    swapped = {0: wanted[0], 1: wanted[3], 2: wanted[2], 3: wanted[1]}
    found = order_of(swapped, wanted)
    assert found.alike == ((1, 3),)
    assert found.moved == {}
    crossed = {0: wanted[1], 1: wanted[0], 2: wanted[2], 3: wanted[3]}
    assert order_of(crossed, wanted).moved == {0: 1, 1: 0}


def test_above_the_middle_nothing_can_be_told() -> None:
    found = order_of({0: 3.0, 1: 2.0, 2: 1.0, 3: 0.0}, expected_us(SQUARE, (0.0, 0.0, 60.0)))
    assert found.alike == ((0, 1, 2, 3),)
    assert found.moved == {}


def test_times_that_fit_no_order_are_said_to_fit_none() -> None:
    found = order_of({0: 0.0, 1: 400.0, 2: 800.0, 3: 1_200.0}, expected_us(SQUARE, ASIDE))
    assert not found.fits


@given(st.lists(st.floats(0, 2_000), min_size=2, max_size=7, unique=True), st.randoms(use_true_random=False))
def test_who_is_at_home_stays_at_home(wanted: list[float], random: object) -> None:
    """Whatever the places: heard as expected, within what cannot be told, nobody has moved."""
    wanted_us = dict(enumerate(wanted))
    found = order_of(wanted_us, wanted_us)
    assert found.moved == {}
    assert found.worst_us == pytest.approx(0)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5))
def test_whom_it_names_as_moved_was_heard_elsewhere(wanted: list[int]) -> None:
    """Every permutation of every set of places on a grid of 15 us: a channel heard at its own time is never named."""
    wanted_us = {channel: 15.0 * at for channel, at in enumerate(wanted)}
    for order in itertools.permutations(range(len(wanted))):
        found = order_of({channel: wanted_us[place] for channel, place in enumerate(order)}, wanted_us)
        groups = {channel: group for group in found.alike for channel in group}
        for channel, place in found.moved.items():
            assert place not in groups.get(channel, ())
            assert wanted_us[order[channel]] != wanted_us[channel]
            assert abs(wanted_us[place] - wanted_us[order[channel]]) < SAME_US * len(wanted)


def test_a_dead_channel_is_left_out() -> None:
    wanted = expected_us(SQUARE, ASIDE)
    heard = {channel: us for channel, us in wanted.items() if channel != 2}
    assert order_of(heard, wanted).moved == {}
    assert order_of({0: 0.0}, wanted).fits


def test_sound_needs_a_millisecond_for_a_third_of_a_metre() -> None:
    assert expected_us({3: (343.0, 0.0, 0.0)}, (0.0, 0.0, 0.0))[3] == pytest.approx(1000.0, abs=1.0)
