"""What is told of updates, each thing once: `event/update`, and what the last one came to. Pure but for small files.

The updater writes the files (`update_file.py`; `/var/lib/oyez-system/update.json`, docs/updates.md), as another user.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from oyez.pen import Later, at_once, write_whole
from oyez.release import installed_version
from oyez.update_file import LARGEST_BYTES, Told, UpdateFile

log = logging.getLogger(__name__)

OUTCOME_FILE = Path("/var/lib/oyez-system/update.json")
TOLD_FILE = "update_told.json"
Kind = TypeVar("Kind")
Result = Literal["promoted", "gone_back", "not_installed"]
Emit = Callable[[str, dict[str, object]], None]


class Outcome(msgspec.Struct, frozen=True):
    """What an update came to."""

    number: int
    result: Result
    version: str
    from_version: str
    why: str = ""
    """A sentence; empty: nothing went wrong."""


class Record(msgspec.Struct, frozen=True):
    """As the updater writes it; what else is in it is its own business."""

    last: Outcome | None = None


class Mark(msgspec.Struct, frozen=True):
    number: int = 0


def last_outcome(path: Path = OUTCOME_FILE) -> Outcome | None:
    """Of the last update; None: there was none, or none that is understood."""
    record = _read(path, Record)
    return record.last if record else None


def step_of(before: Told | None, now: Told | None) -> dict[str, object] | None:
    """The event by which `now` is news; None: it is none. Progress is the update entity's, and no event."""
    if now is None:
        return None
    if now.stage:
        news = before is None or before.stage != now.stage
        return {"what": now.stage, "version": now.latest, "why": ""} if news else None
    if now.why and (before is None or before.why != now.why or before.stage):
        return {"what": "refused", "version": now.latest, "why": now.why}
    return None


class UpdateNews:
    def __init__(
        self,
        run_folder: Path | None,
        folder: Path | None,
        emit: Emit,
        later: Later = at_once,
        outcome: Path = OUTCOME_FILE,
    ) -> None:
        """folder: of what survives; None: nothing is remembered, and of an update that is over nothing is told."""
        self.file = UpdateFile(run_folder, installed_version())
        self._emit, self._later, self._outcome_file = emit, later, outcome
        self._mark = folder / TOLD_FILE if folder else None
        self._stamp: object = None
        self._told = self.file.told()
        known = _read(self._mark, Mark) if self._mark else None
        self._number = known.number if known else 0
        self.last: Outcome | None = None
        """What the last update came to."""
        self._look_at_outcome()

    def look(self) -> bool:
        """Tells what is new; whether there was anything, also mere progress. Cheap where nothing was written."""
        told = self.file.told()
        before, self._told = self._told, told
        if step := step_of(before, told):
            self._emit("update", step)
        return self._look_at_outcome() or told != before

    def _look_at_outcome(self) -> bool:
        stamp = _stamp(self._outcome_file)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        before, self.last = self.last, last_outcome(self._outcome_file)
        if self.last is not None and self.last.number != self._number and self._mark is not None:
            self._number = self.last.number
            self._emit("update", _ended(self.last))
            self._later(self._keep, newest_of=self)
        return self.last != before

    def _keep(self) -> None:
        assert self._mark is not None
        try:
            write_whole(self._mark, msgspec.json.encode(Mark(self._number)))
        except OSError as error:
            log.warning("%s cannot be written (%s): the last update will be told of again.", self._mark, error)


def _ended(outcome: Outcome) -> dict[str, object]:
    return {
        "what": outcome.result,
        "version": outcome.version,
        "from_version": outcome.from_version,
        "why": outcome.why,
    }


def _stamp(path: Path) -> object:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


def _read(path: Path, kind: type[Kind]) -> Kind | None:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(LARGEST_BYTES), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
