"""The shell of the timers: looks at the clocks when something is next, writes down what changed, tells and answers.

A change is on the disk before anybody is told that it was made. The book (`timers.py`) decides, the machine rings.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Literal, Protocol

from oyez.events_home import TimerDue, TimerGone
from oyez.home import timer_words as words
from oyez.home.deeds import CancelTimer, SetTimer
from oyez.home.timer_dues import Entry, Moment
from oyez.home.timer_file import TimerFile
from oyez.home.timers import CannotSet, TimerBook
from oyez.pen import Later, at_once
from oyez_hw.crossing import call_in

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 5.0
"""So often it looks at the clocks while anything is set: a wall clock that was set is seen so soon."""
DISK_S = 3.0
"""A disk that takes longer is told of in the answer."""
MOST_SHOWN = 20

What = Literal["set", "due", "heard", "missed", "cancelled"]


class People(Protocol):
    """Who is told what becomes of timers, and of orders: the broker."""

    def emit(self, name: str, body: Mapping[str, Any]) -> None: ...

    def answer(self, order_id: str | None, ok: bool, why: str = "") -> None: ...


class Timekeeper:
    """Loop only. `run` as a long-lived task; `report` for the state document."""

    def __init__(
        self,
        now: Callable[[], Moment],
        folder: Path | None,
        tell: Callable[[TimerDue | TimerGone], None],
        people: People,
        publish_text: bool = False,
        on_change: Callable[[], None] = lambda: None,
        later: Later = at_once,
        zone: tzinfo | None = None,
    ) -> None:
        """folder: the state folder. publish_text: labels that were spoken may be seen. on_change: `report` tells
        something new. later: when and where the file is written. zone: None is the machine's own."""
        self._now, self._tell, self._people = now, tell, people
        self._publish_text, self._on_change, self._zone = publish_text, on_change, zone
        self._file = TimerFile(folder, later)
        self._book = TimerBook(now(), self._file.recall(), zone)
        self._woken = asyncio.Event()
        self._version = 0
        self._unwritten: list[tuple[int, asyncio.Future[str]]] = []
        self._confirmations: asyncio.Queue[tuple[asyncio.Future[str], float, Callable[[str], None]]] = asyncio.Queue()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch(), name="timers watch")
            group.create_task(self._confirm(), name="timers confirm")

    def report(self) -> dict[str, Any]:
        """More keys for the state document."""
        mono_s = self._now().mono_s
        return {
            "timers": [
                {
                    "id": entry.id,
                    "label": self._shown(entry),
                    "due": self._iso(self._book.wall_s(entry)),
                    "left_s": max(0, round(self._book.due_s(entry) - mono_s)),
                }
                for entry in self._book.upcoming(MOST_SHOWN)
            ],
            "timers_count": len(self._book),
        }

    @property
    def next_s(self) -> float | None:
        """Until the next timer or alarm; None: there is none."""
        return next((max(0.0, self._book.due_s(one) - self._now().mono_s) for one in self._book.upcoming(1)), None)

    # --- by voice: sentences to be read aloud -------------------------------------------------------------------------

    async def set_timer(self, seconds: float, label: str) -> str:
        try:
            entry = self._book.set_timer(self._now(), seconds, words.label_of(label), spoken=True)
        except CannotSet as cannot:
            return str(cannot)
        return await self._said(f"The {words.called(entry)} is set for {words.length(seconds)}.", [entry], "set")

    async def set_alarm(self, at: str, label: str) -> str:
        try:
            entry = self._book.set_alarm(self._now(), at, words.label_of(label), spoken=True)
        except CannotSet as cannot:
            return str(cannot)
        when = words.day(self._book.wall_s(entry), self._now().wall_s, self._zone)
        return await self._said(f"The {words.called(entry)} is set for {when}.", [entry], "set")

    async def cancel(self, which: str) -> str:
        """which: an id, a label, a length, a time, `all`, or nothing where there is only one."""
        meant = words.meant(which, self._book.upcoming(), len(self._book.ringing))
        if meant is None:
            return f"Which one? {self.what_is_set()}"
        if not meant:
            return "There is no such timer." if len(self._book) else self.what_is_set()
        self._take_out([entry.id for entry in meant])
        verb = "is" if len(meant) == 1 else "are"
        sentence = f"{words.named(meant)} {verb} cancelled."
        return await self._said(sentence[0].upper() + sentence[1:], meant, "cancelled")

    def what_is_set(self) -> str:
        now = self._now()
        told = [
            (entry, self._book.due_s(entry) - now.mono_s, self._book.wall_s(entry)) for entry in self._book.upcoming()
        ]
        return words.told(told, now.wall_s, self._zone, len(self._book.ringing))

    # --- by MQTT: answered when it is on the disk ---------------------------------------------------------------------

    def set_as_ordered(self, order: SetTimer) -> None:
        now, label = self._now(), words.label_of(order.label)
        try:
            if order.at is not None:
                entry = self._book.set_alarm(now, order.at, label, order.order_id)
            else:
                entry = self._book.set_timer(now, order.seconds or 0.0, label, order.order_id)
        except CannotSet as cannot:
            self._people.answer(order.order_id, False, str(cannot))
        else:
            self._answered(order.order_id, [entry], "set")

    def cancel_as_ordered(self, order: CancelTimer) -> None:
        ids = [order.timer_id] if order.timer_id is not None else [entry.id for entry in self._book.upcoming()]
        gone = self._take_out(ids)
        if gone or order.timer_id is None:
            self._answered(order.order_id, gone, "cancelled")
        else:
            self._people.answer(order.order_id, False, "There is no timer with this id.")

    # --- by the machine -----------------------------------------------------------------------------------------------

    def acknowledge(self, timer_ids: Collection[str], heard: bool) -> None:
        """They rang and somebody heard it, or nobody did for long enough: they are over."""
        self._changed(self._book.take_out(timer_ids), "heard" if heard else "missed")

    # ------------------------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """What came meanwhile is told; `run` does this by itself."""
        seen = self._book.look(self._now())
        for entry in seen.due:
            self._tell(TimerDue(entry.id, entry.label))
            self._publish(entry, "due")
        if seen.changed:
            self._changed(seen.missed, "missed")
        elif seen.due:
            self._on_change()

    async def _watch(self) -> None:
        while True:
            self.look()
            self._woken.clear()
            wait_s = LONGEST_WAIT_S if len(self._book) else None
            if wait_s is not None and self._book.next_s is not None:
                wait_s = min(wait_s, max(0.0, self._book.next_s - self._now().mono_s))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    async def _confirm(self) -> None:
        while True:
            written, until_s, confirm = await self._confirmations.get()
            confirm(await _outcome(written, until_s))

    def _take_out(self, timer_ids: Collection[str]) -> list[Entry]:
        ringing = set(self._book.ringing)
        gone = self._book.take_out(timer_ids)
        for entry in gone:
            if entry.id in ringing:
                self._tell(TimerGone(entry.id))
        return gone

    async def _said(self, sentence: str, entries: Collection[Entry], what: What) -> str:
        why = await _outcome(*self._keep())
        self._publish_all(entries, what)
        return f"{sentence} {why}".strip()

    def _answered(self, order_id: str | None, entries: Collection[Entry], what: What) -> None:
        def confirm(why: str) -> None:
            self._publish_all(entries, what)
            self._people.answer(order_id, True, why)

        self._confirmations.put_nowait((*self._keep(), confirm))

    def _changed(self, entries: Collection[Entry], what: What) -> None:
        self._confirmations.put_nowait((*self._keep(), lambda why: self._publish_all(entries, what)))

    def _keep(self) -> tuple[asyncio.Future[str], float]:
        """What the book holds is on its way to the disk: (the sentence why it did not get there, by when)."""
        loop = asyncio.get_running_loop()
        self._version += 1
        version, written = self._version, loop.create_future()
        self._unwritten = [*(one for one in self._unwritten if not one[1].done()), (version, written)]
        self._file.keep(self._book.kept(), lambda why: call_in(loop, self._written, version, why))
        self._woken.set()
        self._on_change()
        return written, loop.time() + DISK_S

    def _written(self, version: int, why: str) -> None:
        for one, written in self._unwritten:
            if one <= version and not written.done():
                written.set_result(why)

    def _publish_all(self, entries: Collection[Entry], what: What) -> None:
        for entry in entries:
            self._publish(entry, what)

    def _publish(self, entry: Entry, what: What) -> None:
        body = {"id": entry.id, "label": self._shown(entry), "what": what, "due": self._iso(self._book.wall_s(entry))}
        self._people.emit("timer", body)

    def _shown(self, entry: Entry) -> str:
        return entry.label if self._publish_text or not entry.spoken else ""

    def _iso(self, wall_s: float) -> str:
        return datetime.fromtimestamp(wall_s, UTC).astimezone(self._zone).isoformat(timespec="seconds")


async def _outcome(written: asyncio.Future[str], until_s: float) -> str:
    try:
        async with asyncio.timeout_at(until_s):
            return await written
    except TimeoutError:
        return "The disk does not answer, so a restart may forget it."
