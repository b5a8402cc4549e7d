"""What the lamps show: each mood unmistakable without its colour, red for muted alone, gentle in every history."""

import itertools
import math
from typing import get_args

import hypothesis.strategies as st
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings

from oyez.light_patterns import (
    AGAIN_S,
    COLOURS,
    FLASHES,
    PICTURE_S,
    SHORTEST_S,
    Fixture,
    Mood,
    Shown,
    brightness_of,
    mood_of,
    picture,
)
from oyez.view import Trouble, View
from oyez_hw.gpio import SHINES
from oyez_hw.ports import DARK

MOODS: tuple[Mood, ...] = get_args(Mood)
FIXTURES = [Fixture(1), Fixture(2), Fixture(3), Fixture(12, ring=True), Fixture(6, ring=True, first_deg=30.0)]
FIXTURES += [Fixture(1, dims=False), Fixture(2, dims=False)]
SAMPLED_HZ = 20
WINDOW_S = 20.0
Grey = npt.NDArray[np.float64]
"""(moments, lamps), 1.0 the brightest of it."""


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance (Rec. 709): what is left of a colour for an eye that tells none apart."""
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def grey(mood: Mood, fixture: Fixture, direction_deg: float | None) -> Grey:
    """How it looks over time, its brightness left out."""
    moments = np.arange(0.0, WINDOW_S, 1 / SAMPLED_HZ)
    shown = [picture(mood, fixture, at_s, 0.4, direction_deg) for at_s in moments]
    # As eyes see it, so that the ramps count as what they look like.
    seen = np.array([[luminance(lamp) for lamp in lamps] for lamps in shown]) ** (1 / 2.2)
    return seen / max(float(seen.max()), 1e-9)


def unlike(one: Grey, other: Grey) -> float:
    """The mean difference where they look most alike, whenever each began."""
    shifts = range(0, 4 * SAMPLED_HZ, 1)
    return min(float(np.mean(np.abs(one[:-80] - np.roll(other, shift, axis=0)[:-80]))) for shift in shifts)


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda one: f"{one.count} {'lamps' if one.dims else 'single'}")
@pytest.mark.parametrize("direction_deg", [None, 90.0])
def test_no_two_moods_look_alike_to_an_eye_without_colours(fixture: Fixture, direction_deg: float | None) -> None:
    seen = {mood: grey(mood, fixture, direction_deg) for mood in MOODS}
    for one, other in itertools.combinations(MOODS, 2):
        assert unlike(seen[one], seen[other]) > 0.12, (one, other)


@given(st.sampled_from(MOODS), st.floats(0.0, 60.0), st.floats(0.01, 1.0))
def test_a_lamp_that_cannot_be_dimmed_is_on_or_off_however_dim_it_is_wished(
    mood: Mood, at_s: float, brightness: float
) -> None:
    single = Fixture(1, dims=False)
    shown = picture(mood, single, at_s, brightness)
    assert max(shown[0]) in (0.0, 1.0)
    assert picture(mood, single, at_s, 0.0) == [DARK]
    assert (max(shown[0]) >= SHINES) == (mood != "dark" and max(shown[0]) == 1.0)


LEVEL = st.just(0.0) | st.floats(0.01, 1.0)
VIEWS = st.builds(
    View,
    state=st.sampled_from(["idle", "listening", "thinking", "speaking"]),
    muted=st.booleans(),
    ringing=st.booleans(),
    quiet=st.booleans(),
    brightness=LEVEL | st.none(),
    troubles=st.sampled_from([(), (Trouble("microphone", "Gone."),)]),
)


@given(VIEWS, st.floats(0.0, 100.0), LEVEL)
def test_a_red_light_that_stands_on_all_lamps_means_muted_and_muted_shows_nothing_else(
    view: View, at_s: float, night: float
) -> None:
    fixture = Fixture(12, ring=True)
    shown = picture(mood_of(view), fixture, at_s, brightness_of(view, night), 0.0)
    red = [lamp.red > 0.0 and lamp.green == lamp.blue == 0.0 for lamp in shown]
    assert any(red) <= view.muted
    if view.muted and brightness_of(view, night) > 0.0:
        assert all(red)
        assert len(set(shown)) == 1
        assert shown == picture("muted", fixture, at_s + 7.7, brightness_of(view, night))


@pytest.mark.parametrize(
    ("view", "mood"),
    [
        (View(), "dark"),
        (View(state="listening"), "listening"),
        (View(state="speaking", ringing=True), "ringing"),
        (View(state="speaking", muted=True), "muted"),
        (View(troubles=(Trouble("broker_away", "Away."),)), "troubled"),
        (View(state="thinking", troubles=(Trouble("broker_away", "Away."),)), "thinking"),
    ],
)
def test_what_somebody_waits_for_comes_before_what_is_wrong_and_muted_before_all(view: View, mood: Mood) -> None:
    assert mood_of(view) == mood


def test_at_night_it_is_no_brighter_than_the_night_allows() -> None:
    day, night = View(brightness=0.6), View(brightness=0.6, quiet=True)
    assert (brightness_of(day, 0.1), brightness_of(night, 0.1), brightness_of(night, 0.0)) == (0.6, 0.1, 0.0)
    assert brightness_of(View(brightness=0.05, quiet=True), 0.1) == 0.05
    assert brightness_of(View(brightness=None), 0.1) == 0.0


@given(st.sampled_from(MOODS), st.floats(0.0, 60.0), LEVEL)
def test_nothing_is_white_and_nothing_brighter_than_was_asked(mood: Mood, at_s: float, brightness: float) -> None:
    for lamp in picture(mood, Fixture(3), at_s, brightness):
        assert min(lamp) <= 0.3 * max(lamp)
        assert max(lamp) <= brightness**2.2 + 1e-9


@given(
    st.integers(3, 64),
    st.floats(-360.0, 360.0),
    st.booleans(),
    st.floats(0.0, 360.0, exclude_max=True),
    st.floats(0.0, 10.0),
)
def test_on_a_ring_the_brightest_lamp_is_the_one_that_stands_towards_who_speaks(
    count: int, first_deg: float, clockwise: bool, direction_deg: float, at_s: float
) -> None:
    fixture = Fixture(count, True, first_deg, clockwise)
    shown = picture("listening", fixture, at_s, 1.0, direction_deg)
    brightest = max(range(count), key=lambda lamp: max(shown[lamp]))
    away = abs((fixture.direction_deg(brightest) - direction_deg + 180.0) % 360.0 - 180.0)
    assert away <= 180.0 / count + 1e-6


@pytest.mark.parametrize(
    ("clockwise", "lamp", "deg"), [(True, 3, 90.0), (False, 3, 270.0), (True, 0, 0.0), (True, 11, 330.0)]
)
def test_a_lamp_of_the_ring_knows_where_it_stands(clockwise: bool, lamp: int, deg: float) -> None:
    assert Fixture(12, True, 0.0, clockwise).direction_deg(lamp) == deg


def flashes(light: list[float], hz: float) -> int:
    """The most in any one second, as WCAG 2.3.1 counts: pairs of opposite changes by a tenth of the most light."""
    turns, extreme, rising = list[float](), light[0], None
    for number, level in enumerate(light):
        goes_on = rising is not None and (level > extreme) is rising and level != extreme
        if goes_on:
            extreme = level
        elif abs(level - extreme) >= 0.1:
            turns.append(number / hz)
            rising, extreme = level > extreme, level
    return max((sum(at_s <= other < at_s + 1.0 for other in turns) // 2 for at_s in turns), default=0)


FLICKERS: list[tuple[Mood, float]] = [("muted", 0.1), ("dark", 0.1)] * 15
"""Somebody plays with the switch."""
WISHES = st.lists(st.tuples(st.sampled_from(MOODS), st.floats(0.0, 0.3) | st.floats(0.0, 1.5)), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@example(FLICKERS, Fixture(1))
@given(WISHES, st.sampled_from([Fixture(1), Fixture(12, ring=True)]))
def test_no_lamp_flashes_more_than_three_times_a_second_whatever_happens(
    wishes: list[tuple[Mood, float]], fixture: Fixture
) -> None:
    shown, now, light = Shown(), 0.0, list[float]()
    for mood, for_s in wishes:
        shown.want(mood, now)
        ends_s = now + for_s
        while now < ends_s:
            shown.at(now)
            lamp = picture(shown.mood, fixture, now - shown.since_s, 1.0, 40.0)[0]
            light.append(luminance(lamp))
            now += PICTURE_S
    assert not light or flashes(light, 1 / PICTURE_S) <= 3


def test_the_counter_of_flashes_counts() -> None:
    assert flashes([0.0, 1.0] * 10, 20.0) >= 9
    assert flashes([0.0] * 5 + [1.0] * 5 + [0.0] * 10, 20.0) == 1
    assert flashes([0.5] * 20, 20.0) == 0


@given(st.lists(st.tuples(st.sampled_from(MOODS), st.floats(0.0, 2.0)), max_size=20))
def test_what_is_wanted_last_is_shown_half_a_second_later_at_most(wishes: list[tuple[Mood, float]]) -> None:
    shown, now = Shown(), 0.0
    for mood, later_s in wishes:
        now += later_s
        shown.want(mood, now)
        assert shown.next_s is None or shown.next_s <= now + SHORTEST_S
    shown.at(now + SHORTEST_S)
    assert shown.mood == (wishes[-1][0] if wishes else "dark")


@pytest.mark.parametrize(
    ("mood", "brightness", "rests_s"),
    [
        ("dark", 1.0, None),
        ("muted", 1.0, AGAIN_S),
        ("muted", 0.0, None),
        ("listening", 1.0, PICTURE_S),
        ("listening", 0.0, None),
    ],
)
def test_only_what_moves_is_drawn_again_and_again(mood: Mood, brightness: float, rests_s: float | None) -> None:
    shown = Shown()
    shown.want(mood, 10.0)
    assert shown.rests_s(10.0, brightness) == rests_s


@given(st.sampled_from(sorted(FLASHES)), st.floats(0.0, 20.0), st.floats(0.0, 0.999))
def test_while_it_rests_nothing_would_look_different(mood: Mood, since_s: float, share: float) -> None:
    shown, fixture = Shown(), Fixture(12)
    shown.want(mood, 0.0)
    rests_s = shown.rests_s(since_s, 1.0)
    assert rests_s is not None
    assert rests_s >= PICTURE_S
    if rests_s > PICTURE_S:
        now, later = picture(mood, fixture, since_s, 1.0), picture(mood, fixture, since_s + share * rests_s, 1.0)
        assert np.allclose(now, later, atol=1e-6)


def test_a_trouble_that_lasts_for_days_is_drawn_in_its_ramps_alone() -> None:
    """And not twenty times a second, day and night."""
    shown, now, drawn = Shown(), 0.0, 0
    shown.want("troubled", now)
    while now < 40.0:
        now += shown.rests_s(now, 1.0) or math.inf
        drawn += 1
    assert drawn < 40.0 / PICTURE_S / 4


def test_a_change_that_has_to_wait_is_drawn_when_its_time_has_come() -> None:
    shown = Shown()
    shown.want("muted", 10.0)
    shown.want("dark", 10.1)
    assert (shown.mood, shown.rests_s(10.1, 1.0)) == ("muted", pytest.approx(0.4))
    shown.at(10.5)
    assert (shown.mood, shown.rests_s(10.5, 1.0)) == ("dark", None)


def test_every_mood_has_a_colour() -> None:
    assert set(COLOURS) == set(MOODS)
