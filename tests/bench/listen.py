"""The cost of idle listening: CPU, memory and start, in all and by stage, side by side with the peers that install.

python -m tests.bench.listen --data DIR --json FILE [--minutes N] [--peer-minutes N] [--every N] [--picture FILE.svg]

The sound runs through the daemon's own Ears in a process of its own, as fast as the machine can, 20 ms at a time, with
silent playback beside it as a running card has. The peers hear the beginning of the same sound, in the same run. Then
it is shown that letting the wake word's model rest changes no wake.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import _gating, _idle_mix, _wyoming
from tests.bench.report import write_report

ROUNDS = 3
HOW = (
    "{minutes:.1f} min of idle sound, 16 kHz ({mix}), through oyez.hearing.ears in a fresh process, {rounds} rounds, "
    "medians; four channels are that sound, each a sample later than the one before it; CPU is the process's, all "
    "threads, on one core's scale; RSS after the run; import_s is Python's start to working ears, start of the "
    "interpreter left out; each stage alone on the same sound. Peers: {peers} "
    "gating: clips with quiet between them, scored wholly and with attention; lost and invented wakes are listed."
)
PEERS = (
    "wyoming-satellite 1.0.0 and wyoming-openwakeword 1.8.2, one word, fed the first {minutes:.1f} min at {speed} "
    "times real time through its microphone command, whose own CPU is not counted, nor is our capture."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--minutes", type=float, default=10.0, help="so much sound at least")
    parser.add_argument("--peer-minutes", type=float, default=4.0, help="so much of it for the peers; 0: no peers")
    parser.add_argument("--every", type=int, default=5, help="each n-th clip for the proof of gating; 0: no proof")
    parser.add_argument("--picture", type=Path, help="draw the stages here, too (.svg or .png)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        minutes, clips = _idle_mix.gather(options.data, options.minutes, folder / "idle.raw")
        spread(folder / "idle.raw", folder / "idle-4.raw", 4)
        ours = {1: measured(folder / "idle.raw", 1), 4: measured(folder / "idle-4.raw", 4)}
        peers, note = beside(folder, options.peer_minutes)
    how = HOW.format(minutes=minutes, mix=_idle_mix.SAYS, rounds=ROUNDS, peers=note)
    figures = {
        "oyez": ours[1],
        "oyez_4_channels": ours[4],
        "peers": peers,
        "ratio": ratios(ours, peers),
        "minutes": round(minutes, 2),
        "clips": clips,
        "gating": _gating.prove(options.data, options.every) if options.every else {},
    }
    report = write_report(options.json, "listen", how, ROUNDS, figures)
    if options.picture:
        draw(report, options.picture)
    print(json.dumps(report))


def spread(mono: Path, many: Path, channels: int) -> None:
    """As a card would deliver it: interleaved, each channel a sample later than the one before it."""
    sound = np.fromfile(mono, np.int16)
    late = [np.concatenate([np.zeros(by, np.int16), sound[: len(sound) - by]]) for by in range(channels)]
    np.stack(late, axis=1).tofile(many)


def measured(sound: Path, channels: int) -> dict[str, Any]:
    """Medians over ROUNDS processes."""
    return median([child(sound, channels) for _ in range(ROUNDS)])


def child(sound: Path, channels: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench._listen_child", str(sound), str(channels)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def median(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each figure on its own; `stages` likewise."""
    flat = {key: round(statistics.median(r[key] for r in rounds), 3) for key in rounds[0] if key != "stages"}
    names = rounds[0].get("stages", {})
    return flat | {"stages": {name: round(statistics.median(r["stages"][name] for r in rounds), 2) for name in names}}


def beside(folder: Path, minutes: float) -> tuple[dict[str, Any], str]:
    """Figures of the peers, and what is to be said of them."""
    why = _wyoming.why_absent() if minutes else "they were not asked for"
    if why:
        return {}, f"not measured: {why}."
    part = folder / "part.raw"
    with (folder / "idle.raw").open("rb") as sound:
        part.write_bytes(sound.read(round(minutes * 60 * 16_000) * 2))
    heard = part.stat().st_size / 2 / 16_000 / 60
    try:
        figures = _wyoming.measure(part, folder)
    except RuntimeError as error:
        return {}, f"not measured: {error}."
    rounded = {name: {key: round(value, 2) for key, value in one.items()} for name, one in figures.items()}
    return rounded, PEERS.format(minutes=heard, speed=_wyoming.SPEED)


def ratios(ours: dict[int, dict[str, Any]], peers: dict[str, Any]) -> dict[str, float]:
    """Our CPU over theirs, both of their processes together."""
    if not peers:
        return {}
    theirs = peers["both"]["cpu_s_per_hour"]
    return {
        f"{channels}_channel{'s' * (channels > 1)}": round(one["cpu_s_per_hour"] / theirs, 3)
        for channels, one in ours.items()
    }


def draw(report: dict[str, Any], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    bars = {f"stage: {name}": cost for name, cost in report["oyez"]["stages"].items() if "while" not in name}
    bars["oyez, one channel"] = report["oyez"]["cpu_s_per_hour"]
    bars["oyez, four channels"] = report["oyez_4_channels"]["cpu_s_per_hour"]
    bars |= {name: one["cpu_s_per_hour"] for name, one in report["peers"].items() if name != "both"}
    figure, axes = pyplot.subplots(figsize=(8, 5))
    axes.barh([name.replace("_", " ") for name in bars], list(bars.values()))
    axes.invert_yaxis()
    axes.set_xlabel("CPU seconds an hour of idle listening")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
