"""Pure: the other devices of the house, as their messages tell of them. Nothing that comes from there is trusted.

oyez/<id>/availability   retained, `online` or `offline`
oyez/<id>/listens        retained, {"words": [...]}: for these it may bid now
oyez/<id>/bid            {"word", "near_db", "score", "snr_db", "engaged", "spoke_s", "claim"}
"""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from oyez.config_section import Fraction, Identifier
from oyez.home.bidding import Bid
from oyez.home.flood import TokenBucket
from oyez.home.topics import ONLINE, Message, base

MOST_RIVALS = 64
"""What more there are, are not taken notice of."""
LARGEST_BID_BYTES, LARGEST_LIST_BYTES = 512, 4096
BIDS_PER_S, BIDS_AT_ONCE = 5.0, 20
"""Of one device; a phrase takes two, seldom more."""
LIFE_S = 1
WATCHED = ("oyez/+/availability", "oyez/+/listens", "oyez/+/bid")

_TOPIC = re.compile(r"oyez/([A-Za-z0-9_-]{1,64})/(availability|listens|bid)")
_Decibels = Annotated[float, Meta(ge=-200.0, le=200.0)]


class _Bid(msgspec.Struct, kw_only=True):
    word: Identifier
    near_db: _Decibels | None = None
    score: Fraction
    snr_db: _Decibels | None = None
    engaged: bool = False
    spoke_s: Annotated[int, Meta(ge=0, le=10**9)] | None = None
    claim: bool = False


class _Listens(msgspec.Struct, kw_only=True):
    words: Annotated[list[Identifier], Meta(max_length=64)]


def source(topic: str) -> tuple[str, str] | None:
    """The device and which of its topics; None: none of these."""
    match = _TOPIC.fullmatch(topic)
    return (match[1], match[2]) if match else None


def bid_message(device: str, bid: Bid) -> Message:
    return Message(f"{base(device)}/bid", msgspec.json.encode(bid), qos=0, life_s=LIFE_S)


def listens_message(device: str, words: tuple[str, ...] | None) -> Message:
    """words: None takes back what was told before: this device never bids."""
    payload = b"" if words is None else msgspec.json.encode({"words": words})
    return Message(f"{base(device)}/listens", payload, retain=True)


def read_bid(payload: bytes) -> Bid | None:
    """None: it is none."""
    if len(payload) > LARGEST_BID_BYTES:
        return None
    try:
        return Bid(**msgspec.structs.asdict(msgspec.json.decode(payload, type=_Bid)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def read_words(payload: bytes) -> frozenset[str]:
    if len(payload) > LARGEST_LIST_BYTES:
        return frozenset()
    try:
        return frozenset(msgspec.json.decode(payload, type=_Listens).words)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frozenset()


class Rivals:
    """Who is there, what each listens for, and how much each may say. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._online: set[str] = set()
        self._words: dict[str, frozenset[str]] = {}
        self._buckets: dict[str, TokenBucket] = {}

    def is_available(self, device: str, payload: bytes) -> None:
        self._online.discard(device)
        if payload == ONLINE and len(self._online) < MOST_RIVALS:
            self._online.add(device)

    def listens(self, device: str, payload: bytes) -> None:
        self._words.pop(device, None)
        words = read_words(payload)
        if words and len(self._words) < MOST_RIVALS:
            self._words[device] = words

    def admits(self, device: str, now: float) -> bool:
        """Whether one more bid of this device is listened to."""
        if device not in self._buckets:
            if len(self._buckets) >= MOST_RIVALS:
                return False
            self._buckets[device] = TokenBucket(BIDS_PER_S, BIDS_AT_ONCE, now)
        return self._buckets[device].take(now)

    def is_there(self, device: str) -> bool:
        return device in self._online

    def listening_for(self, words: frozenset[str]) -> frozenset[str]:
        """Devices that are there and listen for any of these."""
        return frozenset(device for device in self._online if self._words.get(device, frozenset()) & words)

    def forget(self) -> None:
        """The broker is away: nothing is known of anybody."""
        self._online.clear()
        self._words.clear()
        self._buckets.clear()
