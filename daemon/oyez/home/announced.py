"""What Home Assistant was told of this device, and where: kept over restarts, so that it can be taken back. Pure but
for one small file."""

import logging
from pathlib import Path

import msgspec
from msgspec.structs import replace

from oyez.pen import Later, at_once, write_whole

log = logging.getLogger(__name__)

FILE = "announced.json"
MOST_LEFT = 8
"""Places that wait to be taken back; the oldest is forgotten beyond it."""


class Place(msgspec.Struct, frozen=True):
    prefix: str
    """home.discovery_prefix."""
    device_id: str


class Announced(msgspec.Struct, frozen=True):
    place: Place | None = None
    """Where the device document stands; None: nowhere."""
    components: dict[str, str] = {}
    """Key and platform of each entity in it."""
    left: tuple[Place, ...] = ()
    """Where one stood before and was not taken back yet."""

    def moved(self, here: Place) -> "Announced":
        """The device is announced here from now on. A place that it came back to is left no more."""
        left = tuple(place for place in self.left if place != here)
        if self.place in (None, here):
            return replace(self, place=here, left=left)
        assert self.place is not None
        return Announced(here, left=(*(place for place in left if place != self.place), self.place)[-MOST_LEFT:])

    def taken_back(self, place: Place) -> "Announced":
        return replace(self, left=tuple(other for other in self.left if other != place))


class AnnouncedFile:
    """The file. Without a folder nothing is remembered."""

    def __init__(self, folder: Path | None = None, later: Later = at_once) -> None:
        """folder: of what survives. later: writes beside the loop."""
        self._path = folder / FILE if folder else None
        self._later = later
        self._kept: Announced | None = None

    def recall(self) -> Announced:
        """Nothing, where there is nothing that can be read."""
        if self._path is None or not self._path.exists():
            return Announced()
        try:
            self._kept = msgspec.json.decode(self._path.read_bytes(), type=Announced)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning(
                "%s cannot be read (%s): what an earlier version announced under other names stays in Home Assistant "
                "until it is deleted there.",
                self._path,
                error,
            )
            return Announced()
        return self._kept

    def keep(self, now: Announced) -> None:
        """Writes only what changed."""
        if self._path is not None and now != self._kept:
            self._kept = now
            self._later(lambda: self._write(now), newest_of=self)

    def _write(self, now: Announced) -> None:
        assert self._path is not None
        try:
            write_whole(self._path, msgspec.json.encode(now))
        except OSError as error:
            self._kept = None
            log.warning(
                "%s cannot be written (%s): what is announced to Home Assistant is forgotten.", self._path, error
            )
