"""The file in which timers survive: written whole, told when it is on the disk."""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from oyez.home.timers import Kept
from oyez.pen import Later, write_whole

log = logging.getLogger(__name__)

NAME = "timers.json"


class TimerFile:
    """Without a folder nothing is kept, and all is well."""

    def __init__(self, folder: Path | None, later: Later) -> None:
        self._path = folder / NAME if folder else None
        self._later = later

    def recall(self) -> Kept | None:
        """What was set; None where nothing was, or nothing can be read, which is said."""
        if self._path is None or not self._path.exists():
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.error("%s cannot be read (%s): timers and alarms are gone, set them again.", self._path, error)
            return None

    def keep(self, kept: Kept, done: Callable[[str], None]) -> None:
        """done: called when it is on the disk, with "", or with a sentence why it is not; from any thread. A later
        version may be written in its stead, and then only that one tells."""
        if self._path is None:
            done("")
        else:
            path = self._path
            self._later(lambda: done(_write(path, kept)), newest_of=self)


def _write(path: Path, kept: Kept) -> str:
    try:
        write_whole(path, msgspec.json.encode(kept))
    except OSError as error:
        sentence = f"It could not be written down ({error.strerror or error}), so a restart forgets it."
        log.error("%s: %s", path, sentence)
        return sentence
    return ""
