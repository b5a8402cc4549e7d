"""A wake phrase of one's own: three clips of one speaker, tried on that speaker's others and on everything else.

python -m tests.bench.enrol --data DIR --json FILE [--draws 3] [--picture FILE.svg]

Each speaker with MIN_CLIPS clips of a word that can serve enrols it `draws` times with three clips drawn at random. The
threshold is the one that enrolment chooses by itself from what ships; no clip of DIR but the three has part in it.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from oyez.hearing.enrolment.learn import STRICTNESS, Learned, Refused, learn, stacked
from oyez.hearing.enrolment.negatives import shipped
from oyez.hearing.enrolment.recording import refusal
from oyez.hearing.wake.embedding import FIRST_SAMPLES, ROW_S, ROW_SAMPLES, Floats, embed
from tests.bench import _mixing
from tests.bench.report import write_report

MIN_CLIPS = 5
REFRACTORY_S = 1.5
CONDITIONS = ("clean", "10db", "reverberant")
PLACES = [round(0.05 * step, 2) for step in range(2, 20)]
"""Thresholds of the sweep: 0 is what other speech reaches once an hour, 1 the phrase's own score."""
HOW = (
    "{draws} draws of three clips a speaker with at least {clips} usable clips of the word; frr: share of the "
    "speaker's other clips that were not heard, median over speakers and draws (mean beside it); fa_per_hour: of all "
    "clips of the kinds negative_*, {hours:.2f} h, likewise (0 in so little says only: below {bound:.1f} an hour, "
    "95 %); clips that are labelled with the word itself (okay_computer) are left out for that word. other_voices: "
    "share of the other speakers' clips of the word that were heard, which is no aim. noise: false accepts an hour of "
    "noise and music. {missing}"
)


@dataclass
class Clips:
    """One speaker's clips of one word, and their rows in each condition."""

    sounds: list[_mixing.Sound] = field(default_factory=list)
    rows: list[dict[str, Floats]] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--words", nargs="*", help="only these; else all that have a speaker with enough clips")
    parser.add_argument("--picture", type=Path, help="draw the sweep here, too (.svg or .png)")
    options = parser.parse_args()
    with (options.data / "manifest.csv").open(encoding="utf-8") as table:
        manifest = list(csv.DictReader(table))
    speakers = positives(options.data, manifest, options.words)
    negatives = others(options.data, [row for row in manifest if row["kind"].startswith("negative")])
    noises = others(options.data, [row for row in manifest if row["kind"] in ("noise", "music")])
    words = {word: tried(word, speakers, negatives, noises, options.draws) for word in sorted({w for w, _ in speakers})}
    found = {word: figures for word, figures in words.items() if figures}
    hours = hours_of(rows for _, rows in negatives)
    missing = "" if found else f"No speaker here has {MIN_CLIPS} usable clips of one word: words is empty."
    how = HOW.format(draws=options.draws, clips=MIN_CLIPS, hours=hours, bound=3 / max(hours, 1e-9), missing=missing)
    count = sum(int(figures["n"]) for figures in found.values())
    report = write_report(options.json, "enrol", how, count, {"words": found, "negative_hours": round(hours, 3)})
    if options.picture and found:
        draw(report, options.picture)
    print(json.dumps(report))


def positives(data: Path, manifest: list[dict[str, str]], words: list[str] | None) -> dict[tuple[str, str], Clips]:
    """By word and speaker; people only."""
    rooms = [_mixing.read(data / row["path"]) for row in manifest if row["kind"] == "rir"]
    noises = [_mixing.read(data / row["path"]) for row in manifest if row["kind"] == "noise"]
    noises = [noise for noise in noises if len(noise) > _mixing.RATE_HZ and noise.any()]
    found: dict[tuple[str, str], Clips] = defaultdict(Clips)
    for row in manifest:
        if row["kind"] != "wake_positive" or (words and row["label"] not in words):
            continue
        sound, dice = _mixing.read(data / row["path"]), _mixing.draws(row["path"], 0)
        placed = {"clean": _mixing.clean(sound, dice)}
        if noises:
            placed["10db"] = _mixing.noisy(sound, 10.0, noises, dice)
        if rooms:
            placed["reverberant"] = _mixing.reverberant(sound, rooms[int(dice.integers(len(rooms)))], dice)
        clips = found[row["label"], row["speaker"]]
        clips.sounds.append(sound)
        clips.rows.append({name: embed(one) for name, one in placed.items()})
    return found


def others(data: Path, rows: list[dict[str, str]]) -> list[tuple[str, Floats]]:
    """(label, rows) of clips that nobody calls the device in."""
    clips = ((row, _mixing.read(data / row["path"])) for row in rows)
    return [(row["label"], embed(_mixing.clean(sound, _mixing.draws(row["path"], 0)))) for row, sound in clips]


def hours_of(streams: Iterable[Floats]) -> float:
    """Of the clips alone, without the faint noise around each."""
    around = (_mixing.LEAD_S + _mixing.TAIL_S) / ROW_S
    return sum(max(0.0, len(rows) - around + FIRST_SAMPLES / ROW_SAMPLES) for rows in streams) * ROW_S / 3600


