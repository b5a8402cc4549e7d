"""When a timer or an alarm is due, whatever became of the clocks since it was set. Pure.

Timers go by the monotonic clock, which begins anew at each boot; alarms by the wall clock, which may be wrong after one
and jump later. An anchor is one moment on both, so that either can be told from the other.
"""

from datetime import datetime, time, timedelta, tzinfo
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.structs import replace

Seconds = Annotated[float, Meta(ge=-1e10, le=1e10)]
"""Bounded, so that a file that somebody wrote by hand can break no calendar."""

EARLIEST_S = datetime.fromisoformat("2025-01-01T00:00:00+00:00").timestamp()
"""A wall clock before this is a board's without a battery that knows no time yet."""
PATIENCE_S = 120.0
"""So long after a boot what goes by a wall clock that nobody vouches for waits for the network's time."""

SMALL_STEP_S = 60.0
"""A clock that is put right by so little was right enough: an alarm means what it meant by it."""

IMPOSSIBLE, UNSURE, SURE = 0, 1, 2
"""What a wall clock is worth. Two of them may be compared unless the later one is worth more."""


class Moment(msgspec.Struct, frozen=True):
    boot: str
    """Of the kernel's run: the monotonic clock counts from its begin."""
    mono_s: Seconds
    wall_s: Seconds
    """Since 1970, UTC."""
    sure: bool = True
    """A time server vouches for the wall clock."""

    @property
    def worth(self) -> int:
        if self.wall_s < EARLIEST_S:
            return IMPOSSIBLE
        return SURE if self.sure else UNSURE

    @property
    def offset_s(self) -> float:
        """Wall less monotonic."""
        return self.wall_s - self.mono_s


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A timer (`length_s`) or an alarm (`at`)."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    label: Annotated[str, Meta(max_length=64)] = ""
    set_s: Seconds
    """Monotonic, in the boot of its anchor."""
    length_s: Annotated[float, Meta(gt=0, le=1e8)] | None = None
    at: Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")] = ""
    """`HH:MM`, local time, the next after it was set."""
    spoken: bool = False
    """Its label is a word of the household, and not a program's."""
    anchor: Moment | None = None
    """Of an earlier boot; None: it was set in this one."""


def due_s(entry: Entry, here: Moment, zone: tzinfo | None = None) -> float:
    """On this boot's monotonic clock. here: this boot's anchor. zone: None is the machine's own."""
    there = entry.anchor or here
    if entry.length_s is None:
        return next_time(entry.at, entry.set_s + there.offset_s, zone) - here.offset_s
    due = entry.set_s + entry.length_s
    if entry.anchor is None:
        return due
    # No less can have passed since the anchor than since this boot: so nothing is ever early.
    latest = due - there.mono_s
    return min(latest, due + there.offset_s - here.offset_s) if _comparable(there, here) else latest


def looked_at_s(entry: Entry, here: Moment, zone: tzinfo | None = None) -> float:
    """As `due_s`, or later: a wall clock that nobody vouches for yet may be put right in a moment."""
    due = due_s(entry, here, zone)
    by_wall = entry.length_s is None or entry.anchor is not None
    return max(due, PATIENCE_S) if by_wall and here.worth < SURE and due < PATIENCE_S else due


def after_step(entry: Entry, step_s: float, here: Moment) -> Entry:
    """What is known of an entry once the wall clock was set by so much, or is worth more. here: the new anchor.

    An alarm means the next such time after it was set: by the clock that is right now, if the old one was wrong. Set
    in an earlier boot by a clock that was worth less, it means the next such time from now on. A timer of an earlier
    boot goes by this one's monotonic clock as soon as a right wall clock told how long the board was off.
    """
    if entry.length_s is not None:
        carried = entry.anchor is not None and here.worth == SURE
        return replace(entry, set_s=due_s(entry, here) - entry.length_s, anchor=None) if carried else entry
    if entry.anchor is None:
        return replace(entry, set_s=entry.set_s - step_s) if abs(step_s) <= SMALL_STEP_S else entry
    return entry if _comparable(entry.anchor, here) else replace(entry, set_s=here.mono_s, anchor=None)


def next_time(at: str, after_s: float, zone: tzinfo | None) -> float:
    """The next local `HH:MM` after a moment of the wall clock. A time that the clock skips in spring comes as much
    later as is skipped; one that comes twice in autumn is meant the first time."""
    day = datetime.fromtimestamp(after_s, zone).date()
    clock = time.fromisoformat(at)
    while True:
        found = datetime.combine(day, clock, zone).timestamp()
        if found > after_s:
            return found
        day += timedelta(days=1)


def _comparable(there: Moment, here: Moment) -> bool:
    return there.worth >= here.worth
