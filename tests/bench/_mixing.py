"""How clips are put into rooms and noise: the same for the same folder, on every machine.

A clip's noise is drawn by a checksum of its path, so it is the same in every run and for everything that is compared.
The signal-to-noise ratio is that of the clip's speech (what lies less than 30 dB under its loudest 10 ms) to the noise
under the clip itself: a dog that barks before the phrase and not in it is drawn anew. The noise also runs LEAD_S before
the clip and TAIL_S after it, as it does in a room.
"""

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

Sound = npt.NDArray[np.int16]
RATE_HZ = 16_000
LEAD_S = 2.0
TAIL_S = 1.0
FLOOR = 3.0
"""Of 32768: the faint noise of a microphone before and after a clip that stands in no other noise (-81 dBFS)."""
PRESENT = 0.25
"""The noise under a clip has at least this share of its recording's RMS."""
HEADROOM = 30_000.0


def read(path: Path) -> Sound:
    """The first channel of a recording, int16 at 16 kHz."""
    import soundfile

    sound, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
    mono = sound[:, 0]
    return mono if rate_hz == RATE_HZ else np.asarray(soxr.resample(mono, rate_hz, RATE_HZ), np.int16)


def draws(name: str, draw: int) -> np.random.Generator:
    """The dice of a clip: by its path within the folder and the number of the draw."""
    return np.random.default_rng([zlib.crc32(name.encode()), draw])


def speech_rms(sound: npt.NDArray[np.floating] | Sound) -> float:
    whole = sound[: len(sound) // 160 * 160].astype(np.float64).reshape(-1, 160)
    power = (whole**2).mean(axis=1)
    return float(np.sqrt(power[power >= power.max() * 1e-3].mean()))


def clean(sound: Sound, random: np.random.Generator) -> Sound:
    """Between the faint noise of a microphone."""
    return _faint(np.pad(sound.astype(np.float64), (round(LEAD_S * RATE_HZ), round(TAIL_S * RATE_HZ))), random)


def noisy(sound: Sound, snr_db: float, noises: Sequence[Sound], random: np.random.Generator) -> Sound:
    """In one of `noises`, drawn by `random`."""
    lead, tail = round(LEAD_S * RATE_HZ), round(TAIL_S * RATE_HZ)
    background = _drawn(noises, lead, len(sound), tail, random)
    under = background[lead : lead + len(sound)]
    gain = speech_rms(sound) * 10 ** (-snr_db / 20) / max(float(np.sqrt((under**2).mean())), 1e-6)
    mixed = np.pad(sound.astype(np.float64), (lead, tail)) + gain * background
    loudest = float(np.abs(mixed).max())
    return _faint(mixed * min(1.0, HEADROOM / max(loudest, 1.0)), random)


def reverberant(sound: Sound, response: Sound, random: np.random.Generator) -> Sound:
    """Convolved with a room's impulse response, its speech as loud as before."""
    dry = sound.astype(np.float64)
    tail = np.trim_zeros(response.astype(np.float64), "b")
    size = 1 << int(np.ceil(np.log2(len(dry) + len(tail))))
    wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(tail, size), size)[: len(dry) + len(tail) - 1]
    wet *= speech_rms(dry) / max(speech_rms(wet), 1e-6)
    wet *= min(1.0, HEADROOM / max(float(np.abs(wet).max()), 1.0))
    return _faint(np.pad(wet, (round(LEAD_S * RATE_HZ), round(TAIL_S * RATE_HZ))), random)


def _drawn(
    noises: Sequence[Sound], lead: int, length: int, tail: int, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Looped from a random place at which it is not silent under the clip."""
    noise = noises[int(random.integers(len(noises)))].astype(np.float64)
    usual = float(np.sqrt((noise**2).mean()))
    for _ in range(20):
        turned = np.roll(noise, -int(random.integers(len(noise))))
        background = np.tile(turned, (lead + length + tail) // len(noise) + 1)[: lead + length + tail]
        if float(np.sqrt((background[lead : lead + length] ** 2).mean())) >= PRESENT * usual:
            break
    return background


def _faint(sound: npt.NDArray[np.float64], random: np.random.Generator) -> Sound:
    return np.clip(sound + random.normal(0.0, FLOOR, len(sound)), -32_768, 32_767).astype(np.int16)
