"""Pure: levels, resampling, delays and impulse responses of whole recordings."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soxr

Floats = npt.NDArray[np.float32]
"""Mono sound, full scale 1.0."""

SPEED_OF_SOUND_M_S = 343.0
_RINGING = 512
"""Samples of silence that keep the end of a shifted recording from its beginning."""


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


def plane_wave_delays_s(places_mm: Sequence[tuple[float, float]], direction_deg: float) -> list[float]:
    """How much later than the nearest place each hears a distant source: 0 degrees is along y, 90 along x."""
    angle = math.radians(direction_deg)
    along_mm = [x * math.sin(angle) + y * math.cos(angle) for x, y in places_mm]
    return [(max(along_mm) - along) / 1000 / SPEED_OF_SOUND_M_S for along in along_mm]


def at_each_ear(sound: Floats, delays_s: Sequence[float], rate_hz: int) -> list[Floats]:
    """The sound late by each of the delays, fractions of a sample kept (a phase ramp); all of one length."""
    longest = math.ceil(max(delays_s) * rate_hz)
    size = 1 << (len(sound) + longest + _RINGING).bit_length()
    spectrum = np.fft.rfft(sound, size)
    ramp = -2j * math.pi * np.fft.rfftfreq(size) * rate_hz
    shifted = (np.fft.irfft(spectrum * np.exp(ramp * delay_s), size) for delay_s in delays_s)
    return [one[: len(sound) + longest].astype(np.float32) for one in shifted]


def sampled_at(sound: Floats, positions: npt.NDArray[np.float64]) -> Floats:
    """The sound between its samples, by a windowed sinc of 32 taps. Positions lie 16 samples or more from its ends."""
    whole = np.floor(positions).astype(np.int64)
    taps = np.arange(-15, 17)
    away = taps - (positions - whole)[:, None]
    kernel = np.sinc(away) * np.cos(np.clip(away / 17, -1, 1) * (math.pi / 2)) ** 2
    result: Floats = np.sum(sound[whole[:, None] + taps] * kernel, axis=1, dtype=np.float32)
    return result
