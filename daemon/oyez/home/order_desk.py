"""Where orders come in: a flood is bounded, the same order twice is one, what is none is answered. Pure."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from oyez.home import topics
from oyez.home.deeds import SetTimer
from oyez.home.flood import Recent, TokenBucket
from oyez.home.order_fields import Refusal
from oyez.home.orders import Order, parse
from oyez.home.packets import Incoming

log = logging.getLogger(__name__)

ORDERS_PER_S = 5.0
ORDERS_AT_ONCE = 20
AGAIN_S = 10.0
"""The same timer, ordered again after so long, is set again."""


@dataclass(frozen=True, slots=True)
class Reply:
    """To be told at once, on `event/<name>`."""

    name: str
    body: dict[str, Any]


class OrderDesk:
    """Time is monotonic seconds and an argument."""

    def __init__(self, device_id: str, now: float) -> None:
        self._device_id = device_id
        self._recent = Recent()
        self._bucket = TokenBucket(ORDERS_PER_S, ORDERS_AT_ONCE, now)
        self._flooded = False

    def take(self, incoming: Incoming, known_words: Collection[str], now: float) -> Order | Reply | None:
        """None: nothing is to be done. known_words: wake words that may be asked for."""
        if not self._bucket.take(now):
            flooded, self._flooded = self._flooded, True
            return (
                None
                if flooded
                else self._refuse(incoming.topic, Refusal("Too many orders: some are not carried out. Send fewer."))
            )
        self._flooded = False
        order = parse(self._device_id, incoming.topic, incoming.payload, incoming.retained, known_words)
        if isinstance(order, Refusal):
            return self._refuse(incoming.topic, order)
        order_id = getattr(order, "order_id", None)
        # Another order under the same id is another order.
        key = f"{order_id or ''} {incoming.topic} {incoming.payload!r}"
        if self._recent.add(key, now):
            return order
        if self._is_new(order, incoming.duplicate, self._recent.age_s(key, now)):
            self._recent.note(key, now)
            return order
        answer = self._recent.answer(key) if order_id is not None else None
        return None if answer is None else Reply("done", answer)

    def _is_new(self, order: Order, duplicate: bool, age_s: float | None) -> bool:
        """Whether an order that was seen before is meant anew. duplicate: the broker itself says that it is not."""
        if duplicate:
            return False
        if isinstance(order, SetTimer):  # the id is the timer's name, and eggs are cooked again
            return age_s is None or age_s > AGAIN_S
        return getattr(order, "order_id", None) is None

    def settle(self, order_id: str | None, body: dict[str, Any]) -> None:
        """The answer, should the order come again."""
        if order_id is not None:
            self._recent.settle(order_id, body)

    def _refuse(self, topic: str, refusal: Refusal) -> Reply:
        log.warning("Order refused: %s", refusal.sentence)
        name = topic.removeprefix(topics.base(self._device_id) + "/")
        body = topics.outcome(refusal.order_id, False, refusal.sentence)
        return Reply("error", {**body, "order": topics.clip(name)})
