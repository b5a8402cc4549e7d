"""Speech over a reply: how soon the loudspeaker is silent, what is missed, what stops it that should not.

python -m tests.bench.barge_in --data DIR --json FILE [--trials N] [--minutes N] [--picture FILE]

The daemon's own ears, machine, voice and playback live in the simulated Room, faster than real time: docs/barge-in.md.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench._aloud_rooms import Cast, cast
from tests.bench._aloud_scenes import TELEVISION_DB, Household, Tally, disturbed, interruptions, own_speech
from tests.bench.report import write_report

A_SESSION = 4
"""Interruptions a household."""
OWN_S = 90.0
"""Of own speech a household."""
LONGEST_NOISE_S = 3.0
BODILY = ("cough", "sneeze", "laugh", "breath")
HOW = (
    "{trials} recorded sentences and phrases of people over recorded read speech that the device says, in {rooms} echo "
    "paths (rir/* beside a loudspeaker, and responses estimated from the real pairs where they explain 10 dB), at four "
    "echo levels, 0 and -6 dB speech to echo; stop_ms from the first 10 ms of the clip's speech (30 dB under its "
    "loudest, 6 dB over its own noise, half of the next 100 ms likewise) in the room to the loudspeaker's last sample; "
    "missed: no cut until 0.8 s after the clip, at 0 dB; false stops: pauses of the reply in {minutes:.0f} min of own "
    "speech with nobody there; truncation: what the service is told against what the room heard."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--trials", type=int, default=96, help="interruptions at each level")
    parser.add_argument("--minutes", type=float, default=36.0, help="of own speech")
    parser.add_argument("--picture", type=Path, help="histogram of stop times (PNG or SVG)")
    options = parser.parse_args()
    people = cast(options.data)
    missing = [name for name in ("replies", "talkers", "echoes") if not getattr(people, name)]
    if missing:
        raise SystemExit(f"{options.data}/manifest.csv has nothing to make {' and '.join(missing)} of.")
    tally = Tally()
    run(people, tally, options.trials, options.minutes)
    figures = summary(tally)
    if options.picture:
        picture(tally, options.picture)
    minutes = tally.own_s / 60
    how = HOW.format(trials=2 * options.trials, rooms=len(people.echoes), minutes=minutes)
    print(json.dumps(write_report(options.json, "barge_in", how, len(tally.trials), figures)))


def run(people: Cast, tally: Tally, trials: int, minutes: float) -> None:
    for kind, ser_db, offset in (("0 dB", 0.0, 0), ("-6 dB", -6.0, 1000)):
        for number in range(-(-trials // A_SESSION)):
            Household(people, offset + number, ser_db).run(interruptions(people, tally, kind, A_SESSION))
    for number in range(round(minutes * 60 / OWN_S)):
        Household(people, 2000 + number, 0.0).run(own_speech(tally, OWN_S))
    noises = [(label, clip[: round(LONGEST_NOISE_S * 16_000)]) for label, clip in people.noises]
    for number in range(0, len(noises), A_SESSION):
        Household(people, 3000 + number, 0.0).run(disturbed(tally, noises[number : number + A_SESSION], 0.0))
    shows = [("television", clip) for clip in people.television]
    for number in range(0, len(shows), A_SESSION):
        some = shows[number : number + A_SESSION]
        Household(people, 4000 + number, 0.0).run(disturbed(tally, some, TELEVISION_DB, before_s=10.0))


def summary(tally: Tally) -> dict[str, Any]:
    hours = tally.own_s / 3600
    at_0 = [trial for trial in tally.trials if trial.kind == "0 dB"]
    at_6 = [trial for trial in tally.trials if trial.kind == "-6 dB"]
    errors = [trial.truncate_error_ms for trial in tally.trials if trial.truncate_error_ms is not None]
    return {
        "stop_ms": percentiles([t.stop_ms for t in at_0 if t.stop_ms is not None]),
        "missed": missed(at_0),
        "false_stops_per_hour": round(tally.own_pauses / hours, 2) if hours else None,
        "truncate_error_ms": round(max(errors), 1) if errors else None,
        "truncate_error_p50_ms": round(float(np.median(errors)), 1) if errors else None,
        "at_-6_db": {
            "stop_ms": percentiles([t.stop_ms for t in at_6 if t.stop_ms is not None]),
            "missed": missed(at_6),
        },
        "own_speech": {
            "hours": round(hours, 3),
            "pauses": tally.own_pauses,
            "cuts": tally.own_cuts,
            "pauses_by_room": tally.own_of,
        },
        "early_pauses": sum(trial.early for trial in tally.trials),
        "disturbances": {
            name: dict(zip(("n", "paused", "cut"), count, strict=True))
            for name, count in [*grouped(tally.disturbances), *sorted(tally.disturbances.items())]
        },
    }


def grouped(counts: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    """Sounds that people make without speaking, taken together."""
    bodily = [count for name, count in counts.items() if any(word in name for word in BODILY)]
    return [("all_bodily", [sum(column) for column in zip(*bodily, strict=True)])] if bodily else []


def percentiles(values: Sequence[float]) -> dict[str, float | int | None]:
    if not values:
        return {"p50": None, "p95": None, "n": 0}
    return {"p50": round(float(np.median(values))), "p95": round(float(np.percentile(values, 95))), "n": len(values)}


def missed(trials: Sequence[Any]) -> float | None:
    return round(sum(trial.stop_ms is None for trial in trials) / len(trials), 4) if trials else None


def picture(tally: Tally, path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3.2), layout="constrained")
    bins = range(0, 1001, 25)
    for kind, colour in (("0 dB", "#1f77b4"), ("-6 dB", "#d08020")):
        stops = [t.stop_ms for t in tally.trials if t.kind == kind and t.stop_ms is not None]
        lost = sum(t.kind == kind and t.stop_ms is None for t in tally.trials)
        label = f"speech to echo {kind}: {len(stops)} stopped, {lost} missed"
        axes.hist(np.clip(stops, 0, 999), list(bins), histtype="step", color=colour, label=label)
    for wanted_ms, name in ((200, "p50 wanted"), (350, "p95 wanted")):
        axes.axvline(wanted_ms, color="grey", linestyle=":", linewidth=1)
        axes.text(wanted_ms + 4, axes.get_ylim()[1] * 0.95, name, fontsize=7, va="top")
    axes.set(xlabel="ms from onset in the room to silence in the room (1000: or more)", ylabel="interruptions")
    axes.legend(fontsize=8, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
