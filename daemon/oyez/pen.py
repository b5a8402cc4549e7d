"""Writes files beside the loop, one after the other, so that a disk that stalls stops neither sound nor thought.

An SD card may take seconds for one fsync, and a broken one for ever. What waits is bounded: of a file that is written
whole each time only the newest version waits; of lines to append the oldest is given up beyond MOST_LINES, counted.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from oyez_hw.crossing import Worker, guard

log = logging.getLogger(__name__)

Work = Callable[[], None]
MOST_LINES = 64
LAST_S = 1.0
"""The end waits so long for the disk; the whole daemon has two seconds."""
LOOK_S = 0.005


class Later(Protocol):
    def __call__(self, work: Work, newest_of: object = None) -> None:
        """Does `work` at once or later. newest_of: it stands for whatever waits under the same name, which then need
        not be done any more; None: it stands for itself, and order is kept."""


def at_once(work: Work, newest_of: object = None) -> None:
    """For whoever has no loop to spare."""
    work()


class Pen:
    """May be called from any thread and returns at once; the work is done in a thread of the pen's own."""

    def __init__(self) -> None:
        self._lock = guard()
        self._files: dict[object, Work] = {}
        self._lines: deque[Work] = deque()
        self._busy = False
        self.given_up = 0
        """Lines that found no room."""

    def later(self, work: Work, newest_of: object = None) -> None:
        """See `Later`. `work` tells its own troubles; what it raises nevertheless is logged. Raises RuntimeError where
        the kernel has no thread left, and then it is written already: such a process is best begun anew, and the last
        thing that it writes is why it ended."""
        with self._lock:
            if newest_of is None:
                self._lines.append(work)
            else:
                self._files[newest_of] = work
            if len(self._lines) > MOST_LINES:
                self._lines.popleft()
                self.given_up += 1
            begins, self._busy = not self._busy, True
        if begins:
            self._begin()

    def _begin(self) -> None:
        try:
            # A thread only while there is something to write, and a daemon one: no end of the process waits for it.
            Worker(self._write, "oyez-pen")
        except RuntimeError:
            self._write()
            raise

    @property
    def waiting(self) -> int:
        """Pieces of work, without the one in hand."""
        return len(self._files) + len(self._lines)

    def flush(self, patience_s: float = LAST_S) -> bool:
        """Blocks until everything was written. False: the disk took longer, and what waits may be lost."""
        until_s = time.monotonic() + patience_s
        while self._busy:
            if time.monotonic() > until_s:
                log.warning("The disk does not answer: %d of the last changes are not written.", self.waiting + 1)
                return False
            time.sleep(LOOK_S)
        return True

    def _write(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception:
                log.exception("A file could not be written.")

    def _next(self) -> Work | None:
        """Whole files first: they say whether the device is muted and what it spent."""
        with self._lock:
            if self._files:
                return self._files.pop(next(iter(self._files)))
            if self._lines:
                return self._lines.popleft()
            self._busy = False
            return None


def write_whole(path: Path, data: bytes) -> None:
    """After a power cut the file is the old one or the new one, never an empty one. Raises OSError: also where a link
    stands in the way, which somebody with fewer rights may have laid there (root writes into the daemon's folder)."""
    fresh = path.with_suffix(".new")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666), "wb"
    ) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    # The new name is on the disk only when its folder is: until then a power cut brings the old file back.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
