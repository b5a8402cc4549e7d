"""Speech or not: frame errors, and delays of beginning and end, against labelled recordings; and what noise is called.

python -m tests.bench.vad --data DIR --json FILE [--picture FILE.svg]

Labelled are the clips of kind `vad` that have an .rttm file beside them; nothing in `noise` and `music` is speech. Each
clip is heard by a fresh judge, in blocks of 10 ms, as the daemon hears. The cheap VAD and the better one, each alone,
are measured on the same sound in the same run.
"""

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench._judged import BLOCK, JUDGES, Flags, Tally, flags, share
from tests.bench._vad_mixes import mixes
from tests.bench.report import write_report

NOISES = ("noise", "music")
HOW = (
    "{clips} labelled clips ({seconds:.0f} s), a fresh judge each, flags of 10 ms against the RTTM segments (pauses "
    "inside a segment count as speech); miss_rate: labelled speech not flagged; false_alarm_rate: the rest flagged, "
    "far_from_speech without the 250 ms before and after speech; onset_ms, offset_ms: medians of the daemon's gate "
    "on these flags, at beginnings and ends with a second of silence beside them (a beginning that is not told counts "
    "as 2000 ms); noise: share of flags on clips without speech; "
    "mixes: recorded speech in synthetic noise, truth from the level of the clean sound. {missing}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--picture", type=Path, help="draw the noises here, too (.svg or .png)")
    options = parser.parse_args()
    labelled, noises = clips(options.data)
    missing = [
        f"No clip of {what} here: {lacks}."
        for found, what, lacks in (
            (labelled, "kind vad with an .rttm beside it", "miss_rate, false_alarm_rate and delays are null"),
            (noises, f"the kinds {' and '.join(NOISES)}", "noise is empty"),
        )
        if not found
    ]
    judged = {name: speech(judge, labelled) for name, judge in JUDGES.items()}
    seconds = sum(len(said) for said in (truth for _, truth in map(read_labelled, labelled))) / 100
    how = HOW.format(clips=len(labelled), seconds=seconds, missing=" ".join(missing))
    figures = {**judged["oyez"], "judges": judged, "noise": noise(noises), "mixes": mixes(options.data)}
    report = write_report(options.json, "vad", how, len(labelled), figures)
    if options.picture:
        draw(report, options.picture)
    print(json.dumps(report))


def clips(data: Path) -> tuple[list[Path], dict[str, list[Path]]]:
    """The labelled ones, and those without speech by their label."""
    labelled, noises = [], defaultdict(list)
    with (data / "manifest.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            path = data / row["path"]
            if (row["rate"], row["channels"]) != ("16000", "1") or not path.is_file():
                continue
            if row["kind"] == "vad" and path.with_suffix(".rttm").is_file():
                labelled.append(path)
            elif row["kind"] in NOISES:
                noises[row["label"]].append(path)
    return labelled, dict(noises)


def speech(judge: Any, labelled: list[Path]) -> dict[str, Any]:
    tally = Tally()
    for path in labelled:
        sound, truth = read_labelled(path)
        tally.add(flags(judge, sound), truth)
    return tally.figures()


def noise(noises: dict[str, list[Path]]) -> dict[str, dict[str, float | None]]:
    """Share of 10 ms blocks that each judge calls speech, by label and in all."""
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for label, paths in noises.items():
        sounds = [read(path) for path in paths]
        counts[label] = {name: counted([flags(judge, sound) for sound in sounds]) for name, judge in JUDGES.items()}
    if not counts:
        return {}
    names = list(JUDGES)
    total = {name: tuple(np.sum([of[name] for of in counts.values()], axis=0)) for name in names}
    return {label: {name: share(*of[name]) for name in names} for label, of in (counts | {"all": total}).items()}


def counted(all_said: list[Flags]) -> tuple[int, int]:
    return sum(int(said.sum()) for said in all_said), sum(len(said) for said in all_said)


def read(path: Path) -> Any:
    import soundfile

    return soundfile.read(path, dtype="int16")[0]


def read_labelled(path: Path) -> tuple[Any, Flags]:
    """Sound, and one flag a block of 10 ms: somebody speaks."""
    sound = read(path)
    truth = np.zeros(len(sound) // BLOCK, bool)
    for line in path.with_suffix(".rttm").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            begin_s, span_s = float(fields[3]), float(fields[4])
            truth[round(begin_s * 100) : round((begin_s + span_s) * 100)] = True
    return sound, truth


def draw(report: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = {"oyez": "both judges", "webrtcvad_mode_2": "webrtcvad alone", "earshot_alone": "earshot alone"}
    labels = sorted((name for name in report["noise"] if name != "all"), key=lambda name: report["noise"][name]["oyez"])
    figure, axes = pyplot.subplots(figsize=(8, 5))
    for at, (judge, title) in enumerate(shown.items()):
        shares = [100 * report["noise"][label][judge] for label in labels]
        axes.barh(np.arange(len(labels)) + (1 - at) * 0.27, shares, height=0.25, label=title)
    axes.set_yticks(range(len(labels)), [label.replace("_", " ") for label in labels])
    axes.set_xlabel("called speech, % of the time")
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
