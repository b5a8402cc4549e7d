"""The envelope of every measurement: what was measured, on what, when, how often and how."""

import json
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def write_report(path: Path, name: str, how: str, n: int, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Writes one JSON object to `path` (its folder is made) and returns it.

    how: one sentence, enough to repeat the measurement. n: how many times the smallest thing was measured.
    figures: the benchmark's own keys; they stand beside the envelope and may not replace it.
    """
    envelope = {
        "name": name,
        "commit": commit(),
        "host": host(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "n": n,
        "how": how,
    }
    clash = envelope.keys() & figures.keys()
    if clash:
        raise ValueError(f"the figures of {name} use names of the envelope: {', '.join(sorted(clash))}")
    report = {**envelope, **figures}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def commit() -> str:
    """The commit that was measured, with `+` when files differ from it; `unknown` outside a clone."""
    here = Path(__file__).parent
    try:
        head = _git(here, "rev-parse", "HEAD")
        changed = _git(here, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def host() -> str:
    """Processor and Python, so that figures of different machines are not compared unawares; never a host name."""
    return f"{_processor()}, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "Model"))]
    cores = sum(line.startswith("processor") for line in lines)
    return f"{names[0] if names else 'unknown processor'} x{cores}"
