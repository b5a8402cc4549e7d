"""What a household has set and expects to find again after a restart: above all that the microphone is muted."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


class Remembered(msgspec.Struct, frozen=True):
    muted: bool = False
    volume: float | None = None
    """0 to 1; None: as configured."""


class Memory:
    """One small file, written whole or not at all. Without a folder nothing is remembered."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._path = folder / "remembered.json" if folder else None
        self._known: Remembered | None = None

    def recall(self) -> Remembered:
        """What was kept; the defaults where there is nothing, or nothing that can be read."""
        if self._path is None or not self._path.exists():
            return Remembered()
        try:
            self._known = msgspec.json.decode(self._path.read_bytes(), type=Remembered)
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s cannot be read (%s): mute and volume are as configured; set them again.", self._path, error)
            return Remembered()
        return self._known

    def keep(self, now: Remembered) -> None:
        if self._path is None or now == self._known:
            return
        try:
            fresh = self._path.with_suffix(".new")
            fresh.write_bytes(msgspec.json.encode(now))
            fresh.replace(self._path)
            self._known = now
        except OSError as error:
            log.warning("%s cannot be written (%s): mute and volume are lost at a restart.", self._path, error)


def state_folder(environ: Mapping[str, str]) -> Path | None:
    """systemd's STATE_DIRECTORY; it may name several, the first is ours."""
    named = environ.get("STATE_DIRECTORY", "").split(os.pathsep)[0]
    return Path(named) if named else None