def tried(
    word: str,
    speakers: dict[tuple[str, str], Clips],
    negatives: list[tuple[str, Floats]],
    noises: list[tuple[str, Floats]],
    draws: int,
) -> dict[str, Any]:
    """Figures of all enrolments of the word; empty: nobody has enough clips."""
    against = [rows for label, rows in negatives if word not in label]
    room = [rows for _, rows in noises]
    tallies, refused = [], []
    for (one, speaker), clips in speakers.items():
        usable = [place for place, sound in enumerate(clips.sounds) if not refusal(sound)]
        if one != word or len(usable) < MIN_CLIPS:
            continue
        strangers = [each for (w, who), them in speakers.items() if w == word and who != speaker for each in them.rows]
        for number in range(draws):
            chosen = _mixing.draws(f"{word}/{speaker}", number).choice(usable, 3, replace=False)
            try:
                learned = learn([clips.sounds[place] for place in chosen], shipped())
            except Refused as why:
                refused.append(str(why))
                continue
            rest = [rows for place, rows in enumerate(clips.rows) if place not in chosen]
            tallies.append({"speaker": speaker, "n": len(rest), **tally(learned, rest, against, room, strangers)})
    return summary(tallies, refused) if tallies or refused else {}


def tally(
    learned: Learned, rest: list[dict[str, Floats]], against: list[Floats], room: list[Floats], strangers: Any
) -> dict[str, Any]:
    """One enrolment."""
    level = (learned.threshold - STRICTNESS * learned.own) / (1 - STRICTNESS)
    spoken = {name: [best(learned, rows[name]) for rows in rest] for name in CONDITIONS if name in rest[0]}
    quiet = [scores(learned, rows) for rows in against]
    hours, room_hours = hours_of(against), hours_of(room)
    sweep = []
    for place in PLACES:
        threshold = level + place * (learned.own - level)
        missed = {name: float(np.mean(np.array(values) <= threshold)) for name, values in spoken.items()}
        sweep.append({"place": place, **missed, "fa_per_hour": accepts(quiet, threshold) / hours if hours else None})
    return {
        "frr": {name: float(np.mean(np.array(values) <= learned.threshold)) for name, values in spoken.items()},
        "fa": accepts(quiet, learned.threshold),
        "fa_per_hour": accepts(quiet, learned.threshold) / hours if hours else None,
        "noise": accepts([scores(learned, rows) for rows in room], learned.threshold) / room_hours if room else None,
        "other_voices": float(np.mean([best(learned, rows["clean"]) > learned.threshold for rows in strangers])),
        "estimated_fa_per_hour": learned.fa_per_hour,
        "sweep": sweep,
    }


def summary(tallies: list[dict[str, Any]], refused: list[str]) -> dict[str, Any]:
    if not tallies:
        return {"n": 0, "enrolments": 0, "refused": refused, "frr": None, "fa_per_hour": None}
    names = [name for name in CONDITIONS if name in tallies[0]["frr"]]
    return {
        "n": sum(each["n"] for each in tallies),
        "enrolments": len(tallies),
        "speakers": len({each["speaker"] for each in tallies}),
        "refused": refused,
        "frr": middle(each["frr"]["clean"] for each in tallies),
        "fa_per_hour": middle(each["fa_per_hour"] for each in tallies),
        "frr_by_condition": {name: middle(each["frr"][name] for each in tallies) for name in names},
        "mean_frr_by_condition": {name: mean(each["frr"][name] for each in tallies) for name in names},
        "mean_fa_per_hour": mean(each["fa_per_hour"] for each in tallies),
        "enrolments_without_false_accept": sum(not each["fa"] for each in tallies),
        "noise_fa_per_hour": mean(each["noise"] for each in tallies),
        "other_voices": mean(each["other_voices"] for each in tallies),
        "sweep": [
            {key: mean(each["sweep"][at][key] for each in tallies) for key in ("place", *names, "fa_per_hour")}
            for at in range(len(PLACES))
        ],
    }


def scores(learned: Learned, rows: Floats) -> np.ndarray:
    """One a row, as EnrolledEngine computes them."""
    result: np.ndarray = stacked(rows, len(learned.weights)) @ learned.weights.ravel() + learned.bias
    return result


def best(learned: Learned, rows: Floats) -> float:
    return float(scores(learned, rows).max(initial=-np.inf))


def accepts(streams: Iterable[np.ndarray], threshold: float) -> int:
    """Risings above the threshold, none within the refractory time of the one before."""
    count = 0
    for stream in streams:
        deaf_until = -1.0
        for at in np.flatnonzero(stream > threshold) * ROW_S:
            count += at >= deaf_until
            deaf_until = at + REFRACTORY_S if at >= deaf_until else deaf_until
    return count


def middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(np.median(known)), 4) if known else None


def mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 4) if known else None


def draw(report: dict[str, Any], path: Path) -> None:
    """False rejects against false accepts an hour, one panel a word, the shipped threshold marked."""
    from matplotlib import pyplot

    words = report["words"]
    figure, axes = pyplot.subplots(1, len(words), figsize=(4.2 * len(words), 3.6), squeeze=False, sharey=True)
    for panel, (word, figures) in zip(axes[0], words.items(), strict=True):
        sweep = figures.get("sweep") or []
        for name in figures.get("frr_by_condition", {}):
            panel.plot([e["fa_per_hour"] for e in sweep], [100 * e[name] for e in sweep], marker=".", label=name)
            now = min(sweep, key=lambda each: abs(each["place"] - STRICTNESS))
            panel.plot(now["fa_per_hour"], 100 * now[name], "ko", fillstyle="none")
        panel.set(title=word, xlabel="false accepts an hour", xscale="symlog", ylim=(-2, 60))
        panel.set_xscale("symlog", linthresh=1.0)
        panel.grid(alpha=0.3)
    axes[0][0].set_ylabel("false rejects, %")
    axes[0][0].legend()
    figure.tight_layout()
    figure.savefig(path)


if __name__ == "__main__":
    main()
