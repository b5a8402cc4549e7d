"""The book of timers and alarms: what is set, what is due, what rings. Pure: every moment is an argument.

A sorted list of what comes next, so that a look at the clock costs the same for one as for a thousand. What is due
stays in the book until somebody acknowledged it: so a crash between the two rings again.
"""

from bisect import bisect_left, insort
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import tzinfo

import msgspec

from oyez.home.timer_dues import Entry, Moment, after_step, due_s, looked_at_s

MOST = 1000
LATE_S = 3600.0
"""What is later than this, because the device was off, rings no more: it was missed."""
STEP_S = 1.0
"""The wall clock was set when it moved by more than this against the monotonic one."""


class CannotSet(Exception):
    """A sentence for whoever asked."""


class Kept(msgspec.Struct, frozen=True):
    """All that survives."""

    anchor: Moment
    entries: tuple[Entry, ...] = ()
    count: int = 0
    """Of ids given out."""


@dataclass(frozen=True, slots=True)
class Look:
    due: list[Entry] = field(default_factory=list)
    """To ring from now on."""
    missed: list[Entry] = field(default_factory=list)
    """Too late to ring; they are out of the book."""
    changed: bool = False
    """What is kept is another."""


class TimerBook:
    def __init__(self, now: Moment, kept: Kept | None = None, zone: tzinfo | None = None) -> None:
        """zone: None is the machine's own."""
        self._here, self._zone = kept.anchor if kept and kept.anchor.boot == now.boot else now, zone
        self._count = kept.count if kept else 0
        self._entries: dict[str, Entry] = {}
        self._line: list[tuple[float, str]] = []
        """(monotonic s at which to look at it, id), of all that does not ring."""
        self._ringing: dict[str, None] = {}
        if kept is not None:
            before = None if kept.anchor.boot == now.boot else kept.anchor
            for entry in kept.entries[:MOST]:
                self._entries[entry.id] = msgspec.structs.replace(entry, anchor=entry.anchor or before)
        self._draw_up(now)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, timer_id: object) -> bool:
        return timer_id in self._entries

    @property
    def ringing(self) -> Collection[str]:
        return self._ringing.keys()

    @property
    def next_s(self) -> float | None:
        """Monotonic: when to look next; None: there is nothing to wait for."""
        return self._line[0][0] if self._line else None

    def kept(self) -> Kept:
        return Kept(self._here, tuple(self._entries.values()), self._count)

    def set_timer(
        self, now: Moment, seconds: float, label: str = "", timer_id: str | None = None, spoken: bool = False
    ) -> Entry:
        """timer_id: the one who orders it may name it. Raises CannotSet."""
        named = self._name(timer_id)
        return self._add(Entry(id=named, label=label, set_s=now.mono_s, length_s=seconds, spoken=spoken))

    def set_alarm(
        self, now: Moment, at: str, label: str = "", timer_id: str | None = None, spoken: bool = False
    ) -> Entry:
        """at: `HH:MM`, the next one. Raises CannotSet."""
        self._follow_clock(now)
        return self._add(Entry(id=self._name(timer_id), label=label, set_s=now.mono_s, at=at, spoken=spoken))

    def take_out(self, timer_ids: Collection[str]) -> list[Entry]:
        """Cancelled or acknowledged: those that were in the book."""
        found = [self._entries[one] for one in dict.fromkeys(timer_ids) if one in self._entries]
        for entry in found:
            self._remove(entry)
        return found

    def look(self, now: Moment) -> Look:
        """What came since the last look. Nothing that is not due is touched, unless the wall clock was set."""
        changed = self._follow_clock(now)
        due: list[Entry] = []
        missed: list[Entry] = []
        while self._line and self._line[0][0] <= now.mono_s:
            entry = self._entries[self._line[0][1]]
            if now.mono_s - self.due_s(entry) > LATE_S:
                self._remove(entry)
                missed.append(entry)
            else:
                self._line.pop(0)
                self._ringing[entry.id] = None
                due.append(entry)
        return Look(due, missed, changed or bool(missed))

    def due_s(self, entry: Entry) -> float:
        """Monotonic."""
        return due_s(entry, self._here, self._zone)

    def wall_s(self, entry: Entry) -> float:
        """The same on the wall clock, as it is now."""
        return self.due_s(entry) + self._here.offset_s

    def upcoming(self, most: int = MOST) -> list[Entry]:
        """What rings, then what comes next."""
        ids = [*self._ringing, *(timer_id for _, timer_id in self._line[:most])]
        return [self._entries[timer_id] for timer_id in ids[:most]]

    def _name(self, wanted: str | None) -> str:
        if len(self._entries) >= MOST:
            raise CannotSet(f"There are {MOST} timers already: cancel some first.")
        if wanted is not None:
            if wanted in self._entries:
                raise CannotSet(f"There is a timer with the id {wanted} already.")
            return wanted
        self._count += 1
        while f"t{self._count}" in self._entries:
            self._count += 1
        return f"t{self._count}"

    def _add(self, entry: Entry) -> Entry:
        self._entries[entry.id] = entry
        insort(self._line, self._place(entry))
        return entry

    def _remove(self, entry: Entry) -> None:
        del self._entries[entry.id]
        if entry.id in self._ringing:
            del self._ringing[entry.id]
        else:
            del self._line[bisect_left(self._line, self._place(entry))]

    def _place(self, entry: Entry) -> tuple[float, str]:
        return looked_at_s(entry, self._here, self._zone), entry.id

    def _follow_clock(self, now: Moment) -> bool:
        """The wall clock was set, or is worth more than before: everything is looked at again. True: keep it."""
        if abs(now.offset_s - self._here.offset_s) <= STEP_S and now.worth == self._here.worth:
            return False
        self._draw_up(now)
        return bool(self._entries)

    def _draw_up(self, now: Moment) -> None:
        step_s, self._here = now.offset_s - self._here.offset_s, now
        self._entries = {timer_id: after_step(entry, step_s, now) for timer_id, entry in self._entries.items()}
        self._line = sorted(self._place(entry) for entry in self._entries.values() if entry.id not in self._ringing)
