"""The shell of the locker: keeps clips without ever making the ears wait.

One worker writes. Where the disk is slower than the room, or stands still, clips are lost and counted, and no sound is.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from oyez.hearing.locker.clips import LABELS, Clip, ClipFacts, Label, UnknownClip
from oyez.hearing.locker.files import ClipFolder
from oyez.hearing.locker.ration import Ration
from oyez.hearing.mixdown import Mono

log = logging.getLogger(__name__)

MOST_WAITING = 8
"""Jobs that may wait for the disk: at 80 kB a clip two thirds of a megabyte, and more than come in ten seconds."""
NEAR_MISSES_AT_ONCE = 10
NEAR_MISSES_PER_HOUR = 30.0
"""In the long run: beside a television 58 MB are written a day, which a card bears, and some 8 hours fit into 20 MB."""

Result = TypeVar("Result")


class LockerBusy(Exception):
    """Too much waits for the disk."""


@dataclass(slots=True)
class LockerCounts:
    """Written by the locker alone."""

    kept: int = 0
    lost: int = 0
    """Clips that were not written: too many waited, or the disk refused."""
    passed_over: int = 0
    """Near misses beyond their ration."""


class Locker:
    """Methods are for the loop's thread alone, and return at once; the asynchronous ones wait for the disk."""

    def __init__(
        self,
        folder: Path,
        most_mb: int,
        clock: Callable[[], float],
        *,
        on_kept: Callable[[Clip], None] = lambda clip: None,
    ) -> None:
        """folder: is made when the first clip comes. clock: monotonic seconds.
        on_kept: is told on the loop, once the clip is on the disk."""
        self._clips = ClipFolder(folder, most_mb * 1_000_000)
        self._on_kept = on_kept
        self._clock = clock
        self._near_misses = Ration(NEAR_MISSES_AT_ONCE, NEAR_MISSES_PER_HOUR, clock())
        self._worker: ThreadPoolExecutor | None = None
        self._waiting = 0
        self._complained = False
        self.counts = LockerCounts()

    def keep(self, sound: Mono, facts: ClipFacts) -> None:
        """sound: int16 (n,) at 16 kHz, of which the last seconds are kept; not to be changed afterwards."""
        if facts.kind == "near_miss" and not self._near_misses.take(self._clock()):
            self.counts.passed_over += 1
            return
        try:
            job = self._in_worker(lambda: self._clips.keep(sound, facts))
        except LockerBusy:
            self._lose("the disk is too slow")
        else:
            job.add_done_callback(self._kept)

    def label(self, clip: str, label: str, answer: Callable[[str], None]) -> None:
        """answer: is told on the loop what was wrong, for a person; empty: it is done. label: as in LABELS."""
        found = next((one for one in LABELS if one == label), None)
        if found is None:
            answer(f"{label!r} is no label: send {', '.join(LABELS)}.")
            return
        wanted: Label = found
        try:
            job = self._in_worker(lambda: self._clips.label(clip, wanted))
        except LockerBusy as busy:
            answer(str(busy))
        else:
            job.add_done_callback(lambda done: _answer(done, answer))

    async def list(self) -> list[Clip]:
        """Raises OSError, LockerBusy."""
        return await self._in_worker(self._clips.list)

    async def play(self, clip: str) -> Mono:
        """Its sound, int16 (n,) at 16 kHz. Raises UnknownClip, OSError, LockerBusy."""
        return await self._in_worker(lambda: self._clips.sound(clip))

    async def delete(self, clip: str) -> None:
        """Raises UnknownClip, OSError, LockerBusy."""
        await self._in_worker(lambda: self._clips.delete(clip))

    async def clear(self) -> int:
        """How many there were. Raises OSError, LockerBusy."""
        return await self._in_worker(self._clips.clear)

    def close(self) -> None:
        """Waits for nothing: a disk that stands still must not hold up the end. Idempotent."""
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = None

    def _in_worker(self, work: Callable[[], Result]) -> "asyncio.Future[Result]":
        if self._waiting >= MOST_WAITING:
            raise LockerBusy(f"{MOST_WAITING} other wishes wait for the disk: try again later.")
        if self._worker is None:
            self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="oyez-locker")
        self._waiting += 1
        job = asyncio.get_running_loop().run_in_executor(self._worker, work)
        job.add_done_callback(self._one_less)
        return job

    def _one_less(self, job: "asyncio.Future[Result]") -> None:
        self._waiting -= 1

    def _kept(self, job: "asyncio.Future[Clip]") -> None:
        if job.cancelled():
            self._lose("the device is stopping")
        elif (error := job.exception()) is not None:
            if not isinstance(error, OSError):
                raise error
            self._lose(str(error))
        else:
            self._complained = False
            self.counts.kept += 1
            self._on_kept(job.result())

    def _lose(self, why: str) -> None:
        """Said once until a clip is kept again."""
        self.counts.lost += 1
        if not self._complained:
            log.warning("A clip was not kept in the locker (%s); those that follow may be lost too.", why)
        self._complained = True


def _answer(job: "asyncio.Future[Clip]", answer: Callable[[str], None]) -> None:
    if job.cancelled():
        answer("The device is stopping.")
    elif (error := job.exception()) is None:
        answer("")
    elif isinstance(error, UnknownClip | OSError):
        answer(str(error))
    else:
        raise error
