"""What fingers mean, however contacts bounce and however late they are read."""

from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import given

from oyez_hw.presses import Button, Contact, Timing, Told

T = Timing(debounce_s=0.02, hold_s=0.4, double_s=0.3)
Edges = list[tuple[bool, float]]


def live(edges: Edges, *, doubles: bool = True, until_s: float = 1e6, closed: bool = False) -> list[Told]:
    """Each edge as it comes, and each moment at which something is due."""
    button, told = Button(T, closed), list[Told]()
    for level, time_s in edges:
        while button.next_s is not None and button.next_s < time_s:
            told += button.at(button.next_s, doubles)
        told += button.edge(level, time_s, doubles)
    while button.next_s is not None and button.next_s <= until_s:
        told += button.at(button.next_s, doubles)
    return told


def press(at_s: float, for_s: float = 0.1) -> Edges:
    return [(True, at_s), (False, at_s + for_s)]


def test_a_short_press_is_told_once_no_second_can_follow() -> None:
    assert live(press(1.0)) == [Told("short", 1.0)]
    assert live(press(1.0), until_s=1.35) == [], "a second one may still come"
    assert live(press(1.0), doubles=False, until_s=1.13) == [Told("short", 1.0)], "nobody waits for one"


def test_two_presses_are_a_double_from_the_second_touch_on() -> None:
    assert live([*press(1.0), (True, 1.3)], until_s=1.33) == [Told("double", 1.0)]
    assert live([*press(1.0), *press(1.3)]) == [Told("double", 1.0)]
    assert live([*press(1.0), *press(1.3, 2.0)]) == [Told("double", 1.0)], "however long it lasts"
    assert live([*press(1.0), *press(1.41)]) == [Told("short", 1.0), Told("short", 1.41)], "too late"


def test_two_presses_that_are_read_late_are_judged_by_when_they_happened() -> None:
    for second_s, meant in ((1.395, [Told("double", 1.0)]), (1.405, [Told("short", 1.0), Told("short", 1.405)])):
        button = Button(T)
        told = [one for edge in [*press(1.0), *press(second_s)] for one in button.edge(*edge, doubles=True)]
        assert [*told, *button.at(9.0, doubles=True)] == meant


def test_a_finger_that_stays_is_a_hold_and_its_end_a_release() -> None:
    assert live(press(1.0, 2.0)) == [Told("hold", 1.0), Told("release", 3.0)]
    assert live([(True, 1.0)], until_s=1.5) == [Told("hold", 1.0)]


def test_a_button_that_is_held_at_the_start_means_nothing_until_it_is_let_go() -> None:
    assert live([(False, 5.0)], closed=True) == []
    assert live([(False, 5.0), *press(6.0)], closed=True) == [Told("short", 6.0)]


def test_a_spike_is_no_press() -> None:
    assert live([(True, 1.0), (False, 1.01)]) == []
    assert live([*press(1.0, 2.0)[:1], (False, 2.0), (True, 2.01), (False, 3.0)]) == [
        Told("hold", 1.0),
        Told("release", 3.0),
    ]


def test_who_cannot_be_felt_any_more_holds_no_longer() -> None:
    button = Button(T)
    button.edge(True, 1.0, doubles=True)
    assert button.at(2.0, doubles=True) == [Told("hold", 1.0)]
    assert button.let_go(2.5) == [Told("release", 2.5)]
    assert button.let_go(2.6) == []


SPAN = st.floats(0.05, 0.25) | st.floats(0.45, 2.0)
"""Clearly shorter or longer than what makes a hold or a double."""
FINGERS = st.lists(st.tuples(SPAN, SPAN), max_size=12)
"""(open for, closed for)."""


def clean(fingers: list[tuple[float, float]]) -> Edges:
    edges, now = Edges(), 0.0
    for open_s, closed_s in fingers:
        edges += press(now + open_s, closed_s)
        now += open_s + closed_s
    return edges


@given(FINGERS, st.booleans(), st.randoms(use_true_random=False))
def test_bounces_change_nothing_of_what_was_meant(
    fingers: list[tuple[float, float]], doubles: bool, chance: Random
) -> None:
    """A contact flies open and shut for a few ms behind each touch and each letting go."""
    edges, bouncing = clean(fingers), Edges()
    for level, time_s in edges:
        flights = sorted(chance.uniform(0.0, 0.008) for _ in range(2 * chance.randrange(4)))
        bouncing += [(level, time_s)]
        bouncing += [(level is bool(number % 2), time_s + flight) for number, flight in enumerate(flights)]
    told, meant = live(bouncing, doubles=doubles), live(edges, doubles=doubles)
    assert [one.gesture for one in told] == [one.gesture for one in meant]
    assert all(0.0 <= late.since_s - one.since_s <= 0.008 + 1e-9 for one, late in zip(meant, told, strict=True))


@given(FINGERS, st.booleans(), st.lists(st.integers(1, 6), min_size=1))
def test_read_late_and_in_heaps_it_means_the_same(
    fingers: list[tuple[float, float]], doubles: bool, heaps: list[int]
) -> None:
    """As when the loop was busy: edges carry the times at which they happened."""
    edges = clean(fingers)
    button, told, left = Button(T), list[Told](), list(edges)
    while left:
        heap, left = left[: heaps[0]], left[heaps[0] :]
        heaps = [*heaps[1:], heaps[0]]
        for level, time_s in heap:
            told += button.edge(level, time_s, doubles)
        told += button.at(heap[-1][1], doubles)
    told += button.at(1e6, doubles)
    assert told == live(edges, doubles=doubles)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 1.0)), max_size=40), st.booleans())
def test_every_hold_is_released_and_nothing_else_is(moves: Edges, doubles: bool) -> None:
    now, edges = 0.0, Edges()
    for level, later_s in moves:
        now += later_s
        edges.append((level, now))
    told = live([*edges, (False, now + 1.0)], doubles=doubles)
    holding = False
    for one in told:
        if one.gesture in ("hold", "release"):
            assert holding == (one.gesture == "release")
            holding = not holding
        else:
            assert not holding
    assert not holding
    assert doubles or all(one.gesture != "double" for one in told)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 1.0)), max_size=40))
def test_a_contact_ends_where_its_line_stands_and_never_changes_twice_within_the_debounce(moves: Edges) -> None:
    contact, now, changes, level = Contact(0.02), 0.0, list[float](), False
    for level, later_s in moves:
        now += later_s
        contact.at(now)
        before = contact.level
        contact.edge(level, now)
        assert contact.level == before, "an edge alone is nothing"
    if contact.at(now + 1.0) is not None:
        changes.append(now)
    assert contact.level == level
    assert contact.next_s is None


@pytest.mark.parametrize("doubles", [True, False])
def test_at_rest_nothing_is_due(doubles: bool) -> None:
    button = Button(T)
    assert button.next_s is None
    assert button.at(100.0, doubles) == []
