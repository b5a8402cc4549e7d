"""What must hold for any message that comes over MQTT, whoever sends it: an order, a bid of another device.

An input is a topic below the device's own, a line break, and the payload. Of it comes an event or a deed in its bounds,
a refusal in words, or nothing; and whatever comes can be told on.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args

import msgspec

from oyez.events import Event
from oyez.home import rivals, topics
from oyez.home.bidding import Bidding
from oyez.home.deeds import Deed
from oyez.home.order_desk import OrderDesk, Reply
from oyez.home.order_fields import Refusal
from oyez.home.orders import LARGEST_BYTES, ORDERS, parse
from oyez.home.packets import Incoming
from tests.fuzz.wire import LEAVES

ROOT = "oyez/kitchen"
WORDS = ("alexa", "hey_jarvis")
ORDER_TYPES = (*get_args(Event), *get_args(Deed))
GOOD: dict[str, tuple[str, ...]] = {
    "set/volume": ("40", '{"volume": 40}'),
    "set/muted": ("ON", '{"muted": true}'),
    "set/wake_words": ("alexa, hey_jarvis", '["alexa"]', '{"wake_words": ["alexa"], "id": "1"}'),
    "set/sensitivity": ("high", '{"sensitivity": "low", "id": "1"}'),
    "set/follow_up": ("off", '{"follow_up": false}'),
    "do/say": ("Dinner is ready.", '{"text": "Dinner.", "priority": "urgent", "volume": 40, "id": "1"}'),
    "do/ask": ("Which one?", '{"question": "Which one?", "answer_s": 8, "id": "1"}'),
    "do/announce": ("bell.wav", '{"source": "https://example.org/bell.mp3", "volume": 40, "id": "1"}'),
    "do/talk": ("press", '{"action": "release", "id": "1"}'),
    "do/approve": ("yes", '{"approve": true, "request_id": "r", "id": "1"}'),
    "do/enrol": ("our_house", '{"name": "our_house", "id": "1"}'),
    "do/label_clip": ('{"clip": "000012", "label": "true", "id": "1"}',),
    "do/timer": ('{"seconds": 300, "label": "eggs", "id": "1"}', '{"at": "07:00"}'),
    "do/cancel_timer": ("all", '{"timer": "t1", "id": "1"}'),
}
"""Of each order; one that is not named here takes a press."""


def one_input(data: bytes) -> None:
    """Raises whatever should not have been raised: AssertionError when an answer is wrong."""
    line, _, payload = data.partition(b"\n")
    topic = line.decode("utf-8", "replace")
    for retained in (False, True):
        is_order_or_refused(f"{ROOT}/{topic}", payload, retained)
    comes_to_the_desk(f"{ROOT}/{topic}", payload)
    is_bid_or_nothing(topic, payload)


def is_order_or_refused(topic: str, payload: bytes, retained: bool) -> None:
    result = parse("kitchen", topic, payload, retained, WORDS)
    if isinstance(result, Refusal):
        assert 0 < len(result.sentence) < 2 * LARGEST_BYTES
        told = topics.event_message("kitchen", "error", topics.outcome(result.order_id, False, result.sentence))
        assert isinstance(json.loads(told.payload), dict)
        return
    assert not retained, "nobody knows how old it is"
    assert isinstance(result, ORDER_TYPES)
    assert len(payload) <= LARGEST_BYTES
    for value in values(result):
        assert not isinstance(value, dict), "what an order holds was looked at"


def values(order: object) -> Iterator[Any]:
    """Of an order, and of what lies in its tuples."""
    assert is_dataclass(order)
    for field in fields(order):
        value = getattr(order, field.name)
        yield from value if isinstance(value, tuple) else (value,)


def comes_to_the_desk(topic: str, payload: bytes) -> None:
    """Twice: an order with an id is one."""
    desk = OrderDesk("kitchen", 0.0)
    message = Incoming(topic, payload, retained=False, duplicate=False)
    first = desk.take(message, WORDS, 0.0)
    assert first is not None
    again = desk.take(message, WORDS, 1.0)
    if isinstance(first, Reply):
        assert again == first
    elif getattr(first, "order_id", None) is not None:
        assert again is None


def is_bid_or_nothing(topic: str, payload: bytes) -> None:
    """What other devices say is no order, and may be a bid."""
    rivals.source(topic)
    rivals.source(f"oyez/bath/{topic}")
    present = rivals.Rivals()
    present.is_available("bath", payload)
    present.listens("bath", payload)
    words = rivals.read_words(payload)
    assert all(isinstance(word, str) for word in words)
    bid = rivals.read_bid(payload)
    if bid is not None:
        Bidding("kitchen", 0.15).heard("bath", bid, 1.0)
        assert rivals.read_bid(rivals.bid_message("bath", bid).payload) == bid, "a bid changes when it is told again"


def mutated(data: bytes, seed: int, max_size: int) -> bytes | None:
    """Another topic, another value in the JSON, or other bytes."""
    dice = random.Random(seed)
    line, _, payload = data.partition(b"\n")
    chance = dice.random()
    if chance < 0.1:
        line = dice.choice([*ORDERS, "do/x", "set/", "bid", "listens", "availability"]).encode()
    elif chance < 0.6:
        payload = _other_value(payload, dice)
    else:
        place = dice.randrange(len(payload) + 1)
        noise = dice.choice([b"", b"{", b'"', b"\x00", b"\xff", b"+", b"/", b"#", b"%s", b"$(x)", b"../", b"0" * 5000])
        payload = payload[:place] + noise + payload[place + dice.randrange(3) :]
    return (line + b"\n" + payload)[:max_size]


def _other_value(payload: bytes, dice: random.Random) -> bytes:
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        body = {}
    if not isinstance(body, dict):
        body = {"id": body}
    known = sorted({name for text in _texts() if text.startswith("{") for name in json.loads(text)})
    body[dice.choice(known)] = dice.choice([*LEAVES, "normal", "1" * 70, 10**400, -0.0, "07:00", ["alexa"] * 9])
    return json.dumps(body).encode("utf-8", "surrogatepass")


def _texts() -> Iterator[str]:
    for texts in GOOD.values():
        yield from texts


def seeds() -> Iterator[bytes]:
    """Every order, well said; and what devices say to each other."""
    for name in ORDERS:
        for text in GOOD.get(name, ("PRESS", '{"id": "1"}')):
            yield f"{name}\n{text}".encode()
    yield b"availability\nonline"
    yield b"listens\n" + msgspec.json.encode({"words": ["alexa"]})
    yield b"bid\n" + msgspec.json.encode({"word": "alexa", "near_db": -20.0, "score": 0.9, "snr_db": 12.0})
