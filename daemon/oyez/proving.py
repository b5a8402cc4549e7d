"""Writes down every 2 s what the device has proved of itself: `/run/oyez/proof.json` (proof.py)."""

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from oyez.conductor import Conductor
from oyez.home.broker import Broker
from oyez.home.timekeeper import Timekeeper
from oyez.pen import Later
from oyez.proof import FILE, Proof, write
from oyez.release import installed_version
from oyez.session.token_source import TokenSource
from oyez.state import Phase
from oyez.vital_signs import LONGEST_SILENCE_S, VitalSigns
from oyez_hw.capture import Capture

log = logging.getLogger(__name__)

WRITE_S = 2.0
INTERRUPTIBLE = frozenset({Phase.ASLEEP, Phase.BIDDING})
"""Nothing is lost by a restart in these phases."""


class Proving:
    """Loop only."""

    def __init__(
        self,
        signs: VitalSigns,
        capture: Capture,
        conductor: Conductor,
        broker: Broker,
        tokens: TokenSource,
        timekeeper: Timekeeper,
        folder: Path | None,
        later: Later,
        clock: Callable[[], float],
        since_boot: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
    ) -> None:
        """folder: the run folder; None: nobody is told. later: writes beside the loop. clock: monotonic seconds."""
        self._signs, self._capture, self._conductor = signs, capture, conductor
        self._broker, self._tokens, self._timekeeper = broker, tokens, timekeeper
        self._path = folder / FILE.name if folder else None
        self._later, self._clock, self._since_boot = later, clock, since_boot
        self._sounding, self._sounded_s = 0, float("-inf")
        self._complained = False

    async def run(self) -> None:
        """For ever."""
        while True:
            proof = self.proof()
            if self._path is not None:
                self._later(lambda path=self._path, proof=proof: self._write(path, proof), newest_of=self)  # type: ignore[misc]
            await asyncio.sleep(WRITE_S)

    def proof(self) -> Proof:
        """Of this moment."""
        if self._capture.frames_sounding != self._sounding:
            self._sounding, self._sounded_s = self._capture.frames_sounding, self._clock()
        view, signs, phase = self._conductor.view, self._signs, self._conductor.state.phase
        troubles = tuple(trouble.kind for trouble in view.troubles)
        busy = "" if phase in INTERRUPTIBLE else phase.value
        return Proof(
            version=installed_version(),
            since_boot_s=self._since_boot(),
            microphone=None if signs.rests else self._clock() - self._sounded_s <= LONGEST_SILENCE_S,
            scoring=None if signs.rests else signs.of_late("scoring"),
            loudspeaker=signs.of_late("playback") and "loudspeaker" not in troubles,
            conductor=signs.of_late("conductor"),
            broker=self._broker.reached,
            token=self._tokens.gave,
            troubles=troubles,
            busy="ringing" if view.ringing else busy,
            next_timer_s=self._timekeeper.next_s,
        )

    def _write(self, path: Path, proof: Proof) -> None:
        try:
            write(path, proof)
        except OSError as error:
            if not self._complained:
                log.warning("%s cannot be written (%s): no update will be kept.", path, error)
            self._complained = True
        else:
            self._complained = False
