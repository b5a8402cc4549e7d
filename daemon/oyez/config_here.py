"""The configuration on the machine that it is for: board.name = "auto" is settled by what is plugged in."""

from pathlib import Path

from oyez.config import Config
from oyez.config_file import load
from oyez.errors import OyezError
from oyez_hw.ports import HardwareError
from oyez_hw.probe import snapshot


class BoardAway(OyezError):
    """No board yet: a plug's to mend."""


def load_here(path: Path, root: Path = Path("/")) -> Config:
    """root: of the machine's /proc and /sys. Raises ConfigError with every mistake, BoardAway."""
    config, away = load_with_or_without(path, root)
    if away:
        raise BoardAway(f"{path}: {away}.")
    return config


def load_with_or_without(path: Path, root: Path = Path("/")) -> tuple[Config, str]:
    """With why there is no board yet, in a sentence; empty: there is one. Raises ConfigError."""
    try:
        return load(path, snapshot(root)), ""
    except HardwareError as error:
        return load(path), str(error)
