"""One scene through the array's front: talker and noise apart, so that what each becomes is known exactly.

The filters that the front chose are recorded while it hears the mixture, and then run over talker and noise alone: the
front itself never hears anything but the mixture, as on a device.
"""

import math
import time
from dataclasses import dataclass

import numpy as np

from oyez.config_hearing import Board, Hearing, MicrophonePlace
from oyez.hearing.array.filterbank import FilterBank, Filters
from oyez.hearing.array.front import Front
from oyez.hearing.array.weights import LAG
from oyez_hw.pcm import Frame
from tests.bench._array_rooms import Floats

RATE_HZ = 16_000
PERIOD = 320


@dataclass(frozen=True)
class Outcome:
    snr_gain_db: float
    """SNR of the beam over the best single microphone, while the talker speaks, 150 to 6000 Hz."""
    directions_deg: list[float]
    """Of each second or so in which there was speech."""
    cpu_s_per_s: float
    mixture: Floats
    """What the ears get."""


def front_of(places_mm: Floats | None, channels: int, kind: str) -> Front:
    places = [
        MicrophonePlace(channel=channel, x_mm=float(x), y_mm=float(y))
        for channel, (x, y) in enumerate(places_mm if places_mm is not None else [])
    ]
    board = Board(capture_channels=channels, microphones=places)
    return Front(board, Hearing(beam=kind))  # type: ignore[arg-type]  # one of its literals


def run(
    talker: Floats, noise: Floats, spoken: list[tuple[float, float]], places_mm: Floats | None, kind: str
) -> Outcome:
    """talker, noise: (n, microphones), full scale 1. spoken: spans in seconds in which the talker speaks; used for the
    figures alone."""
    mixture = np.clip(np.rint((talker + noise) * 32768), -32768, 32767).astype(np.int16)
    front = front_of(places_mm, mixture.shape[1], kind)
    changes = watched(front, mixture[:PERIOD])
    heard, directions, at = [], [], 0
    begun = time.process_time()
    for at in range(0, len(mixture) - PERIOD + 1, PERIOD):
        heard += [
            picked.sound for picked in front.take(Frame(mixture[at : at + PERIOD], RATE_HZ, (at + PERIOD) / RATE_HZ))
        ]
        changes.at = at + PERIOD
        for from_s, to_s in spoken:
            if at < to_s * RATE_HZ <= at + PERIOD and (found := front.between(from_s, to_s)) is not None:
                directions.append(found)
    spent = time.process_time() - begun
    inside = np.zeros(at, bool)
    for from_s, to_s in spoken:
        inside[round(from_s * RATE_HZ) : round(to_s * RATE_HZ)] = True
    gain = math.nan if not spoken else gained_db(changes, talker[:at], noise[:at], inside)
    return Outcome(gain, directions, spent / (len(mixture) / RATE_HZ), np.concatenate(heard))


def gained_db(changes: "Changes", talker: Floats, noise: Floats, inside: np.ndarray) -> float:
    best = max(snr_db(talker[:, one], noise[:, one], inside) for one in range(talker.shape[1]))
    return snr_db(changes.replay(talker), changes.replay(noise), np.roll(inside, LAG)) - best


def snr_db(talker: Floats, noise: Floats, inside: np.ndarray) -> float:
    def power(sound: Floats) -> float:
        spectrum = np.abs(np.fft.rfft(sound[: len(inside)][inside])) ** 2
        low, high = (round(hz * 2 * (len(spectrum) - 1) / RATE_HZ) for hz in (150, 6000))
        return float(spectrum[low:high].sum())

    return float(10 * np.log10(power(talker) / power(noise)))


class Changes:
    """The front's filters, and from which sample on."""

    def __init__(self, first: Filters) -> None:
        self.at = 0
        self._log: list[tuple[int, Filters]] = [(0, first)]

    def noted(self, filters: Filters) -> None:
        self._log.append((self.at + PERIOD, filters))

    def replay(self, sound: Floats) -> Floats:
        """The same filters over other sound; in 24 bits more, so that silence does not become rounding."""
        bank, out = FilterBank(self._log[0][1]), []
        due = list(self._log[1:])
        for at in range(0, len(sound) - PERIOD + 1, PERIOD):
            while due and due[0][0] <= at:
                bank.change(due.pop(0)[1])
            out.append(bank.filtered(sound[at : at + PERIOD].astype(np.float32)))
        return np.concatenate(out).astype(np.float64)


def watched(front: Front, first: np.ndarray) -> Changes:
    """Makes the front build its array and tell of every change of filters."""
    front.take(Frame(np.zeros_like(first), RATE_HZ, 0.0))
    array = front._array
    assert array is not None
    changes, change = Changes(array._bank._filters), array._bank.change

    def told(filters: Filters) -> None:
        changes.noted(filters)
        change(filters)

    array._bank.change = told  # type: ignore[method-assign]
    return changes
