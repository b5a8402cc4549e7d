"""Pure: levels, resampling and impulse responses of whole recordings."""

import math

import numpy as np
import numpy.typing as npt
import soxr

Floats = npt.NDArray[np.float32]
"""Mono sound, full scale 1.0."""

SPEED_OF_SOUND_M_S = 343.0


def amplitude(db: float) -> float:
    return float(10 ** (db / 20))


def dbfs(sound: Floats) -> float:
    """RMS relative to full scale (a full-scale square wave is 0 dBFS); -inf for silence."""
    power = float(np.mean(np.square(sound, dtype=np.float64))) if len(sound) else 0.0
    return 10 * math.log10(power) if power > 0 else -math.inf


def active_dbfs(sound: Floats, rate_hz: int) -> float:
    """RMS of the part where somebody speaks: the 20 ms blocks within 30 dB of the loudest."""
    block = max(1, rate_hz // 50)
    whole = sound[: len(sound) // block * block]
    if not len(whole):
        return dbfs(sound)
    power = np.mean(np.square(whole.reshape(-1, block), dtype=np.float64), axis=1)
    active = power[power >= power.max() * 1e-3]
    return 10 * math.log10(float(active.mean())) if power.max() > 0 else -math.inf


def mono_floats(samples: npt.NDArray[np.int16] | npt.NDArray[np.floating]) -> Floats:
    """(n,) or (n, channels), int16 or float of full scale 1.0, as mono. Raises ValueError."""
    if samples.ndim not in (1, 2) or not len(samples):
        raise ValueError(f"a recording is {samples.shape}; it must be (n,) or (n, channels) and not empty")
    scale = 1 / 32768 if samples.dtype == np.int16 else 1.0
    sound = samples.astype(np.float32) * np.float32(scale)
    return sound if sound.ndim == 1 else sound.mean(axis=1, dtype=np.float32)


def resampled(sound: Floats, from_hz: int, to_hz: int) -> Floats:
    if from_hz == to_hz:
        return sound
    result: Floats = soxr.resample(sound, from_hz, to_hz, quality="HQ").astype(np.float32)
    return result


def convolved(sound: Floats, response: Floats) -> Floats:
    """The whole convolution, len(sound) + len(response) - 1 long."""
    length = len(sound) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.fft.irfft(spectrum, size)[:length].astype(np.float32)
