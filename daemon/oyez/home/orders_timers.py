"""Orders that concern timers and alarms. Pure."""

import re

from oyez.home.deeds import CancelTimer, SetTimer
from oyez.home.order_fields import Body, Wrong, field, number, shown
from oyez.home.timer_words import LONGEST_LABEL

LONGEST_S = 30 * 24 * 3600
AT = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
ALL = "all"


def timer(body: Body, order_id: str | None) -> SetTimer:
    if isinstance(body, str):
        return SetTimer(_seconds(body, body), None, "", order_id)
    if ("seconds" in body) == ("at" in body):
        raise Wrong('send either `seconds` or `at`: {"seconds": 300} or {"at": "07:00"}.')
    if order_id == ALL:
        raise Wrong(f"`{ALL}` is no id for a timer: it means every one of them.")
    label = _label(body.get("label", ""))
    if "at" in body:
        return SetTimer(None, clock(field(body, "at", "label")), label, order_id)
    return SetTimer(_seconds(body, field(body, "seconds", "label")), None, label, order_id)


def cancel_timer(body: Body, order_id: str | None) -> CancelTimer:
    which = field(body, "timer")
    if not isinstance(which, str) or not 1 <= len(which) <= 64 or not which.isprintable():
        raise Wrong(f"{shown(which)} is no timer: send its id, as event/timer gave it, or `{ALL}`.")
    return CancelTimer(None if which == ALL else which, order_id)


def clock(value: object) -> str:
    """`HH:MM`, a local time of day. Raises Wrong."""
    found = AT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong(f"{shown(value)} is no time of day: send `07:00`.")
    return f"{int(found[1]):02d}:{found[2]}"


def _seconds(body: Body, value: object) -> float:
    return number(body, value, 1, LONGEST_S)


def _label(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_LABEL:
        raise Wrong(f"`label` is {shown(value)} and must be a string of at most {LONGEST_LABEL} characters.")
    if not value.isprintable():
        raise Wrong("`label` holds control characters.")
    return value.strip()
