"""Wake words: false rejects in quiet, noise and echoing rooms, and false accepts an hour, beside the bare model.

python -m tests.bench.wake --data DIR --json FILE [--words W ...] [--every N] [--picture FOLDER]

Every clip passes the daemon's own engines as a stream of 10 ms blocks; their scores are kept and judged afterwards by
the daemon's own judge, at every sensitivity and at every threshold of the sweep. Nothing here hands a label to a judge.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oyez.config_hearing import SHIPPED_WORDS, Hearing, Sensitivity
from oyez.hearing.wake.head import shipped
from oyez.hearing.wake.judge import EpisodeJudge, Refractory
from oyez.hearing.wake.micro import MicroModel
from oyez.hearing.wake.sensitivity import NEAR_SHARE, threshold_of, while_playing
from oyez.hearing.wake.sound import WakeSound
from oyez.hearing.wake.verified import VerifiedWord
from tests.bench._wake_trials import DRAWS, Folder, Trial
from tests.bench.report import write_report

Track = npt.NDArray[np.float32]
SENSITIVITIES: tuple[Sensitivity, ...] = ("low", "medium", "high")
SWEEP = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99)
CERTAINTY = 0.95
HOW = (
    "Each clip once clean and {draws} times in each other condition, with 2 s of the same background before it and 1 s "
    "after. Noise: a recording of kind `noise` drawn by the checksum of the clip's path, from a random place, looped; "
    "SNR is the clip's speech (within 30 dB of its loudest 10 ms) against the noise under the clip; speech_*: the same "
    "with a person reading (kind negative_speech) instead; reverberant: convolved with a response of kind `rir`. False "
    "accepts: all kinds negative_*, each clip clean, engines reset between clips, hours are those of the clips alone. "
    "Figures are at medium sensitivity unless they say otherwise; `bare` is the microWakeWord model alone at its "
    "maker's cut-off on the same sound.{lacks}"
)


@dataclass
class Tried:
    """Scores of one word on one trial, a value each 10 ms."""

    trial: Trial
    score: Track
    bare: Track


@dataclass
class Word:
    name: str
    cutoff: float
    """Of the bare model."""
    tried: list[Tried] = field(default_factory=list)


class Scorer:
    """The engines of some words, as the daemon's bank runs them."""

    def __init__(self, words: Iterable[str]) -> None:
        self._sound = WakeSound()
        self._models = {word: MicroModel(None, word) for word in words}
        self._engines = {word: VerifiedWord(model, shipped(word)) for word, model in self._models.items()}

    def cutoff(self, word: str) -> float:
        return self._models[word].cutoff

    def scores(self, trial: Trial, words: Iterable[str]) -> dict[str, Tried]:
        chosen, count = list(words), len(trial.sound) // 160
        self._sound.reset()
        tried = {word: Tried(trial, np.zeros(count, np.float32), np.zeros(count, np.float32)) for word in chosen}
        for word in chosen:
            self._engines[word].reset()
        for place in range(count):
            self._sound.put(trial.sound[place * 160 : place * 160 + 160])
            for word in chosen:
                tried[word].score[place] = self._engines[word].hear(self._sound)
                tried[word].bare[place] = self._models[word].score
        return tried


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--words", nargs="+", default=list(SHIPPED_WORDS), choices=SHIPPED_WORDS)
    parser.add_argument("--every", type=int, default=1, help="take only each N-th clip, to try something out")
    parser.add_argument("--picture", type=Path, help="folder for wake-WORD.svg")
    options = parser.parse_args()
    folder = Folder(options.data)
    words = tried_on(folder, options.words, options.every)
    figures = figures_of(words)
    lacks = f" This folder has no recordings of kind {', '.join(folder.lacks)}." if folder.lacks else ""
    if options.picture is not None:
        from tests.bench._wake_picture import draw

        draw(figures, options.picture)
    clips = len({one.trial.path for word in words for one in word.tried if one.trial.origin})
    print(json.dumps(write_report(options.json, "wake", HOW.format(draws=DRAWS, lacks=lacks), clips, figures)))


def tried_on(folder: Folder, names: list[str], every: int) -> list[Word]:
    scorer = Scorer(names)
    words = {name: Word(name, scorer.cutoff(name)) for name in names}
    for trial in folder.positives(names, every):
        words[trial.word].tried.append(scorer.scores(trial, [trial.word])[trial.word])
    for trial in folder.negatives(every):
        others = [name for name in names if not trial.word or not says(trial.word, name)]
        for name, tried in scorer.scores(trial, others).items():
            words[name].tried.append(tried)
    return list(words.values())


