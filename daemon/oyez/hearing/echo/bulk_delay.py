"""Pure: by how much the echo comes after its reference, or before it, where the card lied about its delay.

GCC-PHAT (C. Knapp and G. Carter, "The generalized correlation method for estimation of time delay", IEEE TASSP 24
(1976), pp. 320-327) over windows of a second, twice a second, their spectra summed up: a talker in the room adds
noise to the sum, the echo adds its peak.
"""

import numpy as np

from oyez.hearing.blocks import BLOCK
from oyez.hearing.echo.kalman import Floats

WINDOW = 16_000
STEP_BLOCKS = 50
REACH = 4_000
"""250 ms each way."""
AGREE = 3
"""So many windows in a row must name the same place, within NEAR."""
NEAR = 24
CLEAR = 8.0
"""The peak over the root mean square of all that is within reach. Of 8000 normal values the
largest is about 4."""
AUDIBLE = 0.0015
FORGET = 0.7
_FADE = np.hanning(WINDOW).astype(np.float32)


class BulkDelay:
    """10 ms at a time, full scale 1.0. A window costs 1 ms."""

    def __init__(self) -> None:
        self._near, self._far = np.zeros(WINDOW, np.float32), np.zeros(WINDOW, np.float32)
        self._cross = np.zeros(WINDOW // 2 + 1, np.complex64)
        self._blocks = 0
        self._places: list[int] = []

    def hear(self, near: Floats, far: Floats) -> int | None:
        """Samples by which the echo comes after `far` (negative: before it), whenever it is sure of it anew."""
        at = self._blocks % (WINDOW // BLOCK) * BLOCK
        self._near[at : at + BLOCK], self._far[at : at + BLOCK] = near, far
        self._blocks += 1
        if self._blocks % STEP_BLOCKS or float(np.abs(self._far).mean()) < AUDIBLE:
            return None
        place = self._place()
        self._places = [] if place is None else [*self._places[-AGREE + 1 :], place]
        if len(self._places) < AGREE or np.ptp(self._places) > NEAR:
            return None
        return round(float(np.median(self._places)))

    def restart(self) -> None:
        """The reference was moved: what was heard so far is about another one."""
        self._near[:], self._far[:], self._cross[:] = 0, 0, 0
        self._places, self._blocks = [], 0

    def _place(self) -> int | None:
        # In order and faded at both ends: a seam at the same place of both would look like an echo without delay.
        seam = self._blocks % (WINDOW // BLOCK) * BLOCK
        near, far = (np.roll(sound, -seam) * _FADE for sound in (self._near, self._far))
        cross = np.fft.rfft(near) * np.conj(np.fft.rfft(far))
        self._cross = (FORGET * self._cross + cross / (np.abs(cross) + 1e-9)).astype(np.complex64)
        curve = np.abs(np.fft.irfft(self._cross))
        within = np.concatenate([curve[-REACH:], curve[:REACH]])
        peak = int(np.argmax(within))
        return peak - REACH if within[peak] > CLEAR * np.sqrt(np.mean(within**2)) else None
