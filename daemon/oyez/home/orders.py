"""What others may order over MQTT: a payload becomes an event, or a refusal that says why. Pure.

`set/<name>` are settings, `do/<name>` are deeds. Whatever is not an order changes nothing.
"""

import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import msgspec

from oyez.config_hearing import SHIPPED_WORDS
from oyez.events import (
    ApprovalGiven,
    EnrolAsked,
    Event,
    ListenAsked,
    MuteAsked,
    SayAsked,
    SensitivityAsked,
    StopAsked,
    TalkPressed,
    TalkReleased,
    VolumeAsked,
    WakeWordsAsked,
)
from oyez.home.topics import base

LARGEST_BYTES = 4096
LONGEST_SPEECH = 2000
"""Characters that `do/say` takes: about two minutes of speech."""
LONGEST_ID = 255
"""Characters of a request that `do/approve` answers: as the state document shows it."""

MOST_WORDS = 8
"""Wake words at once: each costs a model's time, all the time."""

ON = frozenset({"on", "true", "1", "yes"})
OFF = frozenset({"off", "false", "0", "no"})
_ORDER_ID = re.compile(r"[\x21-\x7e]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""As the configuration's identifiers."""
_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{0,12})?")


@dataclass(frozen=True, slots=True)
class Refusal:
    sentence: str
    """What was wrong, what it means, what to send instead."""
    order_id: str | None = None
    """The order's own id, where one could be read."""


@dataclass(frozen=True, slots=True)
class LabelClip:
    """What a person says of a clip in the locker. No business of the conversation: it is no event."""

    clip: str
    label: str
    order_id: str | None = None


Order = Event | LabelClip


def parse(
    device_id: str, topic: str, payload: bytes, retained: bool, known_words: Collection[str] = SHIPPED_WORDS
) -> Order | Refusal:
    """topic: in full. retained: whether the broker had kept it, so that nobody knows how old it is.
    known_words: wake words that there is a model for, or that were enrolled."""
    name = topic.removeprefix(base(device_id) + "/")
    if name not in ORDERS:
        return Refusal(f"{_shown(name)} is no order of this device: known are {', '.join(ORDERS)}.")
    if len(payload) > LARGEST_BYTES:
        return Refusal(f"{name} has {len(payload)} bytes, more than {LARGEST_BYTES}: nothing was done. Send less.")
    try:
        text = payload.decode("utf-8").strip()
    except UnicodeDecodeError:
        return Refusal(f"{name} is not UTF-8 text: nothing was done.")
    try:
        order_id, body = _open(text)
    except _Wrong as wrong:
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
            _check_known(order.words, known_words)
        return order
    except _Wrong as wrong:
        return Refusal(f"{name}: {wrong} Nothing was done.", order_id)


class _Wrong(Exception):
    """A sentence for the one who ordered."""

    def __init__(self, sentence: str, order_id: str | None = None) -> None:
        super().__init__(sentence)
        self.order_id = order_id


def _open(text: str) -> tuple[str | None, str | dict[str, Any]]:
    """The order's id and what is left: plain text, or the fields of a JSON object."""
    if not text.startswith("{"):
        return None, text
    try:
        fields = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise _Wrong(f"begins like a JSON object and is none ({error}).") from None
    order_id = fields.pop("id", None)
    if order_id is not None and not (isinstance(order_id, str) and _ORDER_ID.fullmatch(order_id)):
        raise _Wrong("`id` must be a string of 1 to 64 visible ASCII characters.")
    return order_id, fields


def _field(body: str | dict[str, Any], name: str, *others: str) -> Any:
    """The value of an order: the plain text, or the field `name`; beside it only `others`, which may be left out."""
    if isinstance(body, str):
        return body
    if unknown := sorted(set(body) - {name, *others}):
        known = [f"`{field}`" for field in (name, *others, "id")]
        raise _Wrong(f"{_shown(unknown[0])} is an unknown field: known are {', '.join(known)}.")
    if name not in body:
        raise _Wrong(f"the field `{name}` is missing.")
    return body[name]


def _no_id(order_id: str | None) -> None:
    if order_id is not None:
        raise _Wrong("a setting takes no `id`: the state document shows when it is set.", order_id)


