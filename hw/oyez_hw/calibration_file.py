"""Where a board's calibration is kept: one JSON file a board in the state folder."""

import os
import re
from pathlib import Path

import msgspec

from oyez_hw.measuring.calibration import VERSION, Calibration

FOLDER = "calibration"


def path_of(state: Path, board: str, capture_device: str, playback_device: str) -> Path:
    """Of this board on these cards."""
    name = "-".join(dict.fromkeys((board, capture_device, playback_device)))
    return state / FOLDER / f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-')[:100] or 'board'}.json"


def read_calibration(state: Path, board: str, capture_device: str, playback_device: str) -> Calibration | None:
    """None: this board was never measured. Raises OSError, ValueError: the file cannot be used."""
    path = path_of(state, board, capture_device, playback_device)
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Calibration)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no calibration ({error}): run `oyez-hw calibrate` again") from error
    if kept.version != VERSION or (kept.board, kept.capture_device, kept.playback_device) != (
        board,
        capture_device,
        playback_device,
    ):
        raise ValueError(f"{path} is of another version or another card: run `oyez-hw calibrate` again")
    return kept


def be_writable(state: Path) -> None:
    """Before a long measurement. Raises OSError: what it finds could not be kept."""
    trial = state / FOLDER / ".trial"
    trial.parent.mkdir(parents=True, exist_ok=True)
    trial.touch()
    trial.unlink()


def write_calibration(state: Path, calibration: Calibration) -> Path:
    """Whole or not at all. Raises OSError."""
    path = path_of(state, calibration.board, calibration.capture_device, calibration.playback_device)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(calibration), indent=1))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path
