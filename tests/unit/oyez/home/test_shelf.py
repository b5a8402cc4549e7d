"""The shelf keeps last values, and events for a while."""

import hypothesis.strategies as st
from hypothesis import given

from oyez.home.shelf import Shelf
from oyez.home.topics import Message


def test_only_changed_topics_are_returned_and_all_are_kept() -> None:
    shelf = Shelf()
    a, b, b2 = Message("a", b"1", True), Message("b", b"1", True), Message("b", b"2", True)
    assert shelf.replace([a, b]) == [a, b]
    assert shelf.replace([a, b2]) == [b2]
    assert shelf.retained() == [a, b2]


def test_events_are_taken_once_in_order() -> None:
    shelf = Shelf()
    for number in range(3):
        shelf.keep(Message(str(number), b""), 0.0)
    assert [message.topic for message in shelf.take(1.0)] == ["0", "1", "2"]
    assert shelf.take(1.0) == []


def test_a_full_shelf_drops_the_stale_before_the_fresh() -> None:
    shelf = Shelf(capacity=2, life_s=10.0)
    shelf.keep(Message("stale", b""), 0.0)
    shelf.keep(Message("fresh", b""), 9.0)
    shelf.keep(Message("new", b""), 11.0)
    assert [message.topic for message in shelf.take(11.0)] == ["fresh", "new"]
    assert shelf.dropped == 1


@given(st.lists(st.floats(0.0, 30.0), max_size=100))
def test_it_never_holds_more_than_its_capacity_nor_older_than_its_life(steps: list[float]) -> None:
    shelf = Shelf(capacity=8, life_s=60.0)
    now = 0.0
    for step in steps:
        now += step
        shelf.keep(Message(repr(now), b""), now)
    taken = shelf.take(now)
    assert len(taken) <= 8
    assert all(now - float(message.topic) <= 60.0 for message in taken)
    assert len(taken) + shelf.dropped == len(steps)
