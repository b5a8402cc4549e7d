"""What the updater says of a newer version, and how it is asked to install one: two small files in the run folder.

`update.json` is the updater's: where there is none, or none that is understood, the newest version is the installed
one. `install-update` is ours: the updater takes it up and removes it. Pure but for these files.
"""

import logging
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from oyez.foreign import read_foreign
from oyez.pen import write_whole

log = logging.getLogger(__name__)

FILE, REQUEST = "update.json", "install-update"
LARGEST_BYTES = 16 * 1024
LONGEST_WHY = 2000
Version = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9.+~_-]*$")]
Stage = Literal["", "downloading", "installing", "restart_pending"]

NO_UPDATER = "There is no updater on this device: install the new version as you installed this one."
NOTHING_NEWER = "There is no newer version."
INSTALLING = "The new version is being installed already."


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As the updater writes it."""

    latest: Version
    title: Annotated[str, Meta(max_length=255)] = "Oyez"
    release_url: Annotated[str, Meta(max_length=255, pattern=r"^(https?://\S+)?$")] = ""
    in_progress: bool = False
    percentage: Annotated[float, Meta(ge=0, le=100)] | None = None
    stage: Stage = ""
    why: Annotated[str, Meta(max_length=LONGEST_WHY)] = ""
    """Why the last try was refused, in a sentence; empty: it was not."""


class Update(msgspec.Struct, frozen=True):
    """As the state document shows it: the names are those of Home Assistant's update entity."""

    installed_version: str
    latest_version: str
    title: str = "Oyez"
    release_url: str | None = None
    in_progress: bool = False
    update_percentage: int | None = None
    """0 to 100 while it is being installed."""


class UpdateFile:
    def __init__(self, folder: Path | None, installed: str) -> None:
        """folder: of what lives until the next boot, `/run/oyez`; None: there is none, and so no updater."""
        self._folder, self._installed = folder, installed
        self._complained = ""

    def look(self) -> Update:
        """Never raises."""
        told = self.told()
        if told is None:
            return Update(self._installed, self._installed)
        progress = round(told.percentage) if told.in_progress and told.percentage is not None else None
        return Update(self._installed, told.latest, told.title, told.release_url or None, told.in_progress, progress)

    def request(self) -> str:
        """Asks for the newest version. Why it cannot be, for a person; empty: the updater has been asked."""
        told = self.told()
        if self._folder is None or told is None:
            return NO_UPDATER
        if told.in_progress:
            return INSTALLING
        if told.latest == self._installed:
            return NOTHING_NEWER
        try:
            write_whole(self._folder / REQUEST, told.latest.encode() + b"\n")
        except OSError as error:
            return f"The updater could not be asked ({error.strerror}): see who may write in {self._folder}."
        return ""

    def told(self) -> Told | None:
        """What the updater says; None: there is none."""
        if self._folder is None:
            return None
        path = self._folder / FILE
        try:
            told = msgspec.json.decode(read_foreign(path, LARGEST_BYTES), type=Told)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            self._complain(f"{path} is not understood ({error}): no update is shown.")
            return None
        self._complained = ""
        return told

    def _complain(self, sentence: str) -> None:
        """Once, however often it is looked at."""
        if sentence != self._complained:
            self._complained = sentence
            log.warning("%s", sentence)