def says(label: str, word: str) -> bool:
    """A recording of `label` holds the word, or the part of it that a person would take for it."""
    return label == word or label in word.split("_")


def figures_of(words: list[Word]) -> dict[str, Any]:
    hours = max((sum(one.trial.seconds for one in negatives(word)) / 3600 for word in words), default=0.0)
    return {
        "negative_hours": round(hours, 4),
        "least_provable_fa_per_hour": round(upper_bound(0) / hours, 2) if hours else None,
        "words": {word.name: word_figures(word, hours) for word in words},
        "sweep": {word.name: sweep(word, hours) for word in words},
    }


def negatives(word: Word) -> list[Tried]:
    return [one for one in word.tried if not one.trial.origin and one.trial.condition.startswith("negative_")]


def word_figures(word: Word, hours: float) -> dict[str, Any]:
    hearing = Hearing()
    levels = {level: threshold_of(hearing, word.name, level, None) for level in SENSITIVITIES}
    medium = levels["medium"]
    found: dict[str, Any] = {
        **rejects(word, "human", medium),
        "synthetic": rejects(word, "synthetic", medium),
        **accepts(word, medium, hours),
        "bare": {**rejects(word, "human", word.cutoff, bare=True), **accepts(word, word.cutoff, hours, bare=True)},
        "sensitivities": {
            level: {"threshold": threshold, **rejects(word, "human", threshold), **accepts(word, threshold, hours)}
            for level, threshold in levels.items()
        },
        "while_playing": {
            "threshold": round(while_playing(medium), 4),
            **rejects(word, "human", while_playing(medium)),
            **accepts(word, while_playing(medium), hours),
        },
    }
    return found


def rejects(word: Word, origin: str, threshold: float, *, bare: bool = False) -> dict[str, dict[str, float]]:
    """By condition: the share that was not heard, of how many."""
    heard: dict[str, list[bool]] = defaultdict(list)
    for one in word.tried:
        if one.trial.origin == origin:
            heard[one.trial.condition].append(events(one.bare if bare else one.score, threshold) > 0)
    return {name: {"frr": round(1 - float(np.mean(got)), 4), "n": len(got)} for name, got in heard.items()}


def accepts(word: Word, threshold: float, hours: float, *, bare: bool = False) -> dict[str, Any]:
    """An hour of all negatives, with what so few hours can show; and counts by kind, other sounds too."""
    counted: Counter[str] = Counter()
    for one in word.tried:
        if not one.trial.origin:
            counted[one.trial.condition] += events(one.bare if bare else one.score, threshold)
    total = sum(count for kind, count in counted.items() if kind.startswith("negative_"))
    if not hours:
        return {"fa_per_hour": None, "false_accepts_by_kind": dict(counted)}
    return {
        "fa_per_hour": round(total / hours, 3),
        "fa_per_hour_at_most": round(upper_bound(total) / hours, 2),
        "false_accepts": total,
        "false_accepts_by_kind": {kind: count for kind, count in counted.items() if count},
    }


def sweep(word: Word, hours: float) -> list[dict[str, float | None]]:
    rows: list[dict[str, float | None]] = []
    for threshold in SWEEP:
        frr = {f"frr_{name}": entry["frr"] for name, entry in rejects(word, "human", threshold).items()}
        total = sum(events(one.score, threshold) for one in negatives(word))
        rows.append({"threshold": threshold, "fa_per_hour": round(total / hours, 3) if hours else None, **frr})
    return rows


def events(track: Track, threshold: float) -> int:
    """How often the daemon's judge calls it heard."""
    if not len(track) or float(track.max()) < threshold:
        return 0
    judge, refractory, heard = EpisodeJudge(threshold * NEAR_SHARE), Refractory(Hearing().wake_refractory_s), 0
    for place, score in enumerate(track):
        at_s = place / 100
        if judge.judge(float(score), at_s, threshold, believed=refractory.believes(at_s)) == "heard":
            refractory.heard(at_s)
            heard += 1
    return heard


def upper_bound(count: int) -> float:
    """Events that a Poisson process may expect and still show so few in one case of twenty: 3.0 for none."""
    low, high = float(count), 3.0 * count + 10.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        terms = np.cumprod([1.0, *(middle / k for k in range(1, count + 1))])
        low, high = (middle, high) if float(np.exp(-middle) * terms.sum()) > 1 - CERTAINTY else (low, middle)
    return high


if __name__ == "__main__":
    main()
