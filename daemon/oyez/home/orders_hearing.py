"""Orders that concern hearing: microphone, wake words, phrases of one's own, the locker. Pure."""

import re
from collections.abc import Collection
from typing import Any

import msgspec

from oyez.config_hearing import SHIPPED_WORDS
from oyez.events import EnrolAsked, Event, MuteAsked, SensitivityAsked, TalkPressed, TalkReleased, WakeWordsAsked
from oyez.home.deeds import LabelClip
from oyez.home.order_fields import Body, Wrong, field, no_id, shown, switch

MOST_WORDS = 8
"""Wake words at once: each costs a model's time, all the time."""
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""As the configuration's identifiers."""


def muted(body: Body, order_id: str | None) -> Event:
    no_id(order_id)
    return MuteAsked(switch(field(body, "muted")))


def talk(body: Body, order_id: str | None) -> Event:
    action = field(body, "action")
    word = action.lower() if isinstance(action, str) else ""
    if word not in ("press", "release"):
        raise Wrong(f"{shown(action)} is neither press nor release.")
    return TalkPressed(order_id) if word == "press" else TalkReleased(order_id)


def wake_words(body: Body, order_id: str | None) -> Event:
    """A list, or as a text field sends it: names with commas, or that list as JSON."""
    named = field(body, "wake_words")
    if isinstance(named, str):
        named = listed(named)
    if not isinstance(named, list) or not all(isinstance(word, str) for word in named):
        raise Wrong(f"{shown(named)} is no list of names.")
    words = tuple(dict.fromkeys(word.strip() for word in named if word.strip()))
    if not words:
        raise Wrong("no wake word is named, and nobody could wake it: set/muted switches the microphone off.")
    if len(words) > MOST_WORDS:
        raise Wrong(f"{len(words)} wake words are more than {MOST_WORDS}.")
    return WakeWordsAsked(words, order_id)


def listed(text: str) -> list[Any]:
    if not text.startswith("["):
        return text.split(",")
    try:
        return msgspec.json.decode(text, type=list[Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Wrong(f"begins like a JSON list and is none ({error}).") from None


def check_known(words: Collection[str], known: Collection[str]) -> None:
    if unknown := [word for word in words if word not in known]:
        raise Wrong(f"{shown(unknown[0])} is no wake word of this device: known are {', '.join(sorted(known))}.")


def sensitivity(body: Body, order_id: str | None) -> Event:
    value = field(body, "sensitivity")
    match value.lower() if isinstance(value, str) else "":
        case "low" | "medium" | "high" as level:
            return SensitivityAsked(level, order_id)
        case _:
            raise Wrong(f"{shown(value)} is neither low, medium nor high.")


def enrol(body: Body, order_id: str | None) -> Event:
    name = field(body, "name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise Wrong(f"{shown(name)} is no name for a phrase: 1 to 64 letters, digits, _ or -.")
    if name in SHIPPED_WORDS:
        raise Wrong(f"{name} is the name of a word that comes with the device: choose another.")
    return EnrolAsked(name, order_id)


def label_clip(body: Body, order_id: str | None) -> LabelClip:
    if isinstance(body, str):
        raise Wrong('send {"clip": "000012", "label": "true"}.')
    clip, label = field(body, "clip", "label"), field(body, "label", "clip")
    label = str(label).lower() if isinstance(label, bool | str) else label
    if label not in ("true", "false", "unsure"):
        raise Wrong(f"{shown(label)} is no label: send true, false or unsure.")
    if not isinstance(clip, str) or not (clip.isascii() and clip.isdigit() and len(clip) <= 9):
        raise Wrong(f"{shown(clip)} is no clip's id: they are digits, as event/near_miss gives them.")
    return LabelClip(clip, label, order_id)
