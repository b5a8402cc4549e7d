"""What people said, out of the shared recordings: wake words and orders, joined to be said in one breath."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dev"
RATE_HZ = 16_000
EDGE_DB = 30.0
"""A voice begins and ends at the outermost 10 ms less than this under the loudest."""
PAUSE_S = 0.15

Mono = npt.NDArray[np.int16]


def wake_word(label: str = "alexa", nth: int = 0) -> Mono:
    """A person's, and another one's for another number. Skips the test where there are no recordings."""
    paths = [path for path, (kind, name) in _manifest().items() if kind == "wake_positive" and name == label]
    if not paths:
        pytest.skip(f"no recordings of {label}: ../shared/data/dev is not here")
    return _spoken(paths[nth % len(paths)])


def order(name: str) -> Mono:
    """The order of a person with this in the name of its file."""
    paths = [path for path, (_, label) in _manifest().items() if label == "command" and name in path]
    if not paths:
        pytest.skip(f"no recording {name}: ../shared/data/dev is not here")
    return _spoken(paths[0])


def in_one_breath(*parts: Mono) -> Mono:
    """One after the other, equally loud, with the pauses of somebody who goes on."""
    loudness = [float(np.sqrt(np.mean(part.astype(np.float64) ** 2))) for part in parts]
    pause = np.zeros(round(PAUSE_S * RATE_HZ))
    pieces = [piece for part, rms in zip(parts, loudness, strict=True) for piece in (part * (3000.0 / rms), pause)]
    return np.clip(np.concatenate(pieces[:-1]), -32_768, 32_767).astype(np.int16)


@cache
def _manifest() -> dict[str, tuple[str, str]]:
    """Kind and label by path, of what is there."""
    if not (DATA / "manifest.csv").exists():
        return {}
    with (DATA / "manifest.csv").open(encoding="utf-8") as table:
        return {row["path"]: (row["kind"], row["label"]) for row in csv.DictReader(table)}


@cache
def _spoken(path: str) -> Mono:
    """From the first to the last sound of the voice."""
    sound, rate_hz = soundfile.read(DATA / path, dtype="int16", always_2d=True)
    assert rate_hz == RATE_HZ
    mono: Mono = sound[:, 0]
    block = RATE_HZ // 100
    whole = mono[: len(mono) // block * block].astype(np.float64).reshape(-1, block)
    level_db = 10 * np.log10((whole**2).mean(axis=1) + 1.0)
    (loud,) = np.nonzero(level_db > level_db.max() - EDGE_DB)
    return mono[loud[0] * block : (loud[-1] + 1) * block]
