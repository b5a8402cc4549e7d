"""Rooms with a mouth and several devices at different distances: what each of them hears of one wake phrase.

Image sources as in _array_rooms.py, here for rooms of any size and to the nearest sample, which is enough for levels,
delays and reverberation. Nothing here knows what a device makes of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.bench._mixing import Sound, speech_rms

Floats = npt.NDArray[np.float64]
RATE_HZ = 16_000
SPEED_M_S = 343.0
RT60_S = (0.2, 0.5)
RESPONSE_S = 0.3
"""The rest of the longest decay is 36 dB down by then."""
NEAREST = (2.0, 9.0)
"""The second nearest device is so many times as far away as the nearest, and so is the third from the second: the
nearest may be the one that is frozen."""
STEP = 1.1
"""And each other one at least so many times as the one before it."""
SPOKEN_DBFS_1M = -32.0
"""Ordinary speech at one metre, direct sound alone."""
NOISE_DBFS = (-66.0, -56.0)
"""Each device's own surroundings: a recording of noise, as loud as drawn from here; beside it its own hiss."""
HISS_DBFS = -72.0
PARTS_DB = 0.5
"""Microphones of one kind differ by so much (standard deviation)."""
LEAD_S, TAIL_S = 2.2, 0.9


@dataclass(frozen=True, slots=True)
class Layout:
    """One room. Devices are in the order of their distance from the mouth, the nearest first."""

    size_m: Floats
    rt60_s: float
    mouth_m: Floats
    devices_m: tuple[Floats, ...]

    @property
    def distances_m(self) -> list[float]:
        return [float(np.linalg.norm(place - self.mouth_m)) for place in self.devices_m]


def drawn(devices: int, random: np.random.Generator, nearest: tuple[float, float] = NEAREST) -> Layout:
    """nearest: between which ratios the nearest distances stand to each other."""
    while True:
        size = random.uniform((3.5, 3.0, 2.4), (7.5, 6.0, 2.9))
        mouth = random.uniform((0.5, 0.5, 1.1), (size[0] - 0.5, size[1] - 0.5, 1.7))
        places = random.uniform((0.2, 0.2, 0.5), (size[0] - 0.2, size[1] - 0.2, 1.6), (400, 3))
        away = np.linalg.norm(places - mouth, axis=1)
        order = [int(one) for one in np.argsort(away) if away[one] > 0.4]
        chosen = [int(random.choice(order[: len(order) // 3]))]
        for number in range(1, devices):
            low, high = nearest if number < 3 else (STEP, 9.0)
            farther = [one for one in order if low <= away[one] / away[chosen[-1]] < high]
            if not farther:
                break
            chosen.append(int(random.choice(farther[: max(1, len(farther) // (devices - number))])))
        if len(chosen) == devices:
            return Layout(size, float(random.uniform(*RT60_S)), mouth, tuple(places[one] for one in chosen))


def response(layout: Layout, place_m: Floats) -> Floats:
    """Of the way from the mouth to this place; the direct sound at one metre is 1."""
    size, sides = layout.size_m, layout.size_m[[0, 0, 1]] * layout.size_m[[1, 2, 2]]
    reflection = np.sqrt(1 - min(0.99, 0.161 * size.prod() / (2 * sides.sum() * layout.rt60_s)))
    images, hits = [], []
    for axis in range(3):
        most = int(np.ceil(RESPONSE_S * SPEED_M_S / (2 * size[axis])))
        turns = np.arange(-most, most + 1)
        mouth = layout.mouth_m[axis]
        images.append(np.concatenate([2 * turns * size[axis] + mouth, 2 * turns * size[axis] - mouth]) - place_m[axis])
        hits.append(np.concatenate([np.abs(2 * turns), np.abs(2 * turns - 1)]))
    squared = images[0][:, None, None] ** 2 + images[1][None, :, None] ** 2 + images[2][None, None, :] ** 2
    bounces = hits[0][:, None, None] + hits[1][None, :, None] + hits[2][None, None, :]
    near = squared < (RESPONSE_S * SPEED_M_S) ** 2
    away = np.sqrt(squared[near])
    at = np.round(away / SPEED_M_S * RATE_HZ).astype(np.int64)
    return np.bincount(at, reflection ** bounces[near] / np.maximum(away, 0.2))


def heard(clip: Sound, way: Floats, noise: Sound, random: np.random.Generator) -> Sound:
    """What one device's microphone delivers: noise, the phrase LEAD_S after its begin, noise."""
    spoken = clip.astype(np.float64) * (10 ** (SPOKEN_DBFS_1M / 20) * 32_768 / max(speech_rms(clip), 1.0))
    size = 1 << (len(spoken) + len(way) - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(spoken, size) * np.fft.rfft(way, size), size)[: len(spoken) + len(way) - 1]
    sound = np.pad(wet, (round(LEAD_S * RATE_HZ), round(TAIL_S * RATE_HZ)))
    around = np.resize(np.roll(noise, int(random.integers(len(noise)))), len(sound)).astype(np.float64)
    loudness = 10 ** (random.uniform(*NOISE_DBFS) / 20) * 32_768
    sound += around * (loudness / max(float(np.sqrt((around**2).mean())), 1.0))
    sound += random.standard_normal(len(sound)) * 10 ** (HISS_DBFS / 20) * 32_768
    sound *= 10 ** (random.normal(0.0, PARTS_DB) / 20)
    return np.clip(np.rint(sound), -32_768, 32_767).astype(np.int16)


def ways(layout: Layout) -> Sequence[Floats]:
    return [response(layout, place) for place in layout.devices_m]
