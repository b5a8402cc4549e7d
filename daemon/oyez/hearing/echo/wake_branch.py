"""Pure: the branch for the wake word: Kalman filter and residual suppressor, at rest while nothing is played."""

import numpy as np
import numpy.typing as npt

from oyez.hearing.blocks import BLOCK, BLOCK_MS
from oyez.hearing.echo.erle import Erle
from oyez.hearing.echo.kalman import BINS, PARTITIONS, Floats, KalmanFilter
from oyez.hearing.echo.suppressor import Suppressor
from oyez.hearing.mixdown import Mono

Learned = npt.NDArray[np.float32]
"""(3, PARTITIONS, BINS): weights' real and imaginary parts, and their spread."""
WORTH_KEEPING_DB = 6.0
MOVED_FIT = 0.5
"""How much of the echo taken out is in the microphone, by projection: 1 while the path holds, also under a talker (who
is not correlated with it), 0 when it was exchanged."""
FIT_S = 0.3
HEARD = 0.01
"""Of the microphone's power: an echo below it tells nothing."""
DOUBTS_APART_S = 1.0
MOST_WEIGHT = 1e3
"""Of a saved filter: 60 dB more than a loudspeaker at the microphone."""
STALE = np.float32(0.1)
"""A saved filter may be off by a tenth of its power: the room has changed since."""
_RISE = np.linspace(0.0, 1.0, BLOCK, dtype=np.float32)


class WakeBranch:
    """10 ms at a time; lags by 10 ms."""

    def __init__(self) -> None:
        self._filter, self._suppressor, self._erle = KalmanFilter(), Suppressor(), Erle()
        self._awake = False
        self._doubted_blocks = 0
        self._fit = np.zeros(3)
        """Smoothed: microphone times echo, echo squared, microphone squared."""

    def cancel(self, near: Floats, far: Floats, clean: Mono, *, awake: bool, loud: bool) -> Mono:
        """`near`, `far`: (160,), full scale 1.0. `clean`: what to fade from and to when it wakes and falls asleep."""
        was, self._awake = self._awake, awake
        left, echo = self._filter.process(near, far)
        sound = np.clip(np.rint(self._suppressor.process(left, echo) * 32768), -32768, 32767)
        if loud:
            self._erle.hear(_whole(near), _whole(left))
            self._doubt(near, echo)
        if was and awake:
            return sound.astype(np.int16)
        if not awake:
            self._filter.rest()
        share = _RISE if awake else _RISE[::-1]
        mixed: Mono = np.rint(sound * share + clean * (1 - share)).astype(np.int16)
        return mixed

    def moved(self, samples: int) -> None:
        """The reference comes so many samples earlier, a whole number of blocks. Later (negative): what was learned
        moves along; earlier: the echo had come before its reference, and there was nothing to learn."""
        if samples < 0:
            self._filter.later(-samples // BLOCK)
        else:
            self._filter = KalmanFilter()
        self._suppressor, self._erle = Suppressor(), Erle()

    def learned(self) -> Learned | None:
        """None: it never took out WORTH_KEEPING_DB, or does not now."""
        if (self._erle.db or 0.0) < WORTH_KEEPING_DB:
            return None
        weights = self._filter.weights
        return np.stack([weights.real, weights.imag, self._filter.spread]).astype(np.float32)

    def begin_with(self, learned: Learned) -> bool:
        """False, and nothing changed, when it is not of this shape or holds what no filter holds."""
        if learned.shape != (3, PARTITIONS, BINS) or learned.dtype != np.float32:
            return False
        if not np.isfinite(learned).all() or np.abs(learned).max() > MOST_WEIGHT or learned[2].min() < 0:
            return False
        self._filter.weights = (learned[0] + 1j * learned[1]).astype(np.complex64)
        self._filter.spread = learned[2] + STALE * (np.square(learned[0]) + np.square(learned[1]))
        return True

    def _doubt(self, near: Floats, echo: Floats) -> None:
        now = np.array([float(near @ echo), float(echo @ echo), float(near @ near)])
        self._fit += BLOCK_MS / 1000 / FIT_S * (now - self._fit)
        both, taken, heard = self._fit
        self._doubted_blocks = max(0, self._doubted_blocks - 1)
        if taken > HEARD * heard and both < MOVED_FIT * taken and not self._doubted_blocks:
            self._filter.doubt()
            self._doubted_blocks = round(DOUBTS_APART_S * 1000 / BLOCK_MS)


def _whole(sound: Floats) -> Mono:
    return np.clip(sound * 32768, -32768, 32767).astype(np.int16)
