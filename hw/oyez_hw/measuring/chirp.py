"""Pure: an exponential chirp, and trains of it.

A. Farina, "Simultaneous measurement of impulse response and distortion with a swept-sine technique", 108th AES
Convention (2000), preprint 5093: what a loudspeaker distorts comes out before the pulse, not under it.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez_hw.pcm import Samples

Doubles = npt.NDArray[np.float64]

LOW_HZ = 150.0
HIGH_HZ = 7_200.0
"""What a microphone at 16 kHz can hear; small loudspeakers hardly sound below 150 Hz."""
FADE_IN, FADE_OUT = 0.15, 0.06
"""Shares of the chirp: smooth ends of the band, so that the pulse rings little."""
SHORTEST_GAP_S, SPREAD_S = 0.3, 0.25
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Chirp:
    seconds: float
    low_hz: float = LOW_HZ
    high_hz: float = HIGH_HZ

    @property
    def octaves(self) -> float:
        """Natural logarithm of the band's width."""
        return math.log(self.high_hz / self.low_hz)

    def at(self, times_s: Doubles) -> Doubles:
        """Its value at these times since its beginning: at most 1.0, 0 outside of it."""
        share = times_s / self.seconds
        within = (share >= 0) & (share <= 1)
        share = np.where(within, share, 0.0)
        scale = 2 * math.pi * self.low_hz * self.seconds / self.octaves
        rise = np.sin(np.clip(share / FADE_IN, 0, 1) * math.pi / 2) ** 2
        fall = np.sin(np.clip((1 - share) / FADE_OUT, 0, 1) * math.pi / 2) ** 2
        sound: Doubles = np.sin(scale * np.expm1(share * self.octaves)) * rise * fall * within
        return sound

    def sampled(self, rate_hz: float) -> Doubles:
        return self.at(np.arange(round(self.seconds * rate_hz) + 1) / rate_hz)

    def harmonic_lead_s(self, order: int) -> float:
        """How much before the pulse the pulse of this harmonic distortion lies."""
        return self.seconds * math.log(order) / self.octaves


@dataclass(frozen=True, slots=True)
class ChirpTrain:
    """The same chirp at uneven distances: shifted by a gap it no longer fits itself, so that the delay is never taken
    for one that is a gap longer."""

    chirp: Chirp
    starts_s: tuple[float, ...]

    def starts(self, rate_hz: int) -> npt.NDArray[np.int64]:
        """Frames at which they begin."""
        frames: npt.NDArray[np.int64] = np.rint(np.array(self.starts_s) * rate_hz).astype(np.int64)
        return frames

    def sound(self, rate_hz: int, channels: int, level_dbfs: float) -> Samples:
        """int16 (frames, channels); `level_dbfs` is the chirp's peak against full scale."""
        one = self.chirp.sampled(rate_hz) * 32_767 * 10 ** (level_dbfs / 20)
        starts = self.starts(rate_hz)
        whole = np.zeros(int(starts[-1]) + len(one))
        for start in starts:
            whole[start : start + len(one)] += one
        return np.repeat(np.rint(whole).astype(np.int16)[:, None], channels, axis=1)


def train(chirp: Chirp, seconds: float, *, at_least: int = 1) -> ChirpTrain:
    """As many as begin within `seconds`."""
    starts = [0.0]
    while len(starts) < at_least or starts[-1] < seconds - chirp.seconds:
        gap_s = SHORTEST_GAP_S + SPREAD_S * (len(starts) * _GOLDEN % 1)
        starts.append(starts[-1] + chirp.seconds + gap_s)
    return ChirpTrain(chirp, tuple(starts))
