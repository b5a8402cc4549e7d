"""What stands in for a bench where there is none: a program in the place of ssh that runs the words on this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BOARD = ("--board", "a-pi", "--capture-device", "oyez_microphone", "--playback-device", "oyez_loudspeaker")
SSH = """#!/bin/sh
while [ "$1" != "--" ]; do shift; done
shift
exec sh -c "$*"
"""
RIG = """[ssh]
host = "board"
user = "bench"
key = "{key}"
python = "{python}"
boot_s = 60.0
[daemon]
stop = ["touch", "{stopped}"]
start = ["touch", "{started}"]
"""


def make_rig(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """The file, and an `ssh` on the path."""
    (folder / "bin").mkdir()
    (folder / "bin" / "ssh").write_text(SSH)
    (folder / "bin" / "ssh").chmod(0o755)
    (folder / "key").touch()
    patch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    places = {name: folder / name for name in ("key", "stopped", "started")}
    file = folder / "rig.toml"
    file.write_text(RIG.format(python=sys.executable, **places))
    return file


def run(
    folder: Path, rig: Path, tests: Sequence[str], *words: str, timeout_s: float = 110.0
) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """(the run, result by test)."""
    command = [sys.executable, "-m", "pytest", "--no-cov", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += [*(f"tests/hardware/{name}.py" for name in tests), "--rig", str(rig)]
    command += ["--report", str(folder / "out"), "--history", str(folder / "history.jsonl"), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)
    report = folder / "out" / "report.json"
    outcomes = json.loads(report.read_text())["outcomes"] if report.exists() else []
    return done, {one["test"].rpartition("::")[2].partition("[")[0]: one["result"] for one in outcomes}
