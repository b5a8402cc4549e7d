"""A voice for tests: buzzing vowels of two formants, one after another; no speech, but the embedding tells it apart."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
VOWELS = {"a": (750, 1250), "e": (450, 1950), "i": (300, 2300), "o": (450, 850), "u": (320, 700)}


def say(word: Sequence[str], pitch_hz: float = 120.0, vowel_s: float = 0.16, seed: int = 0) -> npt.NDArray[np.int16]:
    """The word at about -20 dBFS with 0.6 s of a quiet room before and after it, int16 at 16 kHz."""
    random = np.random.default_rng(seed)
    count = round(vowel_s * RATE_HZ)
    pitch = pitch_hz * (1 + 0.02 * random.standard_normal() + 0.1 * np.linspace(1, -1, count * len(word)))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    sound = np.zeros(count * len(word))
    for number in range(1, 30):
        hz = number * pitch
        gain = np.concatenate([_gain(hz[k * count : (k + 1) * count], VOWELS[v]) for k, v in enumerate(word)])
        sound += np.convolve(gain, np.ones(320) / 320, "same") * np.sin(number * phase)
    sound *= 3_000 / np.sqrt((sound**2).mean())
    room = random.normal(0, 8, len(sound) + 2 * round(0.6 * RATE_HZ))
    room[round(0.6 * RATE_HZ) : round(0.6 * RATE_HZ) + len(sound)] += sound
    return np.rint(room).clip(-32_768, 32_767).astype(np.int16)


def _gain(hz: npt.NDArray[np.float64], formants: tuple[int, int]) -> npt.NDArray[np.float64]:
    gain: npt.NDArray[np.float64] = sum(1 / (1 + ((hz - peak) / 90.0) ** 2) for peak in formants)  # type: ignore[assignment]
    return gain
