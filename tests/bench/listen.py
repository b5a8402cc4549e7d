"""The cost of idle listening: CPU, memory and start, in all and by stage, on recorded speech of other people.

python -m tests.bench.listen --data DIR --json FILE [--minutes N]

The sound runs through the daemon's own Ears in a process of its own, as fast as the machine can, 20 ms at a time, with
silent playback beside it as a running card has. Peers are measured only where they are installed.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.report import write_report

KINDS = ("negative_speech", "negative_home", "negative_keyword")
"""Real people; synthetic near-misses are left out."""
PEERS = ("wyoming-openwakeword", "wyoming-satellite")
ROUNDS = 3
HOW = (
    "{minutes:.1f} min of recorded speech (16 kHz mono) through oyez.hearing.ears in a fresh process, {rounds} rounds, "
    "medians; CPU is the process's, all threads, on one core's scale; RSS after the run; import_s is Python's start to "
    "working ears, start of the interpreter left out; each stage alone on the same sound. {peers}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with manifest.csv")
    parser.add_argument("--json", type=Path, required=True, help="where to write the figures")
    parser.add_argument("--minutes", type=float, default=10.0, help="so much sound at most")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "negatives.raw"
        minutes, clips = gather(options.data, options.minutes, sound)
        rounds = [child(sound) for _ in range(ROUNDS)]
    installed = {name: found for name in PEERS if (found := installed_version(name))}
    note = "Peers: none of " + ", ".join(PEERS) + " is installed here, so there is nothing to compare with."
    if installed:
        note = f"Peers: {installed} are installed, but this benchmark does not run them yet."
    figures = {"oyez": median(rounds), "peers": {}, "ratio": {}, "minutes": round(minutes, 2), "clips": clips}
    report = write_report(
        options.json, "listen", HOW.format(minutes=minutes, rounds=ROUNDS, peers=note), ROUNDS, figures
    )
    print(json.dumps(report))


def gather(data: Path, minutes: float, target: Path) -> tuple[float, int]:
    """Decodes here, so that the measured process holds no decoder. Returns minutes and clips; 16 kHz mono only."""
    import soundfile

    seconds, clips = 0.0, 0
    with (data / "manifest.csv").open(encoding="utf-8") as table, target.open("wb") as raw:
        for row in csv.DictReader(table):
            if row["kind"] not in KINDS or (row["rate"], row["channels"]) != ("16000", "1"):
                continue
            if seconds >= minutes * 60:
                break
            sound, rate_hz = soundfile.read(data / row["path"], dtype="int16")
            raw.write(sound.tobytes())
            seconds, clips = seconds + len(sound) / rate_hz, clips + 1
    if not clips:
        raise SystemExit(f"{data}/manifest.csv names no 16 kHz mono clip of the kinds {', '.join(KINDS)}.")
    return seconds / 60, clips


def child(sound: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench._listen_child", str(sound)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def median(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Of each figure on its own; `stages` likewise."""
    flat = {key: round(statistics.median(r[key] for r in rounds), 3) for key in rounds[0] if key != "stages"}
    names = rounds[0]["stages"]
    return flat | {"stages": {name: round(float(np.median([r["stages"][name] for r in rounds])), 2) for name in names}}


def installed_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
