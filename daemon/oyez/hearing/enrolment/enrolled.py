"""A phrase of one's own: what is kept of it, and the wake engine that hears it. No sound of it is kept."""

import zlib
from collections import deque
from dataclasses import dataclass
from math import exp
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from oyez.hearing.enrolment.learn import Learned
from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.embedding import FIRST_SAMPLES, ROW_SAMPLES, WIDTH, Embedder, Floats

FOLDER = "phrases"
"""Within the state folder; one file a phrase, NAME.npz."""
THRESHOLD = 0.5
THRESHOLDS = {"low": 0.8, "medium": THRESHOLD, "high": 0.2}
"""By sensitivity."""
OWN_SCORE = 0.98
"""The phrase as it was recorded scores so, other speech at the threshold 0.5."""


@dataclass(frozen=True)
class Phrase:
    name: str
    learned: Learned
    recordings: int

    def sentence(self) -> str:
        """For a person: what to expect of it."""
        rate = self.learned.fa_per_hour
        expected = "less than 0.01" if rate < 0.01 else f"{rate:.2f}"
        return (
            f"{self.name} was learned from {self.recordings} recordings. Estimated false accepts: {expected} an hour "
            "of the speech that ships for comparison; people who sound alike are heard more often. Experimental."
        )


def save(phrase: Phrase, state: Path) -> Path:
    """Writes it where find() looks; a phrase of the same name is replaced. Raises OSError."""
    path = state / FOLDER / f"{phrase.name}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    learned = phrase.learned
    figures = np.array([learned.bias, learned.threshold, learned.own, learned.fa_per_hour, phrase.recordings])
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, weights=learned.weights, figures=figures)
    part.replace(path)
    return path


def load(path: Path) -> Phrase:
    """Raises ValueError with a sentence for a file that is none of ours, OSError for one that cannot be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            weights, figures = arrays["weights"].astype(np.float32), arrays["figures"].astype(float)
    except (KeyError, ValueError, EOFError, AttributeError, TypeError, BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} is no enrolled phrase: enrol {path.stem} anew.") from error
    if weights.ndim != 2 or weights.shape[1] != WIDTH or figures.shape != (5,) or not np.isfinite(weights).all():
        raise ValueError(f"{path} is no enrolled phrase: enrol {path.stem} anew.")
    bias, threshold, own, rate, recordings = (float(figure) for figure in figures)
    return Phrase(path.stem, Learned(weights, bias, threshold, own, rate), int(recordings))


def find(state: Path) -> list[Path]:
    """Files of all enrolled phrases, by name."""
    return sorted((state / FOLDER).glob("*.npz"))


class EnrolledEngine:
    """A WakeEngine (wake.py). 0.009 s of CPU a second of sound; nothing while the ears feed nothing."""

    def __init__(self, phrase: Phrase, threshold: float = THRESHOLD) -> None:
        self.word = phrase.name
        self.threshold = threshold
        learned = phrase.learned
        self._weights, self._bias, self._border = learned.weights, learned.bias, learned.threshold
        self._sharpness = np.log(OWN_SCORE / (1 - OWN_SCORE)) / max(learned.own - learned.threshold, 1e-3)
        quiet = Embedder()
        rows = quiet.feed(np.zeros(FIRST_SAMPLES + ROW_SAMPLES * (len(self._weights) - 1), np.int16))
        self._rest: tuple[Embedder, Floats] = (quiet, rows)
        self.reset()

    def score(self, block: Mono) -> float:
        """Probability, 0 to 1, that the phrase ended by now; a new one each 80 ms."""
        for row in self._embedder.feed(block):
            self._rows.append(row)
            raw = float(np.vdot(np.stack(self._rows), self._weights)) + self._bias
            self._score = 1 / (1 + exp(-max(-50.0, min(50.0, self._sharpness * (raw - self._border)))))
        return self._score

    def reset(self) -> None:
        """As after a second of silence, so that a phrase is heard whose beginning is the first that is fed."""
        quiet, rows = self._rest
        self._embedder = quiet.copy()
        self._rows: deque[Floats] = deque(rows, maxlen=len(self._weights))
        self._score = 0.0
