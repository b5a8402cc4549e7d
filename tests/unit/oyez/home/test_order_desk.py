"""Orders come in once, in bounds, and are answered."""

from oyez.events import ListenAsked, VolumeAsked
from oyez.home.deeds import CancelTimer, SetTimer
from oyez.home.order_desk import ORDERS_AT_ONCE, OrderDesk, Reply
from oyez.home.packets import Incoming

WORDS = ("alexa",)


def come(name: str, payload: bytes, *, retained: bool = False, duplicate: bool = False) -> Incoming:
    return Incoming(f"oyez/k/{name}", payload, retained, duplicate)


def test_an_order_with_an_id_is_carried_out_once_and_its_answer_repeated() -> None:
    desk = OrderDesk("k", 0.0)
    order = come("do/listen", b'{"id": "a"}')
    assert desk.take(order, WORDS, 0.0) == ListenAsked("a")
    assert desk.take(order, WORDS, 1.0) is None, "it is not answered yet"
    desk.settle("a", {"ok": True})
    assert desk.take(order, WORDS, 2.0) == Reply("done", {"ok": True})
    assert desk.take(order, WORDS, 400.0) == ListenAsked("a"), "after five minutes it is another one"


def test_without_an_id_only_what_the_broker_sends_twice_is_one() -> None:
    desk = OrderDesk("k", 0.0)
    assert desk.take(come("set/volume", b"30"), WORDS, 0.0) == VolumeAsked(0.3)
    assert desk.take(come("set/volume", b"30"), WORDS, 0.0) == VolumeAsked(0.3)
    assert desk.take(come("set/volume", b"30", duplicate=True), WORDS, 0.0) is None


def test_a_refusal_names_the_order_and_its_id() -> None:
    reply = OrderDesk("k", 0.0).take(come("do/say", b'{"id": "x"}'), WORDS, 0.0)
    assert isinstance(reply, Reply)
    assert reply.name == "error"
    assert (reply.body["id"], reply.body["ok"], reply.body["order"]) == ("x", False, "do/say")


def test_a_flood_is_told_once_until_it_ebbs() -> None:
    desk = OrderDesk("k", 0.0)
    answers = [desk.take(come("do/listen", b"PRESS"), WORDS, 0.0) for _ in range(ORDERS_AT_ONCE + 10)]
    assert answers[:ORDERS_AT_ONCE] == [ListenAsked()] * ORDERS_AT_ONCE
    assert isinstance(answers[ORDERS_AT_ONCE], Reply)
    assert answers[ORDERS_AT_ONCE + 1 :] == [None] * 9
    assert desk.take(come("do/listen", b"PRESS"), WORDS, 10.0) == ListenAsked()


def test_another_order_under_the_same_id_is_another_order() -> None:
    """A timer's id is its name: whoever sets and cancels eggs uses it for both."""
    desk = OrderDesk("k", 0.0)
    assert isinstance(desk.take(come("do/timer", b'{"seconds": 60, "id": "eggs"}'), WORDS, 0.0), SetTimer)
    desk.settle("eggs", {"ok": True})
    assert isinstance(desk.take(come("do/cancel_timer", b'{"timer": "eggs", "id": "eggs"}'), WORDS, 1.0), CancelTimer)
    assert isinstance(desk.take(come("do/timer", b'{"seconds": 600, "id": "eggs"}'), WORDS, 2.0), SetTimer)


def test_the_same_timer_ordered_again_is_set_again_but_not_what_the_broker_repeats() -> None:
    desk = OrderDesk("k", 0.0)
    eggs = b'{"seconds": 60, "id": "eggs"}'
    assert isinstance(desk.take(come("do/timer", eggs), WORDS, 0.0), SetTimer)
    desk.settle("eggs", {"ok": True})
    assert desk.take(come("do/timer", eggs), WORDS, 1.0) == Reply("done", {"ok": True})
    assert desk.take(come("do/timer", eggs, duplicate=True), WORDS, 120.0) == Reply("done", {"ok": True})
    assert isinstance(desk.take(come("do/timer", eggs), WORDS, 120.0), SetTimer), "it has rung since"
