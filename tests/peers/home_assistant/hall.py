"""A second device, `hall`: the daemon as a process of its own, as on a board."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.doubles.processes import Process, running
from tests.stories.outside import write_config
from tests.stories.theatre import Services

HALL = "hall"


@asynccontextmanager
async def daemon(folder: Path, world: Services, changes: dict[str, str] | None = None) -> AsyncIterator[Process]:
    """`oyez run`, listening. What it remembers lies in the folder. changes: texts of its configuration, and what
    stands there instead."""
    config = write_config(folder, world, 'name = "simulated"', HALL)
    text = config.read_text()
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    config.write_text(text)
    places = {"STATE_DIRECTORY": folder / "state", "RUNTIME_DIRECTORY": run_folder(folder)}
    for place in places.values():
        os.makedirs(place, exist_ok=True)
    command = [sys.executable, "-m", "oyez", "run", "--config", config]
    environment = {name: str(place) for name, place in places.items()}
    async with running(command, ready="Listening for", env=environment) as process:
        yield process


def run_folder(folder: Path) -> Path:
    """Where the updater's files lie."""
    return folder / "run"
