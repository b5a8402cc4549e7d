"""The machines beside this file, as folders and as snapshots."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("machines")
NAMES = sorted(file.stem for file in FOLDER.glob("*.toml"))


@dataclass
class Machine:
    source: str
    auto: str
    words: list[str]
    files: dict[str, str]
    capture_device: str = ""
    playback_device: str = ""
    may_come: bool = False
    links: dict[str, str] = field(default_factory=dict)


def machine(name: str) -> Machine:
    table: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    return Machine(**table)


def laid_out(name: str, root: Path) -> Machine:
    """Writes its files below `root`."""
    shown = machine(name)
    for path, text in shown.files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip("\n"))
    return shown
