"""Scenes for the echo canceller: a reply out of a poor loudspeaker in a recorded room, a wake word over it."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez_hw.acoustics import active_dbfs, amplitude, convolved

Floats = npt.NDArray[np.float32]
RATE_HZ = 16_000
FAR_DBFS, NEAR_DBFS, NOISE_DBFS = -23.0, -26.0, -60.0
ECHO_DELAY = 640
"""Samples, 40 ms: converters and way through the room, beside what the impulse response holds."""
PLACES_S = 2.0
"""The word comes where the echo under it is loudest, within so much after `after_s`."""
WORD = 9_600
"""The loudest 0.6 s of a clip are the word; by them the speech-to-echo ratio is set."""


@dataclass(frozen=True)
class Scene:
    far: Floats
    """By the loudspeaker's clock."""
    mic: Floats
    """By the microphone's, as all that follows."""
    near: Floats
    start: int
    """First sample of the clip."""
    word_end: int


class Data:
    """A folder with manifest.csv; only 16 kHz mono is taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with (folder / "manifest.csv").open(encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        self._rows = [row for row in rows if (row["rate"], row["channels"]) == ("16000", "1")]

    def rows(self, kind: str, label: str | None = None) -> list[dict[str, str]]:
        return [row for row in self._rows if row["kind"] == kind and label in (None, row["label"])]

    def sound(self, row: dict[str, str]) -> Floats:
        import soundfile

        sound: Floats = soundfile.read(self._folder / row["path"], dtype="float32")[0]
        return sound


def evenly(items: list[Any], count: int) -> list[Any]:
    return [items[index * len(items) // count] for index in range(min(count, len(items)))]


def levelled(sound: Floats, dbfs: float) -> Floats:
    return sound * np.float32(amplitude(dbfs - active_dbfs(sound, RATE_HZ)))


def loudspeaker(sound: Floats) -> Floats:
    """Small and driven hard: soft clipping and 3 % of second harmonic at the peaks."""
    peak = np.float32(np.abs(sound).max() + 1e-9)
    driven = sound / peak
    shaped: Floats = (np.tanh(1.5 * driven) / 1.5 + 0.03 * driven * driven).astype(np.float32) * peak
    return shaped


def slipped(sound: Floats, ppm: float) -> Floats:
    """As a microphone hears it whose card is slower by `ppm` than the loudspeaker's. Windowed sinc of 32 taps."""
    if not ppm:
        return sound
    at = np.arange(int(len(sound) / (1 + abs(ppm) * 1e-6)) - 40) * (1 + ppm * 1e-6)
    whole = np.floor(at).astype(int)
    taps = np.arange(-15, 17)[None] - (at - whole)[:, None]
    padded = np.pad(sound, (16, 20))
    around = padded[whole[:, None] + np.arange(1, 33)[None]]
    read: Floats = (around * np.sinc(taps) * np.cos(np.pi * taps / 34) ** 2).sum(axis=1).astype(np.float32)
    return read


def far_end(data: Data, index: int, length: int) -> Floats:
    """Sentences of others one after the other, each scene's own, without the pauses that no reply makes."""
    rows = [row for row in data.rows("negative_speech") if float(row["seconds"]) > 3]
    pieces: list[Floats] = []
    at = index * 7
    while sum(map(len, pieces)) < length:
        pieces.append(unpaused(levelled(data.sound(rows[at % len(rows)]), FAR_DBFS)))
        at += 1
    return np.concatenate(pieces)[:length]


def unpaused(sound: Floats) -> Floats:
    """Silence is cut to 0.2 s: blocks of 0.1 s more than 40 dB under the loudest that follow two of their kind."""
    block = RATE_HZ // 10
    rows = sound[: len(sound) // block * block].reshape(-1, block)
    power = np.square(rows).mean(axis=1)
    silent = power < power.max() * 1e-4
    keep = [not (silent[at] and at > 1 and silent[at - 1] and silent[at - 2]) for at in range(len(rows))]
    return rows[keep].reshape(-1)


def echo_of(far: Floats, responses: list[Floats], ppm: float, switch_at: int | None = None) -> Floats:
    """What of `far` comes back. switch_at: from this sample on through the second response."""
    sound = loudspeaker(far)
    echoes = [levelled(convolved(sound, response)[: len(far)], NEAR_DBFS) for response in responses]
    echo = echoes[0]
    if switch_at is not None:
        echo = np.concatenate([echo[:switch_at], echoes[1][switch_at:]])
    return slipped(np.concatenate([np.zeros(ECHO_DELAY, np.float32), echo]), ppm)


def barge_scene(data: Data, word: str, index: int, count: int, ser_db: float, ppm: float, after_s: float) -> Scene:
    clip = levelled(data.sound(evenly(data.rows("wake_positive", word), count)[index]), NEAR_DBFS)
    rooms = data.rows("rir")
    total = round((after_s + PLACES_S) * RATE_HZ) + len(clip) + RATE_HZ // 2
    far = far_end(data, index, total + RATE_HZ // 2)
    echo = echo_of(far, [data.sound(rooms[index % len(rooms)])], ppm)[:total]
    power = _powers(clip)
    loudest = int(np.argmax(power))
    places = np.arange(round(after_s * RATE_HZ), round((after_s + PLACES_S) * RATE_HZ), 800)
    echo_power = _powers(echo)[places + loudest]
    start = int(places[np.argmax(echo_power)])
    echo = echo * np.float32(np.sqrt(power[loudest] / echo_power.max()) * amplitude(-ser_db))
    near = np.zeros(total, np.float32)
    near[start : start + len(clip)] = clip
    noise = np.random.default_rng(100 + index).normal(0, amplitude(NOISE_DBFS), total).astype(np.float32)
    mic = near + echo + noise
    share = np.float32(min(1.0, 0.95 / np.abs(mic).max()))
    return Scene(far[:total], mic * share, near * share, start, start + len(clip))


def _powers(sound: Floats) -> npt.NDArray[np.float64]:
    """Mean power of each WORD samples, by their first."""
    padded = np.pad(sound.astype(np.float64), (0, max(0, WORD + 1 - len(sound))))
    sums = np.concatenate([[0.0], np.cumsum(np.square(padded))])
    return np.asarray((sums[WORD:] - sums[:-WORD]) / WORD)
