"""Pure: what the room says without what we say: the far end placed beside the microphones and taken out of them."""

from dataclasses import dataclass

import numpy as np

from oyez.config import Board, Hearing
from oyez.hearing.array.front import Picked
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.echo.cancelling import DELAY_S, TwoBranches
from oyez.hearing.echo.far_end import FarEnd
from oyez.hearing.echo.wake_branch import Learned
from oyez.hearing.mixdown import Mono
from oyez_hw.pcm import Samples

BLOCK_S = BLOCK / RATE_HZ
PASS_BLOCKS = 10
"""The capture's clock is told so seldom while nothing is played."""
SILENCE: Mono = np.zeros(BLOCK, np.int16)


@dataclass(slots=True)
class Cleaned:
    sound: Mono
    """(160,): to be sent, and for whoever asks whether somebody speaks."""
    for_wake: Mono
    """(160,): for wake and stop words."""
    far: Mono
    """(160,): what we played meanwhile."""
    end_s: float
    """Capture time (monotonic) of the last sample."""


class NearEnd:
    """10 ms at a time. Without a canceller nothing is taken out and nothing comes later."""

    def __init__(self, hearing: Hearing, board: Board) -> None:
        wanted = hearing.echo_cancellation and board.clean_channel is None
        self._branches = TwoBranches(hearing.echo_wake_branch) if wanted else None
        self._far_end = FarEnd()
        self._far_before = SILENCE
        self._unpassed = 0
        self.moved = 0
        """Samples in all: to be kept beside what was learned, and given to move() before begin_with()."""

    @property
    def cancels(self) -> bool:
        return self._branches is not None

    @property
    def unsure(self) -> bool:
        """What is left may be our own voice: the canceller does not know the room yet."""
        return self._branches is not None and self._branches.unsure

    @property
    def sounding(self) -> bool:
        """Something was played a moment ago, as the canceller sees it."""
        return self._branches is not None and self._branches.working

    @property
    def erle_db(self) -> float | None:
        """Echo return loss enhancement of late; None: nothing was played, or nothing is cancelled."""
        return self._branches.erle_db if self._branches else None

    @property
    def drift_ppm(self) -> float | None:
        """By how much the loudspeaker's clock is faster than the microphones'; None: not known yet."""
        return self._far_end.drift_ppm

    def played(self, samples: Samples, rate_hz: int, audible_at_s: float) -> None:
        """samples: int16 (frames, channels); `audible_at_s`: monotonic, of its first frame."""
        self._far_end.played(samples, rate_hz, audible_at_s)

    def hear(self, picked: Picked) -> Cleaned:
        if self._branches is None:
            return Cleaned(picked.sound, picked.sound, self._far_beside(picked), picked.end_s)
        if picked.far is None and self._branches.may_rest and self._far_end.silent(picked.end_s - BLOCK_S):
            return self._rest(self._branches, picked)
        self._pass_by(picked.end_s - BLOCK_S)
        far = self._far_beside(picked)
        cancelled = self._branches.cancel(picked.sound, far)
        if picked.far is None and (moved := self._branches.misplaced()):
            self.move(moved)
        late, self._far_before = self._far_before, far
        return Cleaned(cancelled.clean, cancelled.for_wake, late, picked.end_s - DELAY_S)

    def _far_beside(self, picked: Picked) -> Mono:
        return self._far_end.take(BLOCK, picked.end_s) if picked.far is None else picked.far

    def _rest(self, branches: TwoBranches, picked: Picked) -> Cleaned:
        """Most of the day: nothing is played, and only the clocks go on."""
        self._unpassed += 1
        if self._unpassed >= PASS_BLOCKS:
            self._pass_by(picked.end_s)
        sound, self._far_before = branches.rest(picked.sound), SILENCE
        return Cleaned(sound, sound, SILENCE, picked.end_s - DELAY_S)

    def _pass_by(self, end_s: float) -> None:
        """Up to then nothing was played, which is told late."""
        if self._unpassed:
            self._far_end.pass_by(self._unpassed * BLOCK, end_s)
            self._unpassed = 0

    def move(self, samples: int) -> None:
        """What is played comes so many samples earlier from now on: the card is wrong about its delay."""
        self._far_end.move(samples)
        self.moved += samples

    def learned(self) -> Learned | None:
        """Of the echo's way, to be kept for begin_with(); None: nothing worth keeping."""
        return self._branches.learned() if self._branches else None

    def begin_with(self, learned: Learned) -> bool:
        """False: it does not fit, and nothing was changed."""
        return self._branches is not None and self._branches.begin_with(learned)
