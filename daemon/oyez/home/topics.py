"""What the device says over MQTT: topics, and the messages for them. Pure.

All of it begins with `oyez/<device_id>/`. docs/mqtt.md tells the same to people; a test compares the two.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from oyez.view import View

ONLINE = b"online"
OFFLINE = b"offline"

LONGEST_STATE = 255
"""Home Assistant refuses longer states; what becomes a state of an entity is clipped to it."""
LONGEST_TEXT = 4096
"""Of what was heard or said, in characters."""

EVENTS = ("wake", "near_miss", "enrol", "done", "error", "tool", "approval", "timer", "yielded", "update")
"""The events that this version tells of."""
TOPICS = {
    "availability": True,
    "state": True,
    "status/<key>": True,
    "level": False,
    "caption": False,
    "listens": True,
    "bid": False,
}
"""What else this device publishes below its own tree, and whether it is retained."""
_ALIKE = ("muted", "volume", "wake_words", "sensitivity", "follow_up", "ringing", "trouble", "budget")
PLAIN = {"activity": "state", **{key: key for key in _ALIKE}}
"""`status/<key>` for whoever wants one value a topic, and the key of the state document that it tells. None of them
ends in `/state`: who looks for the document by that must not find a bare word."""

_EVENT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: bytes
    retain: bool = False
    qos: int = 1
    answer_topic: str = ""
    """Where an answer is wanted (MQTT 5); empty: none is."""
    correlation: bytes = b""
    """What the answer carries too."""
    life_s: int | None = None
    """Not delivered later than that (MQTT 5); None: whenever it can be."""


def base(device_id: str) -> str:
    return f"oyez/{device_id}"


def availability(device_id: str, payload: bytes) -> Message:
    """payload: ONLINE or OFFLINE, which is also the last will."""
    return Message(f"{base(device_id)}/availability", payload, retain=True)


def state_message(device_id: str, picture: Mapping[str, Any]) -> Message:
    """The retained picture of the device, as `document` made it."""
    return Message(f"{base(device_id)}/state", _json(picture), retain=True)


def plain_messages(device_id: str, picture: Mapping[str, Any]) -> list[Message]:
    """The same for programs that take one value a topic: `status/<key>`, plain text."""
    return [Message(f"{base(device_id)}/status/{key}", _as_text(picture[of]), retain=True) for key, of in PLAIN.items()]


def _as_text(value: Any) -> bytes:
    match value:
        case bool():
            text = "ON" if value else "OFF"
        case None:
            text = "none"
        case {"kind": kind}:
            text = str(kind)
        case list():
            text = ",".join(map(str, value))
        case _:
            text = str(value)
    return clip(text).encode("utf-8", "replace")


def nothing_retained(device_id: str) -> list[Message]:
    """Takes all that is retained under a device's topics away."""
    names = [name for name, retained in TOPICS.items() if retained and "<" not in name]
    names += [f"status/{key}" for key in PLAIN]
    return [Message(f"{base(device_id)}/{name}", b"", retain=True) for name in names]


def event_message(device_id: str, name: str, body: Mapping[str, Any]) -> Message:
    """`event/<name>`. `event_type` is there because Home Assistant's event entity asks for it."""
    if not _EVENT_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for an event: lower-case letters, digits and _ only")
    return Message(f"{base(device_id)}/event/{name}", _json({**body, "event_type": name}))


def outcome(order_id: str | None, ok: bool, why: str, answer: str | None = None) -> dict[str, Any]:
    """The body of `event/done` and, refused, of `event/error`; `id` only if the order had one, `answer` only if it
    was a question and somebody answered."""
    body: dict[str, Any] = {"ok": ok, "why": why}
    if answer is not None:
        body["answer"] = clip(answer, LONGEST_TEXT)
    return body if order_id is None else {"id": order_id, **body}


def wake_body(
    word: str, score: float, threshold: float, snr_db: float | None, direction_deg: float | None
) -> dict[str, Any]:
    """Of `event/wake` and `event/near_miss`. What is not known is left out."""
    body: dict[str, Any] = {"word": word, "score": round(score, 3), "threshold": round(threshold, 3)}
    if snr_db is not None:
        body["snr_db"] = round(snr_db, 1)
    if direction_deg is not None:
        body["direction_deg"] = round(direction_deg) % 360
    return body


def clip(text: str, longest: int = LONGEST_STATE) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def document(view: View, extra: Mapping[str, Any]) -> dict[str, Any]:
    """The state document. extra: more keys; the view's own win."""
    return {**extra, **_seen(view)}


def _seen(view: View) -> dict[str, Any]:
    trouble = None
    if view.trouble is not None:
        trouble = {"kind": clip(view.trouble.kind), "sentence": clip(view.trouble.sentence, LONGEST_TEXT)}
    approval = None
    if view.approval is not None:
        wish = view.approval
        approval = {"request_id": clip(wish.request_id), "server": clip(wish.server), "name": clip(wish.name)}
    return {
        "state": view.state,
        "muted": view.muted,
        "muted_by": list(view.muted_by),
        "volume": round(view.volume * 100),
        "wake_word": clip(view.wake_word),
        "wake_words": list(view.wake_words),
        "sensitivity": view.sensitivity,
        "follow_up": view.follow_up,
        "ringing": view.ringing,
        "quiet": view.quiet,
        "brightness": None if view.brightness is None else round(view.brightness * 100),
        "last_heard": clip(view.last_heard, LONGEST_TEXT),
        "last_said": clip(view.last_said, LONGEST_TEXT),
        "trouble": trouble,
        "approval": approval,
        "budget": view.budget,
    }


def without_words(view: View) -> View:
    """Words of the household stay out of the broker unless its owner wishes otherwise."""
    return msgspec.structs.replace(view, last_heard="", last_said="")


def _json(document: Mapping[str, Any]) -> bytes:
    # A lone surrogate (from another program's JSON) cannot be sent as UTF-8: it is replaced, not fatal.
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
