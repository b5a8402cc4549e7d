"""Recorded speech in noises that are known to be taken for speech, for `vad`: pink noise, clicks, babble.

Where somebody speaks is read from the level of the clean recording, so that no labels are needed: within 30 dB of its
loud parts, holes up to 100 ms closed.
"""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from tests.bench._idle_mix import paths, spread
from tests.bench._judged import BLOCK, JUDGES, Flags, Tally, flags

CLIPS = 16
QUIET = 3 * 16_000
"""Before each clip."""
HISS_DBFS = -75.0
TALKERS = 5
"""Of the babble: other clips on top of each other."""

Sound = npt.NDArray[np.float64]


def mixes(data: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures by noise and judge; empty where the folder has no speech to mix."""
    found = spread(paths(data, ("negative_speech",)))
    if len(found) < CLIPS + TALKERS:
        return {}
    clean, truth = spoken(found[:CLIPS])
    draw = np.random.default_rng(8)
    noises: dict[str, tuple[Sound, float | None]] = {
        "clean": (np.zeros(len(clean)), None),
        "pink_10_db": (pink(len(clean), draw), 10.0),
        "pink_0_db": (pink(len(clean), draw), 0.0),
        "clicks_10_db": (clicks(len(clean), draw), 10.0),
        "babble_10_db": (babble(found[CLIPS : CLIPS + 4 * TALKERS], len(clean)), 10.0),
    }
    hiss = draw.normal(size=len(clean)) * 32768 * 10 ** (HISS_DBFS / 20)
    table = {}
    for name, (noise, snr_db) in noises.items():
        loud = np.repeat(truth, BLOCK)
        factor = 0.0 if snr_db is None else rms(clean[: len(loud)][loud]) / rms(noise) * 10 ** (-snr_db / 20)
        sound = np.clip(np.rint(clean + noise * factor + hiss), -32768, 32767).astype(np.int16)
        table[name] = {judge: figures(make, sound, truth) for judge, make in JUDGES.items()}
    return table


def figures(make: Callable[[], Any], sound: Any, truth: Flags) -> dict[str, Any]:
    tally = Tally()
    tally.add(flags(make, sound)[: len(truth)], truth)
    return {
        key: value for key, value in tally.figures().items() if key in ("miss_rate", "false_alarm_rate", "onset_ms")
    }


def spoken(found: list[Path]) -> tuple[Sound, Flags]:
    """All clips with quiet before each, equally loud, and where somebody speaks in them."""
    sounds, truths = [], []
    for path in found:
        clip = soundfile.read(path, dtype="int16")[0].astype(np.float64)
        clip = np.concatenate([np.zeros(QUIET), clip[: len(clip) // BLOCK * BLOCK] * 2000 / max(1.0, rms(clip))])
        level = 10 * np.log10((clip.reshape(-1, BLOCK) ** 2).mean(axis=1) + 1e-9)
        sounds.append(clip)
        truths.append(closed(level > np.percentile(level[QUIET // BLOCK :], 95) - 30, 10))
    return np.concatenate(sounds), np.concatenate(truths)


def closed(truth: Flags, most: int) -> Flags:
    """Holes of at most so many blocks count as speech."""
    at = np.flatnonzero(truth)
    whole = truth.copy()
    for before, after in pairwise(at):
        whole[before:after] |= after - before <= most + 1
    return whole


def pink(count: int, draw: np.random.Generator) -> Sound:
    spectrum = np.fft.rfft(draw.normal(size=count))
    shaped: Sound = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), count)
    return shaped


def clicks(count: int, draw: np.random.Generator) -> Sound:
    """Three a second, at any moment: a few milliseconds of decaying noise each, as of keys and dishes."""
    sound = np.zeros(count)
    for at in draw.integers(0, count - 160, 3 * count // 16_000):
        sound[at : at + 160] += draw.normal(size=160) * np.exp(-np.arange(160) / 30)
    return sound


def babble(found: list[Path], count: int) -> Sound:
    voices = np.zeros(count)
    for number in range(TALKERS):
        voice = np.concatenate([soundfile.read(path, dtype="int16")[0] for path in found[number::TALKERS]])
        voices += np.resize(voice.astype(np.float64), count) / max(1.0, rms(voice.astype(np.float64)))
    return voices


def rms(sound: Sound) -> float:
    return float(np.sqrt((sound**2).mean()))
