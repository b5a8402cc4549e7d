"""Why the last life of the process ended, and how often it ended itself of late: told after the next start. Pure but
for one small file, written once at the start and once at the end.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from oyez.errors import Bug, CardLost
from oyez.last_words import LastWords
from oyez.pen import Later, at_once, write_whole

log = logging.getLogger(__name__)

FILE = "life.json"
Emit = Callable[[str, dict[str, object]], None]
BOOT_ID = Path("proc/sys/kernel/random/boot_id")
RESCUE = Path("var/lib/oyez-system/rescue.json")
POWER_LOST = "the board lost its power or was reset"


class End(msgspec.Struct, frozen=True):
    why: str
    code: int | None = None
    """Of the process; None: it had no time to say."""

    @property
    def in_order(self) -> bool:
        return self.code == 0


IN_ORDER = End("it was ended in order", 0)


class Life(msgspec.Struct, frozen=True):
    """As it stands in the file."""

    boot_id: str = ""
    end: End | None = None
    """None: it lives, or died without a word."""
    exits_s: tuple[float, ...] = ()
    """When it ended itself for a sound card: monotonic seconds, which hold within one boot."""


def named(crash: BaseException) -> str:
    """What it is, without what it says, which may be anybody's words."""
    while isinstance(crash, BaseExceptionGroup):
        crash = crash.exceptions[0]
    return type(crash).__name__


class Rescue(msgspec.Struct, frozen=True):
    """What a life needs to know of the file that `oyez-system rescue` keeps."""

    boot_id: str = ""
    step: str = ""
    why: str = ""


def last_end(last: Life | None, boot_id: str, unsaid: str, rescue: Rescue | None = None) -> End | None:
    """Of the life before the one that begins now; None: there was none. unsaid: how a life of this boot ended that did
    not say so itself."""
    if last is None:
        return None
    if last.boot_id == boot_id:
        return last.end or End(unsaid)
    if rescue is not None and rescue.step == "reboot" and rescue.boot_id == last.boot_id:
        return End(f"the board was started anew to mend it, because {rescue.why}")
    return last.end or End(POWER_LOST)


class Lives:
    """Without a folder nothing is remembered."""

    def __init__(
        self,
        folder: Path | None,
        later: Later = at_once,
        root: Path = Path("/"),
        words: LastWords | None = None,
    ) -> None:
        """folder: of what survives. later: writes beside the loop. root: where `proc` and `var` lie. words: of the
        life before; None: it left none."""
        self._path, self._later = folder / FILE if folder else None, later
        boot_id, last, unsaid = _boot_id(root), self._recall(), (words or LastWords(None)).take()
        self.last_end = last_end(last, boot_id, unsaid, _rescue(root))
        """How the life before this one ended."""
        self._now = Life(boot_id, exits_s=last.exits_s if last and last.boot_id == boot_id else ())
        self._end = IN_ORDER
        self.remembers = False
        """What happens to this life was written down, so that the next one will know of it."""

    @property
    def exits_s(self) -> tuple[float, ...]:
        """In this boot, of all lives."""
        return self._now.exits_s

    @contextmanager
    def lived(self, emit: Emit) -> Iterator[None]:
        """A life, from its beginning to its end. An end of the last one that nobody ordered is an event."""
        self._keep()
        if self.last_end is not None and not self.last_end.in_order:
            sentence = f"Oyez was started anew: {self.last_end.why}."
            log.warning("%s", sentence)
            emit("error", {"kind": "restarted", "why": sentence, "code": self.last_end.code})
        try:
            yield
        except Exception as crash:
            self._end = End(f"a bug ({named(crash)})", Bug.exit_code)
            raise
        finally:
            self._now = replace(self._now, end=self._end)
            self._keep()

    def lost_card(self, why: str, exits_s: tuple[float, ...]) -> None:
        """The process is to end for this reason. exits_s: as below, with this one."""
        self._end, self._now = End(why, CardLost.exit_code), replace(self._now, exits_s=exits_s)

    def ended(self, why: str) -> None:
        """It is to end in order, for this reason."""
        self._end = End(why, 0)

    @property
    def exit_code(self) -> int:
        """Of the process, when it is ended and does not crash."""
        return self._end.code or 0

    @property
    def shown(self) -> dict[str, object] | None:
        """As the state document has it."""
        return None if self.last_end is None else msgspec.to_builtins(self.last_end)

    def _recall(self) -> Life | None:
        if self._path is None or not self._path.exists():
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Life)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("%s cannot be read (%s): why the last life ended is not known.", self._path, error)
            return None

    def _keep(self) -> None:
        if self._path is not None:
            path, life = self._path, self._now
            self._later(lambda: self._write(path, life), newest_of=self)

    def _write(self, path: Path, life: Life) -> None:
        try:
            write_whole(path, msgspec.json.encode(life))
            self.remembers = True
        except OSError as error:
            self.remembers = False
            log.warning("%s cannot be written (%s): why this life ended will not be known.", path, error)


def _rescue(root: Path) -> Rescue | None:
    try:
        return msgspec.json.decode((root / RESCUE).read_bytes(), type=Rescue)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _boot_id(root: Path) -> str:
    try:
        return (root / BOOT_ID).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
