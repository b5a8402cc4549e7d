"""What is said of timers: sentences to be read aloud, and what people call a timer by. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo

from oyez.home.timer_dues import Entry

PLAIN = frozenset({"", "timer", "timers", "alarm", "alarms"})
"""No label at all, though a model may send it as one."""
LONGEST_LABEL = 64
MOST_TOLD = 5


def label_of(text: str) -> str:
    """A label as it is kept: one line, no control characters, not too long."""
    label = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_LABEL].strip()
    return "" if label.lower() in PLAIN else label


def called(entry: Entry) -> str:
    """`5 minute eggs timer`; `eggs alarm`."""
    if entry.length_s is None:
        return f"{entry.label} alarm".strip()
    return f"{entry.label} timer" if entry.label else f"{length(entry.length_s, one=True)} timer"


def length(seconds: float, one: bool = False) -> str:
    """`1 hour 30 minutes`. one: as it stands before a noun, `90 minute`."""
    whole = max(1, round(seconds))
    units = (
        ("day", whole // 86400),
        ("hour", whole // 3600 % 24),
        ("minute", whole // 60 % 60),
        ("second", whole % 60),
    )
    return " ".join(f"{n} {unit}" if one or n == 1 else f"{n} {unit}s" for unit, n in units if n)


def day(wall_s: float, now_s: float, zone: tzinfo | None) -> str:
    """`07:00 tomorrow`."""
    due, now = datetime.fromtimestamp(wall_s, zone), datetime.fromtimestamp(now_s, zone)
    days = (due.date() - now.date()).days
    return f"{due:%H:%M}" + {0: " today", 1: " tomorrow"}.get(days, f" on {due:%A}" if days > 1 else "")


def told(entries: Sequence[tuple[Entry, float, float]], now_s: float, zone: tzinfo | None, ringing: int = 0) -> str:
    """What is set, in the order given: (entry, seconds left, wall clock at its end). ringing: so many of them ring."""
    if not entries:
        return "There is no timer and no alarm."
    parts = [
        f"the {called(entry)} rings now"
        if place < ringing
        else f"the {called(entry)} is set for {day(wall_s, now_s, zone)}"
        if entry.length_s is None
        else f"the {called(entry)} has {length(left_s)} left"
        for place, (entry, left_s, wall_s) in enumerate(entries[:MOST_TOLD])
    ]
    more = len(entries) - MOST_TOLD
    if more > 0:
        parts.append(f"{more} more")
    return _sentence(_listed(parts))


def named(entries: Sequence[Entry]) -> str:
    """`the eggs timer and the alarm`."""
    names = [f"the {called(entry)}" for entry in entries[:MOST_TOLD]]
    if len(entries) > MOST_TOLD:
        names.append(f"{len(entries) - MOST_TOLD} more")
    return _listed(names)


def meant(which: str, entries: Sequence[Entry], ringing: int = 0) -> list[Entry] | None:
    """Those that somebody means by an id, a label, a length, a time, `all`, or nothing. ringing: so many of them,
    the first ones, ring. None: it could be any of them."""
    wanted = _key(which)
    if wanted in ("all", "everything"):
        return list(entries)
    if wanted == "":
        kind = [entry for entry in entries if ("alarm" in which.lower()) == (entry.length_s is None)]
        likely = list(entries[:ringing]) or (kind if which.strip() else list(entries))
        return likely if len(likely) <= max(1, ringing) else None
    exact = [entry for entry in entries if entry.id == which.strip()]
    found = exact or [entry for entry in entries if wanted in (_key(entry.label), entry.at, _key(called(entry)))]
    return found[:1]


def _key(text: str) -> str:
    """Without what people say around a name."""
    words = re.sub(r"\b(\d):", r"0\1:", re.sub(r"[-_]", " ", text.strip().lower())).removesuffix(".").split()
    left = [
        word for word in words if word not in PLAIN | {"the", "my", "a", "an", "for", "of", "at", "called", "named"}
    ]
    return " ".join(re.sub(r"^(hour|minute|second|day)s$", r"\1", word) for word in left)


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
