"""Thresholds that were learned from labelled clips: one small file in the state folder, word by word."""

import logging
from pathlib import Path

import msgspec

from oyez.hearing.locker.files import write_whole

log = logging.getLogger(__name__)

FILE = "thresholds.json"


def load_thresholds(folder: Path | None) -> dict[str, float]:
    """By word, each between 0 and 1. What cannot be read is as if there were none, and is said."""
    path = folder / FILE if folder else None
    if path is None or not path.exists():
        return {}
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, float])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s): every word has its configured threshold.", path, error)
        return {}
    return {word: threshold for word, threshold in found.items() if 0.0 < threshold < 1.0}


def save_threshold(folder: Path, word: str, threshold: float | None) -> None:
    """None: takes it back. Raises OSError, and ValueError beyond 0 and 1."""
    if threshold is not None and not 0.0 < threshold < 1.0:
        raise ValueError(f"a threshold lies between 0 and 1, and {threshold} does not")
    kept = {**load_thresholds(folder), word: threshold}
    write_whole(
        folder / FILE, msgspec.json.encode({one: value for one, value in sorted(kept.items()) if value is not None})
    )
