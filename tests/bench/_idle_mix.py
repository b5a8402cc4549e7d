"""The sound of a home in which nobody speaks to the device: a quarter speech, a quarter noises, half quiet."""

import csv
from itertools import cycle
from pathlib import Path

import numpy as np
import numpy.typing as npt

SPEECH = ("negative_speech", "negative_home", "negative_keyword")
"""Real people; synthetic near-misses are left out."""
NOISES = ("noise",)
HISS_DBFS = -70.0
"""Quiet: a room at night through an ordinary microphone."""
SAYS = "a quarter recorded speech, a quarter recorded noises, half quiet (hiss at -70 dBFS)"
RATE_HZ = 16_000


def gather(data: Path, minutes: float, target: Path) -> tuple[float, int]:
    """Writes the mix, int16 16 kHz mono without a header, so that whoever is measured holds no decoder.

    Speech, then as long a noise, then twice as long a quiet, and so on. Returns minutes and clips of speech; without
    noises in the folder quiet stands for them. Raises SystemExit without speech.
    """
    speech, noises = paths(data, SPEECH), paths(data, NOISES)
    if not speech:
        raise SystemExit(f"{data}/manifest.csv names no 16 kHz mono clip of the kinds {', '.join(SPEECH)}.")
    draw = np.random.default_rng(4)
    noise = (read(path) for path in cycle(spread(noises)))
    samples = clips = 0
    with target.open("wb") as raw:
        for path in spread(speech):
            if samples >= minutes * 60 * RATE_HZ:
                break
            talk = read(path)
            rest = np.zeros(len(talk) * 3)
            if noises:
                rest[: len(talk)] = np.resize(next(noise), len(talk))
            sound = np.concatenate([talk, rest]) + draw.normal(size=len(talk) * 4) * 32768 * 10 ** (HISS_DBFS / 20)
            raw.write(np.clip(np.rint(sound), -32768, 32767).astype("<i2").tobytes())
            samples, clips = samples + len(sound), clips + 1
    return samples / RATE_HZ / 60, clips


def paths(data: Path, kinds: tuple[str, ...]) -> list[Path]:
    with (data / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if (row["rate"], row["channels"]) == ("16000", "1")]
    return [data / row["path"] for row in rows if row["kind"] in kinds and (data / row["path"]).is_file()]


def spread(found: list[Path]) -> list[Path]:
    """In an order that has something of every part of the list early on, the same each time."""
    return [found[at] for at in np.random.default_rng(2).permutation(len(found))]


def read(path: Path) -> npt.NDArray[np.float64]:
    import soundfile

    sound: npt.NDArray[np.float64] = soundfile.read(path, dtype="int16")[0].astype(np.float64)
    return sound
