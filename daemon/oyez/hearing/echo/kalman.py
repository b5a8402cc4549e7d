"""Pure: the echo path learned by a partitioned-block Kalman filter in the frequency domain.

G. Enzner and P. Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones",
Signal Processing 86 (2006), pp. 1140-1156, with diagonal covariances, over partitions of one block each. Everything
the filter cannot explain, a near talker above all, counts as observation noise, so it needs no double-talk detector.
"""

import numpy as np
import numpy.typing as npt

from oyez.hearing.blocks import BLOCK, RATE_HZ

Floats = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

PARTITIONS = 40
"""Of 10 ms. In 25 scenes of recorded rooms 400 ms took out 0.3 dB more than 320 ms."""
BINS = BLOCK + 1
FORGET = np.float32(0.9995)
"""A block: the path is believed to change by its own power in 10 s."""
NOISE_RATE = np.float32(0.2)
"""Follows a talker's onset within 50 ms."""
DECAY_PER_S = 12.0
"""Of the power expected of an unknown path: a room of 1.15 s reverberation, so that no real one is held too short."""
SILENT_POWER = 1e-3
_EXPECTED = np.exp(-DECAY_PER_S * BLOCK / RATE_HZ * np.arange(PARTITIONS, dtype=np.float32))[:, None]


class KalmanFilter:
    """10 ms at a time, 16 kHz, full scale 1.0. Costs about 0.009 of a server's core."""

    def __init__(self) -> None:
        self.weights: Spectrum = np.zeros((PARTITIONS, BINS), np.complex64)
        """(40, 161): the path's spectrum by partition, the earliest first."""
        self.spread: Floats = np.repeat(_EXPECTED, BINS, axis=1).astype(np.float32)
        """(40, 161): variance of each weight."""
        self._far = np.zeros((PARTITIONS, BINS), np.complex64)
        self._power = np.zeros((PARTITIONS, BINS), np.float32)
        self._noise = np.full(BINS, 1e-4 * BLOCK, np.float32)
        self._recent = np.zeros(2 * BLOCK, np.float32)
        self._turn = 0

    def process(self, near: Floats, far: Floats) -> tuple[Floats, Floats]:
        """(what is left of `near`, the echo that was taken out). All (160,)."""
        self._push(far)
        echo = np.fft.irfft((self.weights * self._far).sum(axis=0))[BLOCK:].astype(np.float32)
        left: Floats = near - echo
        if self._power.sum() > SILENT_POWER:
            self._learn(left, self._power)
        return left, echo

    def rest(self) -> None:
        """Forgets what was played, keeps what was learned."""
        self._far[:] = 0
        self._power[:] = 0
        self._recent[:] = 0

    def later(self, blocks: int) -> None:
        """The far end comes so many blocks later from now on: the path is the shorter by them."""
        blocks = min(blocks, PARTITIONS)
        for kept in (self.weights, self.spread, self._far, self._power):
            kept[: PARTITIONS - blocks] = kept[blocks:].copy()
            kept[PARTITIONS - blocks :] = 0
        self.spread[PARTITIONS - blocks :] = _EXPECTED[PARTITIONS - blocks :]
        self._recent = np.fft.irfft(self._far[0]).astype(np.float32)

    def doubt(self) -> None:
        """Something moved: learn as quickly as at the start, from what is there. A share of the weights' own power
        would not do: a path that is gone draws them to nothing first."""
        self.spread = np.maximum(self.spread, _EXPECTED)

    def _push(self, far: Floats) -> None:
        self._recent[:BLOCK] = self._recent[BLOCK:]
        self._recent[BLOCK:] = far
        self._far[1:] = self._far[:-1]
        self._far[0] = np.fft.rfft(self._recent)
        self._power[1:] = self._power[:-1]
        self._power[0] = np.square(self._far[0].real) + np.square(self._far[0].imag)

    def _learn(self, left: Floats, power: Floats) -> None:
        error = np.fft.rfft(np.concatenate([np.zeros(BLOCK, np.float32), left])).astype(np.complex64)
        self._noise += NOISE_RATE * (np.square(error.real) + np.square(error.imag) - self._noise)
        size: Floats = np.square(self.weights.real) + np.square(self.weights.imag)
        keep, lose = np.float32(FORGET * FORGET), np.float32(1 - FORGET * FORGET)
        spread = keep * self.spread + lose * size
        # Half: of the 2 * 160 samples of a transform, 160 are an observation.
        step = spread / (np.float32(0.5) * (spread * power).sum(axis=0) + self._noise + np.float32(1e-6))
        self.weights = np.float32(FORGET) * (self.weights + step * np.conj(self._far) * error)
        self.spread = (np.float32(1) - np.float32(0.5) * step * power) * spread
        self._constrain()

    def _constrain(self) -> None:
        """Two partitions a block lose what wrapped around: each one every 0.2 s, at a twentieth of the cost of all."""
        turns = [self._turn % PARTITIONS, (self._turn + PARTITIONS // 2) % PARTITIONS]
        self._turn += 1
        response = np.fft.irfft(self.weights[turns], axis=1)
        response[:, BLOCK:] = 0
        self.weights[turns] = np.fft.rfft(response, axis=1)
