"""Pure: whether a microphone that can be read is nevertheless lost.

A card whose driver or transfer is broken often goes on giving periods: zeros, the same buffer over and over, or times
that stand still or jump. What no real microphone does for so long is told as a HardwareError.
"""

import zlib
from collections import deque

import numpy as np

from oyez_hw.faults import Fault
from oyez_hw.pcm import Frame
from oyez_hw.ports import HardwareError

REPEATED_S = 4.0
"""A converter's noise makes two periods unlike; a signal that is generated may repeat for a moment."""
RECENT = 64
"""Periods that a new one is compared with: a driver's whole buffer, where that goes round."""
STANDING_S = 2.0
"""Of sound, for which the clock has moved by less than a quarter of that. (Without a clock of its own it is paced.)"""
BACK_S, AHEAD_S = 0.05, 2.0
"""A time stamp that lies before the last one, or further ahead of it than the sound between them, has jumped. A machine
that stands still makes a jump ahead too, mostly with an overrun, which is none here."""
MOST_JUMPS, JUMPS_S = 3, 20.0
"""So many jumps within so much sound are no accident any more."""


class SoundWatch:
    """Of one card, from its opening on. Costs a checksum a period."""

    def __init__(self, zeros_s: float = 60.0) -> None:
        """zeros_s: so long nothing but one constant value may come; 0: for ever, as from a microphone with a gate."""
        self._zeros_s = zeros_s
        self.begin()

    def begin(self) -> None:
        """The card was opened, for the first time or again."""
        self._constant_s = self._repeated_s = self._heard_s = 0.0
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._last_s: float | None = None
        self._xruns = 0
        self._moved_s = self._due_s = 0.0
        self._jumps: deque[float] = deque(maxlen=MOST_JUMPS)

    def take(self, frame: Frame, xruns: int) -> bool:
        """One period; xruns: of the card so far. Whether it is what a working microphone gives.

        Raises HardwareError: this card is lost, though it can be read.
        """
        self._heard_s += frame.duration_s
        self._look_at_times(frame, xruns)
        return self._look_at_sound(frame)

    def _look_at_times(self, frame: Frame, xruns: int) -> None:
        last_s, self._last_s = self._last_s, frame.time_s
        lost, self._xruns = xruns != self._xruns, xruns
        if last_s is None or lost:  # what lies between may be any time
            self._moved_s = self._due_s = 0.0
            return
        moved_s = frame.time_s - last_s
        self._moved_s += moved_s
        self._due_s += frame.duration_s
        if self._due_s >= STANDING_S:
            if self._moved_s < STANDING_S / 4:
                raise _stuck("its clock stands still", self._due_s)
            self._moved_s = self._due_s = 0.0
        if moved_s < -BACK_S or moved_s - frame.duration_s > AHEAD_S:
            self._jumps.append(self._heard_s)
            if len(self._jumps) == MOST_JUMPS and self._heard_s - self._jumps[0] <= JUMPS_S:
                raise _stuck("its clock jumps", self._heard_s - self._jumps[0])

    def _look_at_sound(self, frame: Frame) -> bool:
        samples = frame.samples
        if bool(np.all(samples == samples[0])):
            self._constant_s, self._repeated_s = self._constant_s + frame.duration_s, 0.0
            if self._zeros_s and self._constant_s >= self._zeros_s:
                raise HardwareError(
                    f"the microphone has given nothing but zeros for {self._constant_s:.0f} s, so that nobody is "
                    f"heard: switch it on if it has a switch of its own, else plug it in again",
                    Fault.SILENT,
                    self._constant_s,
                )
            return not self._zeros_s  # who may be silent for ever is well while silent
        self._constant_s = 0.0
        mark = zlib.crc32(samples.tobytes())
        self._repeated_s = self._repeated_s + frame.duration_s if mark in self._recent else 0.0
        self._recent.append(mark)
        if self._repeated_s >= REPEATED_S:
            raise _stuck("it gives the same sound over and over", self._repeated_s)
        return not self._repeated_s


def _stuck(how: str, for_s: float) -> HardwareError:
    return HardwareError(
        f"the microphone can be read but is stuck ({how}), so that nobody is heard: it is opened again by itself; "
        f"if that does not help, plug it in again",
        Fault.STUCK,
        for_s,
    )
