"""Looks after the ears: tells what they measure and which microphones fail, keeps what they learned of the echo."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from oyez.hearing.ears import Ears
from oyez.hearing.wake_branch import Learned
from oyez.pen import Later
from oyez.troubles import Troubles

log = logging.getLogger(__name__)

LOOK_S = 30.0
"""Each new figure is a message to the broker."""
FILE = "echo.npy"


class HearingCare:
    def __init__(
        self,
        ears: Ears,
        losses: Callable[[], dict[str, int]],
        folder: Path | None,
        later: Later,
        troubles: Troubles,
        on_measured: Callable[[], None],
    ) -> None:
        """losses: what was lost since the start, by name. folder: of what survives; None: keeps nothing. later: writes
        beside the loop. on_measured: there is news."""
        self._ears, self._later, self._troubles, self._on_measured = ears, later, troubles, on_measured
        self._losses, self._lost = losses, dict[str, int]()
        self._path = folder / FILE if folder else None
        self.measured: dict[str, Any] = {}
        """As the state document shows it."""
        self._begin_with_the_last_echo()

    async def run(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(LOOK_S)
            self._look()

    def _look(self) -> None:
        lost = self._losses()
        if lost != self._lost:
            self._lost = lost
            log.info("lost since the start: %s", ", ".join(f"{name} {count}" for name, count in lost.items() if count))
        measured = {**self._ears.report(), "lost": lost}
        if measured != self.measured:
            self.measured = measured
            self._on_measured()
        self._tell_faults(self._ears.microphone_faults)
        learned = self._ears.near_end.learned()
        if learned is not None and self._path is not None:
            path = self._path
            self._later(lambda: _write(path, learned), newest_of=self)

    def _tell_faults(self, faults: dict[int, str]) -> None:
        if faults:
            named = ", ".join(f"microphone {channel} {why}" for channel, why in sorted(faults.items()))
            self._troubles.found("microphones", f"{named}: I listen without; look at its hole and its solder joints.")
        else:
            self._troubles.gone("microphones")

    def _begin_with_the_last_echo(self) -> None:
        """The room and the volume are mostly those of last time: the first reply need not be learned from."""
        if self._path is None or not self._path.exists():
            return
        try:
            with self._path.open("rb") as file:
                learned = np.load(file, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            log.warning("%s cannot be read (%s): the echo is learned anew.", self._path, error)
            return
        if not self._ears.near_end.begin_with(learned):
            log.warning("%s is of another version: the echo is learned anew.", self._path)


def _write(path: Path, learned: Learned) -> None:
    try:
        fresh = path.with_suffix(".new")
        with fresh.open("wb") as file:
            np.save(file, learned)
        fresh.replace(path)
    except OSError as error:
        log.warning("%s cannot be written (%s): the echo is learned anew after a restart.", path, error)
