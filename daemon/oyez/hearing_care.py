"""Looks after the ears: tells what they measure and which microphones fail, keeps what they learned of the echo."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from oyez.hearing.ears import Ears
from oyez.hearing.echo.wake_branch import Learned
from oyez.pen import Later
from oyez.troubles import Troubles

log = logging.getLogger(__name__)

LOOK_S = 30.0
"""Each new figure is a message to the broker."""
KEEP_LOOKS = 20
"""So many looks, ten minutes, lie between two writings of the echo's way."""
FILE = "echo.npz"
MOST_MOVED = 16_000
"""Samples: no card is wrong by more than a second."""


@dataclass(frozen=True, slots=True)
class FirstEcho:
    """Of a calibration."""

    learned: Learned
    moved: int
    """Samples: for NearEnd.move()."""
    written_s: float
    """When, as files tell: what was learned of the echo since then is better."""


class HearingCare:
    def __init__(
        self,
        ears: Ears,
        losses: Callable[[], dict[str, int]],
        folder: Path | None,
        later: Later,
        troubles: Troubles,
        on_measured: Callable[[], None],
        first_echo: FirstEcho | None = None,
    ) -> None:
        """losses: what was lost since the start, by name. folder: of what survives; None: keeps nothing. later: writes
        beside the loop. on_measured: there is news. first_echo: where nothing newer was learned."""
        self._ears, self._later, self._troubles, self._on_measured = ears, later, troubles, on_measured
        self._losses, self._lost = losses, dict[str, int]()
        self._path = folder / FILE if folder else None
        self._kept: Learned | None = None
        self._looks_left = 0
        self.measured: dict[str, Any] = {}
        """As the state document shows it."""
        if first_echo is None or self._learned_since(first_echo.written_s):
            self._begin_with_the_last_echo()
        else:
            self._begin_with(first_echo.learned, first_echo.moved)

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """At once, where there is news."""
        lost = self._losses()
        if lost != self._lost:
            self._lost = lost
            if any(lost.values()):
                log.info(
                    "lost since the start: %s", ", ".join(f"{name} {count}" for name, count in lost.items() if count)
                )
        measured = {**self._ears.report(), "lost": lost}
        if measured != self.measured:
            self.measured = measured
            self._on_measured()
        self._tell_faults(self._ears.microphone_faults)
        self._keep_the_echo()

    def _keep_the_echo(self) -> None:
        """Seldom, and only what is news: cards wear out."""
        self._looks_left -= 1
        learned = self._ears.near_end.learned()
        if learned is None or self._path is None or self._looks_left > 0:
            return
        if self._kept is None or not np.array_equal(learned, self._kept):
            self._kept, self._looks_left = learned, KEEP_LOOKS
            path, moved = self._path, self._ears.near_end.moved
            self._later(lambda: _write(path, learned, moved), newest_of=self)

    def _tell_faults(self, faults: dict[int, str]) -> None:
        if faults:
            named = ", ".join(f"microphone {channel} {why}" for channel, why in sorted(faults.items()))
            self._troubles.found("microphones", f"{named}: I listen without; look at its hole and its solder joints.")
        else:
            self._troubles.gone("microphones")

    def _learned_since(self, time_s: float) -> bool:
        try:
            return self._path is not None and self._path.stat().st_mtime > time_s
        except OSError:
            return False

    def _begin_with_the_last_echo(self) -> None:
        """The room and the volume are mostly those of last time: the first reply need not be learned from."""
        if self._path is None or not self._path.exists():
            return
        try:
            with self._path.open("rb") as file:
                kept = np.load(file, allow_pickle=False)
                learned, moved = kept["learned"], int(kept["moved"])
        except (OSError, ValueError, EOFError, KeyError, TypeError, IndexError, BadZipFile) as error:
            log.warning("%s cannot be read (%s): the echo is learned anew.", self._path, error)
            return
        if not self._begin_with(learned, moved):
            log.warning("%s is of another version: the echo is learned anew.", self._path)

    def _begin_with(self, learned: Learned, moved: int) -> bool:
        fits = abs(moved) <= MOST_MOVED and self._ears.near_end.begin_with(learned)
        if fits:
            self._ears.near_end.move(moved)
        return fits


def _write(path: Path, learned: Learned, moved: int) -> None:
    try:
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            np.savez(file, learned=learned, moved=moved)
        fresh.replace(path)
    except OSError as error:
        log.warning("%s cannot be written (%s): the echo is learned anew after a restart.", path, error)
