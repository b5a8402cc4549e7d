"""What others may order over MQTT: a payload becomes an event, a deed, or a refusal that says why. Pure.

`set/<name>` are settings, `do/<name>` are deeds. Whatever is not an order changes nothing.
"""

from collections.abc import Callable, Collection
from typing import TypeAlias

from oyez.config_hearing import SHIPPED_WORDS
from oyez.events import Event, WakeWordsAsked
from oyez.home import (
    orders_device as device,
    orders_hearing as hearing,
    orders_speaking as speaking,
    orders_timers as timers,
)
from oyez.home.deeds import Deed
from oyez.home.order_fields import Body, Refusal, Wrong, opened, shown
from oyez.home.topics import base

LARGEST_BYTES = 4096

Order: TypeAlias = Event | Deed


def parse(
    device_id: str, topic: str, payload: bytes, retained: bool, known_words: Collection[str] = SHIPPED_WORDS
) -> Order | Refusal:
    """topic: in full. retained: whether the broker had kept it, so that nobody knows how old it is.
    known_words: wake words that there is a model for, or that were enrolled."""
    name = topic.removeprefix(base(device_id) + "/")
    if name not in ORDERS:
        return Refusal(f"{shown(name)} is no order of this device: known are {', '.join(ORDERS)}.")
    if len(payload) > LARGEST_BYTES:
        return Refusal(f"{name} has {len(payload)} bytes, more than {LARGEST_BYTES}: nothing was done. Send less.")
    try:
        text = payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        return Refusal(f"{name} is not UTF-8 text: nothing was done.")
    try:
        order_id, body = opened(text)
    except Wrong as wrong:
        return Refusal(f"{name}: {wrong} Nothing was done.", wrong.order_id)
    if retained:
        return Refusal(
            f"{name} was retained, so it may be old: nothing was done. Publish orders without the retain flag, "
            "and clear this one with an empty retained message.",
            order_id,
        )
    try:
        order = ORDERS[name](body, order_id)
        if isinstance(order, WakeWordsAsked):
            hearing.check_known(order.words, known_words)
        return order
    except Wrong as wrong:
        return Refusal(f"{name}: {wrong} Nothing was done.", order_id)


ORDERS: dict[str, Callable[[Body, str | None], Order]] = {
    "set/volume": speaking.volume,
    "set/muted": hearing.muted,
    "set/wake_words": hearing.wake_words,
    "set/sensitivity": hearing.sensitivity,
    "set/follow_up": speaking.follow_up,
    "set/brightness": device.brightness,
    "do/listen": speaking.listen,
    "do/stop": speaking.stop,
    "do/say": speaking.say,
    "do/ask": speaking.ask,
    "do/announce": speaking.announce,
    "do/talk": hearing.talk,
    "do/approve": speaking.approve,
    "do/enrol": hearing.enrol,
    "do/label_clip": hearing.label_clip,
    "do/restart": speaking.restart,
    "do/install_update": device.install_update,
    "do/factory_reset": device.factory_reset,
    "do/timer": timers.timer,
    "do/cancel_timer": timers.cancel_timer,
}
