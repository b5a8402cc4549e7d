"""Two branches of echo cancellation: one for what is sent, one for the wake word.

AEC3 leaves nothing that a VAD calls speech, but of two who speak at once it silences both. A Kalman filter with a
residual suppressor keeps the talker and leaves a whisper of echo, which a wake word bears. Both rest when nothing is
played. The second needs the echo within its 400 ms and after its reference: where the card's delay is wrong it finds
out by how much, and its owner moves the reference (`misplaced()`).
"""

from dataclasses import dataclass

import numpy as np

from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.echo.aec3 import AUDIBLE, DELAY as AEC3_DELAY, EchoCanceller
from oyez.hearing.echo.bulk_delay import BulkDelay
from oyez.hearing.echo.erle import Erle
from oyez.hearing.echo.kalman import Floats
from oyez.hearing.echo.wake_branch import Learned, WakeBranch
from oyez.hearing.mixdown import Mono

DELAY = BLOCK
"""Samples by which both branches lag: the suppressor's overlap of one block; AEC3's is 32 samples shorter."""
DELAY_S = DELAY / RATE_HZ
WANTED_LAG = 160
"""Samples by which the echo is to follow its reference: room for what comes before the loudest part."""
LAG_BORDERS = (16, 2000)
"""Within 1 to 125 ms nothing is moved: 275 ms of the filter are left for the room, and a move costs learning."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    clean: Mono
    """(160,). To be sent, and for the VAD."""
    for_wake: Mono
    """(160,). For wake and stop words. The same array as `clean` while nothing is played."""


class TwoBranches:
    """10 ms at a time, 16 kHz mono; what comes out lags by DELAY samples. Not thread-safe."""

    def __init__(self, wake_branch: bool = True) -> None:
        self._aec3 = EchoCanceller()
        self._late: Mono = np.zeros(DELAY - AEC3_DELAY, np.int16)
        self._wake = WakeBranch() if wake_branch else None
        self._bulk = BulkDelay()
        self._misplaced = 0
        self._erle = Erle()
        self._before: Mono = np.zeros(BLOCK, np.int16)
        self.may_rest = True
        """The last block went through unchanged."""

    @property
    def working(self) -> bool:
        """Whether something was played a moment ago."""
        return self._aec3.working

    @property
    def unsure(self) -> bool:
        """The loudspeaker sounds and the canceller does not know the room yet: what is left may be echo."""
        return self._aec3.unsure

    @property
    def erle_db(self) -> float | None:
        """Echo return loss enhancement of `clean` over the last seconds in which the loudspeaker sounded; None: none
        did. A person who spoke meanwhile lowers it."""
        return self._erle.db

    def cancel(self, near: Mono, far: Mono) -> Cancelled:
        """`near` without what `far`, audible at the same time, left in it. Both (160,) int16."""
        was = self._aec3.working
        waiting = np.concatenate([self._late, self._aec3.cancel(near, far)])
        clean, self._late = waiting[:BLOCK], waiting[BLOCK:]
        before, self._before = self._before, near
        self.may_rest = not (was or self._aec3.working)
        if self.may_rest:
            return Cancelled(clean, clean)
        loud = float(np.abs(far.astype(np.int32)).mean()) >= AUDIBLE
        if loud:
            self._erle.hear(before, clean)
        heard, played = _floats(near), _floats(far)
        lag = self._bulk.hear(heard, played)
        if lag is not None and not LAG_BORDERS[0] <= lag <= LAG_BORDERS[1]:
            # Whole blocks, so that what was learned moves along.
            self._misplaced = -((lag - WANTED_LAG) // BLOCK) * BLOCK
        if self._wake is None:
            return Cancelled(clean, clean)
        return Cancelled(clean, self._wake.cancel(heard, played, clean, awake=self._aec3.working, loud=loud))

    def rest(self, near: Mono) -> Mono:
        """As cancel(near, silence) while it may rest, for next to nothing: DELAY is just one block."""
        before, self._before = self._before, near
        self._aec3.rest(near)
        self._late = near[: DELAY - AEC3_DELAY]
        return before

    def misplaced(self) -> int:
        """Samples by which the reference is to come earlier from now on (negative: later); 0: it is well placed.
        Whoever asks moves it before the next cancel()."""
        moved, self._misplaced = self._misplaced, 0
        if moved:
            self._bulk.restart()
            if self._wake is not None:
                self._wake.moved(moved)
        return moved

    def learned(self) -> Learned | None:
        """To be kept for begin_with(), per board and volume: float32 (3, 40, 161). None: nothing worth keeping."""
        return None if self._wake is None else self._wake.learned()

    def begin_with(self, learned: Learned) -> bool:
        """Starts from what was learned before. False: it does not fit, and nothing was changed."""
        return self._wake is not None and self._wake.begin_with(learned)


def _floats(sound: Mono) -> Floats:
    return sound.astype(np.float32) / np.float32(32768)
