"""Who watches which topics beside the device's own orders."""

from oyez.home.packets import Incoming
from oyez.home.watchers import Watchers


def test_a_message_reaches_everybody_whose_pattern_fits_it_and_is_no_order_then() -> None:
    watchers, seen = Watchers(), []
    watchers.add("a/+", lambda message: seen.append("any"))
    watchers.add("a/b", lambda message: seen.append("b"))
    assert watchers.take(Incoming("a/b", b"", False, False))
    assert not watchers.take(Incoming("c", b"", False, False))
    assert seen == ["any", "b"]


def test_a_pattern_is_wanted_until_the_last_who_wants_it_has_gone() -> None:
    watchers = Watchers()
    first, second = watchers.add("a", print), watchers.add("a", print)
    assert watchers.patterns == ["a"]
    assert [watchers.remove(first), watchers.remove(second)] == [False, True]
    assert watchers.patterns == []
