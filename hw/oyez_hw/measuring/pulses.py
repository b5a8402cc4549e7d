"""Pure: a chirp squeezed to a pulse, and where the pulse lies between the samples."""

import numpy as np
import numpy.typing as npt

from oyez_hw.measuring.chirp import Chirp
from oyez_hw.measuring.clock_fit import Doubles

FLOOR = 0.1
"""Of the chirp's largest power: where it has less, the filter does not amplify what is not there."""
FINER = 16


def squeezed(recording: npt.NDArray[np.floating], chirp: Chirp, rate_hz: float) -> Doubles:
    """The matched filter with the chirp's falling spectrum made flat: (n,) as the recording, a chirp that begins at
    sample k becoming a pulse at k. A way of gain 1 gives the chirp's band with gain 1."""
    one = chirp.sampled(rate_hz)
    size = _good_size(len(recording) + len(one))
    spectrum = np.fft.rfft(one, size)
    power = np.square(np.abs(spectrum))
    flat = np.conj(spectrum) / np.maximum(power, FLOOR * _band_power(power, chirp, rate_hz))
    return np.asarray(np.fft.irfft(np.fft.rfft(recording, size) * flat, size)[: len(recording)])


def parabola(curve: Doubles, top: int) -> float:
    """How far beside that point the parabola through it and its neighbours peaks: -0.5 to 0.5."""
    if not 0 < top < len(curve) - 1:
        return 0.0
    before, here, after = curve[top - 1 : top + 2]
    bend = before - 2 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend else 0.0


def finer(piece: Doubles, factor: int = FINER) -> Doubles:
    """The same sound with `factor` points a sample, by its spectrum."""
    return np.asarray(np.fft.irfft(np.fft.rfft(piece), factor * len(piece)) * factor)


def shifted(piece: Doubles, by: float) -> Doubles:
    """The piece `by` samples earlier; what leaves at one end comes in at the other."""
    ramp = np.exp(2j * np.pi * np.fft.rfftfreq(len(piece)) * by)
    return np.asarray(np.fft.irfft(np.fft.rfft(piece) * ramp, len(piece)))


def _band_power(power: Doubles, chirp: Chirp, rate_hz: float) -> float:
    """What the chirp has in the upper half of its band: the least that it means to have."""
    bins = len(power)
    low, high = (round(hz / (rate_hz / 2) * bins) for hz in (chirp.high_hz / 2, chirp.high_hz * 0.9))
    return float(np.median(power[low : max(low + 1, high)]))


def _good_size(length: int) -> int:
    """A power of two, or three quarters of one."""
    whole = 1 << (length - 1).bit_length()
    return whole * 3 // 4 if whole * 3 // 4 >= length else whole
