"""Proof that no wake is lost, and none invented, by letting the model rest: every wake with and without attention.

Both ways hear the same stream of clips with quiet between them, so that the model has time to fall asleep before each.
"""

import csv
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from oyez.config_hearing import SHIPPED_WORDS
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import Mono
from oyez.hearing.speech import SpeechJudge
from oyez.hearing.wake.attention import Attention
from oyez.hearing.wake.micro import MicroFeatures, MicroModel

CONDITIONS: dict[str, float | None] = {"clean": None, "snr_10_db": 10.0, "snr_5_db": 5.0}
POSITIVE = ("wake_positive", "wake_synthetic")
QUIET_S = 6.0
"""Between clips: longer than hold and lead together."""
NOISE_BEFORE_S, NOISE_AFTER_S = 1.0, 0.5
HISS_DBFS = -70.0
"""A quiet room through an ordinary microphone."""

CANDIDATE = 0.2
"""Model scores above it are what the second judge is asked about."""

Wake = tuple[str, str, int, float]
"""Word, "wake" or "candidate", number of the block, score."""


@dataclass
class Outcome:
    """Of one stream."""

    clips: int = 0
    blocks: int = 0
    scored: int = 0
    wakes: int = 0
    candidates: int = 0
    lost: list[Wake] = field(default_factory=list)
    invented: list[Wake] = field(default_factory=list)
    differing_scores: int = 0
    """Believed scores that are not, to the last bit, those of the model that heard all."""

    def figures(self) -> dict[str, Any]:
        return {
            "clips": self.clips,
            "minutes": round(self.blocks / 6000, 1),
            "scored_share": round(self.scored / self.blocks, 3) if self.blocks else None,
            "wakes": self.wakes,
            "candidates": self.candidates,
            "lost": self.lost,
            "invented": self.invented,
            "differing_scores": self.differing_scores,
        }


def prove(data: Path, every: int = 1) -> dict[str, Any]:
    """every: takes each n-th clip alone. Positive clips in all CONDITIONS, negative ones as they are."""
    positive, negative, noises = (clips(data, kinds) for kinds in (POSITIVE, ("negative",), ("noise",)))
    outcomes = {}
    for name, snr_db in CONDITIONS.items():
        if positive and (snr_db is None or noises):
            outcomes[name] = compare(stream(data, positive[::every], noises, snr_db)).figures()
    if negative:
        outcomes["negatives"] = compare(stream(data, negative[::every], noises, None)).figures()
    return outcomes


def clips(data: Path, kinds: tuple[str, ...]) -> list[str]:
    with (data / "manifest.csv").open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if (row["rate"], row["channels"]) == ("16000", "1")]
    return [row["path"] for row in rows if row["kind"].startswith(kinds) and (data / row["path"]).is_file()]


def stream(data: Path, names: list[str], noises: list[str], snr_db: float | None) -> Iterator[Mono]:
    """Each clip in its noise, after QUIET_S of hiss. Whole blocks; the noise is chosen by the clip's name alone."""
    import soundfile

    for name in names:
        draw = np.random.default_rng(zlib.crc32(name.encode()))
        sound = soundfile.read(data / name, dtype="int16")[0].astype(np.float64)
        if snr_db is not None:
            noise = soundfile.read(data / noises[draw.integers(len(noises))], dtype="int16")[0].astype(np.float64)
            around = (round(NOISE_BEFORE_S * RATE_HZ), round(NOISE_AFTER_S * RATE_HZ))
            ratio = rms(sound) / max(1.0, rms(noise)) * 10 ** (-snr_db / 20)
            sound = np.pad(sound, around) + np.resize(noise, len(sound) + sum(around)) * ratio
        sound = np.concatenate([np.zeros(round(QUIET_S * RATE_HZ)), sound])
        sound = sound[: len(sound) // BLOCK * BLOCK] + draw.normal(size=len(sound) // BLOCK * BLOCK) * hiss()
        yield np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def hiss() -> float:
    return float(32768 * 10 ** (HISS_DBFS / 20))


def rms(sound: Any) -> float:
    return float(np.sqrt((sound**2).mean()))


class Listener:
    """All shipped words: scores, and what of them counts as a wake."""

    def __init__(self) -> None:
        self._models = [MicroModel(None, word) for word in SHIPPED_WORDS]
        self._above = {(model.word, level): False for model in self._models for level in (CANDIDATE, model.cutoff)}

    def hear(self, features: Any, block: int, believed: bool = True) -> tuple[list[float], list[Wake]]:
        """Scores by word, and each rise above the cut-off of its maker, or above CANDIDATE."""
        scores = [model.feed(features) for model in self._models]
        heard = []
        for (word, level), was in self._above.items():
            score = scores[SHIPPED_WORDS.index(word)]
            self._above[word, level] = believed and score > level
            if believed and score > level and not was:
                heard.append((word, "candidate" if level == CANDIDATE else "wake", block, score))
        return scores, heard


def compare(
    sounds: Iterator[Mono], speechlike: Callable[[SpeechJudge], bool] = lambda judge: judge.suspected
) -> Outcome:
    outcome = Outcome()
    features, judge, attention = MicroFeatures(), SpeechJudge(1), Attention[Any]()
    whole, gated = Listener(), Listener()
    all_wakes: list[Wake] = []
    gated_wakes: list[Wake] = []
    expected: dict[int, list[float]] = {}
    for sound in sounds:
        outcome.clips += 1
        for at in range(0, len(sound), BLOCK):
            block = sound[at : at + BLOCK]
            outcome.blocks += 1
            end_s = outcome.blocks / 100
            made = features.feed(block)
            judge.voiced(block)
            if not made:
                continue
            expected[outcome.blocks], heard = whole.hear(made, outcome.blocks)
            all_wakes += heard
            expected.pop(outcome.blocks - 400, None)
            for due in attention.hear(made, end_s, speechlike(judge)):
                scores, heard = gated.hear(due.item, round(due.end_s * 100), due.believed)
                gated_wakes += heard
                outcome.scored += 1
                outcome.differing_scores += due.believed and scores != expected[round(due.end_s * 100)]
    outcome.wakes = sum(kind == "wake" for _, kind, _, _ in all_wakes)
    outcome.candidates = len(all_wakes) - outcome.wakes
    outcome.lost = sorted(set(all_wakes) - set(gated_wakes))
    outcome.invented = sorted(set(gated_wakes) - set(all_wakes))
    return outcome
