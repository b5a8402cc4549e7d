"""Pure: what a linear filter leaves of an echo, turned down band by band.

How much of the echo leaks through is told by how far the power left follows that of the echo taken out: a regression
of the two, band by band, as speex does (J.-M. Valin, "On adjusting the learning rate in frequency domain echo
cancellation with double-talk", IEEE TASLP 15 (2007)). A near talker is in one and not in the other, so
they keep their voice.
"""

import numpy as np

from oyez.hearing.blocks import BLOCK
from oyez.hearing.echo.kalman import BINS, Floats

FLOOR = np.float32(0.08)
"""-22 dB: a wake-word model hears holes worse than a whisper of echo (of 25 words 0.03 to 0.15 changed one at most)."""
OVER = np.float32(1.5)
FOLLOW = np.float32(0.3)
DRIFT_OUT = np.float32(0.02)
"""Of what is steady in both powers, a fan's hum for one: it says nothing about leakage."""
REGRESS = 0.01
LEAST_LEAK = 0.002
_WINDOW = np.sqrt(np.hanning(2 * BLOCK + 1)[:-1]).astype(np.float32)


class Suppressor:
    """10 ms at a time; what comes out lags by 10 ms."""

    def __init__(self) -> None:
        self._left_in, self._echo_in = np.zeros(2 * BLOCK, np.float32), np.zeros(2 * BLOCK, np.float32)
        self._tail = np.zeros(BLOCK, np.float32)
        self._left, self._echo, self._left_mean, self._echo_mean, self._both, self._square = np.zeros(
            (6, BINS), np.float32
        )
        self._gain = np.ones(BINS, np.float32)

    def process(self, left: Floats, echo: Floats) -> Floats:
        """`left` and `echo` as the filter gives them, (160,)."""
        spectrum, power = _transform(self._left_in, left)
        _, echo_power = _transform(self._echo_in, echo)
        self._regress(power, echo_power)
        leak = np.clip(self._both / (self._square + np.float32(1e-12)), LEAST_LEAK, 1.0)
        gain = np.maximum(1 - OVER * leak * self._echo / (self._left + np.float32(1e-12)), FLOOR)
        self._gain += np.float32(0.5) * (gain - self._gain)
        sound = np.fft.irfft(spectrum * self._gain).astype(np.float32) * _WINDOW
        out: Floats = self._tail + sound[:BLOCK]
        self._tail = sound[BLOCK:]
        return out

    def _regress(self, power: Floats, echo_power: Floats) -> None:
        self._left += FOLLOW * (power - self._left)
        self._echo += FOLLOW * (echo_power - self._echo)
        left, echo = self._left - self._left_mean, self._echo - self._echo_mean
        self._left_mean += DRIFT_OUT * left
        self._echo_mean += DRIFT_OUT * echo
        # The slower the more else there is to hear.
        rate = np.float32(REGRESS * min(1.0, float(echo_power.sum()) / (float(power.sum()) + 1e-9)))
        self._both += rate * (left * echo - self._both)
        self._square += rate * (echo * echo - self._square)


def _transform(recent: Floats, block: Floats) -> tuple[np.ndarray[tuple[int], np.dtype[np.complex64]], Floats]:
    recent[:BLOCK] = recent[BLOCK:]
    recent[BLOCK:] = block
    spectrum = np.fft.rfft(recent * _WINDOW).astype(np.complex64)
    return spectrum, np.square(spectrum.real) + np.square(spectrum.imag)
