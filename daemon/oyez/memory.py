"""What a household has set and expects to find again after a restart: above all that the microphone is muted."""

import logging
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from oyez.config_hearing import Sensitivity
from oyez.pen import Later, at_once, write_whole

log = logging.getLogger(__name__)


class Remembered(msgspec.Struct, frozen=True):
    muted: bool = False
    """By the household; the switch on the device says itself how it stands."""
    volume: float | None = None
    """0 to 1; None: as configured."""
    wake_words: tuple[str, ...] | None = None
    """As they were set over MQTT; None: as configured."""
    sensitivity: Sensitivity | None = None
    follow_up: bool | None = None
    """As it was set over MQTT; None: as configured."""
    brightness: float | None = None
    """0 to 1; None: as configured."""

    def listens_for(self, configured: tuple[str, ...], known: Collection[str]) -> tuple[str, ...]:
        """The wake words of today: a word whose model is gone since is left out."""
        return tuple(word for word in self.wake_words or () if word in known) or configured


class Memory:
    """One small file, written whole or not at all. Without a folder nothing is remembered."""

    def __init__(self, folder: Path | None, run_folder: Path | None = None) -> None:
        """run_folder: of what is gone at the next boot; nothing is remembered there."""
        self.folder, self.run_folder = folder, run_folder
        self._path = folder / "remembered.json" if folder else None
        self._known: Remembered | None = None
        """In the file, or on its way there."""

    def recall(self) -> Remembered:
        """What was kept; the defaults where there is nothing.

        Where it cannot be read the microphone is off: whoever had muted it is not heard because a card has failed."""
        if self._path is None or not self._path.exists():
            return Remembered()
        try:
            self._known = msgspec.json.decode(self._path.read_bytes(), type=Remembered)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning(
                "%s cannot be read (%s): the microphone is off until it is switched on, and all else as configured.",
                self._path,
                error,
            )
            return Remembered(muted=True)
        return self._known

    def keep(self, now: Remembered, later: Later = at_once) -> None:
        """Writes only what changed, so that a card is not worn out. later: when and where it is written."""
        if self._path is None or now == self._known:
            return
        self._known = now
        later(lambda: self._write(now), newest_of=self)

    def _write(self, now: Remembered) -> None:
        assert self._path is not None
        try:
            write_whole(self._path, msgspec.json.encode(now))
        except OSError as error:
            self._known = None  # the next keep() tries again
            log.warning("%s cannot be written (%s): what was set is lost at a restart.", self._path, error)


def state_folder(environ: Mapping[str, str]) -> Path | None:
    """systemd's STATE_DIRECTORY; it may name several, the first is ours."""
    named = environ.get("STATE_DIRECTORY", "").split(os.pathsep)[0]
    return Path(named) if named else None


def run_folder(environ: Mapping[str, str]) -> Path | None:
    """systemd's RUNTIME_DIRECTORY, which is gone at the next boot; it may name several, the first is ours."""
    named = environ.get("RUNTIME_DIRECTORY", "").split(os.pathsep)[0]
    return Path(named) if named else None