def _volume(body: str | dict[str, Any], order_id: str | None) -> Event:
    _no_id(order_id)
    value = _field(body, "volume")
    if isinstance(value, str) and isinstance(body, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _Wrong(f"{_shown(value)} is no number: send 0 to 100.")
    if not 0 <= value <= 100:
        raise _Wrong(f"{_shown(value)} is out of range: send 0 to 100.")
    return VolumeAsked(value / 100)


def _muted(body: str | dict[str, Any], order_id: str | None) -> Event:
    _no_id(order_id)
    value = _field(body, "muted")
    word = str(value).lower() if isinstance(value, bool | str) else ""
    if word not in ON | OFF:
        raise _Wrong(f"{_shown(value)} is neither ON nor OFF.")
    return MuteAsked(word in ON)


def _press(body: str | dict[str, Any]) -> None:
    """Home Assistant's buttons send PRESS. Nothing at all is no order: it is also how a retained one is cleared."""
    if isinstance(body, str):
        if body.lower() != "press":
            raise _Wrong(f"{_shown(body)} is not understood: send PRESS, or a JSON object with an `id`.")
    elif body:
        raise _Wrong(f"{_shown(min(body))} is an unknown field: known is `id`.")


def _listen(body: str | dict[str, Any], order_id: str | None) -> Event:
    _press(body)
    return ListenAsked(order_id)


def _stop(body: str | dict[str, Any], order_id: str | None) -> Event:
    _press(body)
    return StopAsked(order_id)


def _say(body: str | dict[str, Any], order_id: str | None) -> Event:
    text = _field(body, "text")
    if not isinstance(text, str):
        raise _Wrong(f"`text` is {_shown(text)} and must be a string.")
    text = text.strip()
    if not text:
        raise _Wrong("there is no text to say.")
    if len(text) > LONGEST_SPEECH:
        raise _Wrong(f"the text has {len(text)} characters, more than {LONGEST_SPEECH}: send it in parts.")
    if any(ord(character) < 32 and character not in "\n\t\r" for character in text) or "\x7f" in text:
        raise _Wrong("the text holds control characters.")
    return SayAsked(text, order_id)


def _talk(body: str | dict[str, Any], order_id: str | None) -> Event:
    action = _field(body, "action")
    word = action.lower() if isinstance(action, str) else ""
    if word not in ("press", "release"):
        raise _Wrong(f"{_shown(action)} is neither press nor release.")
    return TalkPressed(order_id) if word == "press" else TalkReleased(order_id)


def _approve(body: str | dict[str, Any], order_id: str | None) -> Event:
    approve = _field(body, "approve", "request_id")
    request_id = body.get("request_id") if isinstance(body, dict) else None
    if request_id is not None and not (isinstance(request_id, str) and 1 <= len(request_id) <= LONGEST_ID):
        raise _Wrong(f"`request_id` must be a string of 1 to {LONGEST_ID} characters, as event/approval gave it.")
    word = str(approve).lower() if isinstance(approve, bool | str) else ""
    if word not in ON | OFF:
        raise _Wrong(f"{_shown(approve)} is neither true nor false.")
    return ApprovalGiven(word in ON, request_id, order_id)


def _wake_words(body: str | dict[str, Any], order_id: str | None) -> Order:
    """A list, or as a text field sends it: names with commas, or that list as JSON."""
    named = _field(body, "wake_words")
    if isinstance(named, str):
        named = _listed(named)
    if not isinstance(named, list) or not all(isinstance(word, str) for word in named):
        raise _Wrong(f"{_shown(named)} is no list of names.")
    words = tuple(dict.fromkeys(word.strip() for word in named if word.strip()))
    if not words:
        raise _Wrong("no wake word is named, and nobody could wake it: set/muted switches the microphone off.")
    if len(words) > MOST_WORDS:
        raise _Wrong(f"{len(words)} wake words are more than {MOST_WORDS}.")
    return WakeWordsAsked(words, order_id)


def _listed(text: str) -> list[Any]:
    if not text.startswith("["):
        return text.split(",")
    try:
        return msgspec.json.decode(text, type=list[Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise _Wrong(f"begins like a JSON list and is none ({error}).") from None


def _check_known(words: Collection[str], known: Collection[str]) -> None:
    if unknown := [word for word in words if word not in known]:
        raise _Wrong(f"{_shown(unknown[0])} is no wake word of this device: known are {', '.join(sorted(known))}.")


def _sensitivity(body: str | dict[str, Any], order_id: str | None) -> Order:
    value = _field(body, "sensitivity")
    match value.lower() if isinstance(value, str) else "":
        case "low" | "medium" | "high" as level:
            return SensitivityAsked(level, order_id)
        case _:
            raise _Wrong(f"{_shown(value)} is neither low, medium nor high.")


def _enrol(body: str | dict[str, Any], order_id: str | None) -> Order:
    name = _field(body, "name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _Wrong(f"{_shown(name)} is no name for a phrase: 1 to 64 letters, digits, _ or -.")
    if name in SHIPPED_WORDS:
        raise _Wrong(f"{name} is the name of a word that comes with the device: choose another.")
    return EnrolAsked(name, order_id)


def _label_clip(body: str | dict[str, Any], order_id: str | None) -> Order:
    if isinstance(body, str):
        raise _Wrong('send {"clip": "000012", "label": "true"}.')
    clip, label = _field(body, "clip", "label"), _field(body, "label", "clip")
    label = str(label).lower() if isinstance(label, bool | str) else label
    if label not in ("true", "false", "unsure"):
        raise _Wrong(f"{_shown(label)} is no label: send true, false or unsure.")
    if not isinstance(clip, str) or not (clip.isascii() and clip.isdigit() and len(clip) <= 9):
        raise _Wrong(f"{_shown(clip)} is no clip's id: they are digits, as event/near_miss gives them.")
    return LabelClip(clip, label, order_id)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


ORDERS: dict[str, Callable[[str | dict[str, Any], str | None], Order]] = {
    "set/volume": _volume,
    "set/muted": _muted,
    "set/wake_words": _wake_words,
    "set/sensitivity": _sensitivity,
    "do/listen": _listen,
    "do/stop": _stop,
    "do/say": _say,
    "do/talk": _talk,
    "do/approve": _approve,
    "do/enrol": _enrol,
    "do/label_clip": _label_clip,
}
