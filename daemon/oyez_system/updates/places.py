"""Where the updater's files lie, and how root writes among files that are not root's. Pure but for the files."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from oyez.foreign import read_foreign, write_foreign
from oyez.pen import write_whole
from oyez.update_file import FILE, REQUEST, Told
from oyez_system.updates import refusal
from oyez_system.updates.history import History

MB = 1 << 20
LARGEST_BYTES = 64 * 1024
SETTLED = "settled"
KEPT = TypeVar("KEPT")


@dataclass(frozen=True, slots=True)
class Places:
    run: Path = Path("/run/oyez")
    """The daemon's: it may put anything there, links too."""
    own_run: Path = Path("/run/oyez-system")
    state: Path = Path("/var/lib/oyez-system")
    boot_id_file: Path = Path("/proc/sys/kernel/random/boot_id")
    volatile_file: Path = Path("/run/oyez-volatile")
    """There while what is kept is not kept: the data partition could not be mounted."""

    @property
    def download(self) -> Path:
        return self.state / "download"

    @property
    def boot_id(self) -> str:
        return self.boot_id_file.read_text("ascii").strip()

    @property
    def volatile(self) -> bool:
        return self.volatile_file.exists()

    def history(self) -> History:
        """An unreadable one is as good as none: an update must not fail for it."""
        return kept(self.state / FILE, History) or History()

    def keep(self, history: History) -> None:
        """Also after a power cut. Raises Refused."""
        with suppress(OSError):
            self.state.mkdir(mode=0o755, parents=True, exist_ok=True)
        write(self.state / FILE, msgspec.json.encode(history))

    def tell(self, told: Told) -> None:
        """To the daemon, which tells Home Assistant. Without a daemon there is nobody to tell."""
        with suppress(OSError):
            write_foreign(self.run / FILE, msgspec.json.encode(told))

    def told(self) -> Told | None:
        return _read_foreign(self.run / FILE, Told)

    def settle(self) -> None:
        """For oyez-trial-guard.service, which restarts a device whose trial comes to no end."""
        self.own_run.mkdir(mode=0o700, exist_ok=True)
        (self.own_run / SETTLED).touch()

    def take_request(self) -> bool:
        """Whether the daemon asks for the newest version; it is asked for once."""
        path = self.run / REQUEST
        asked = path.exists() or path.is_symlink()
        with suppress(OSError):
            path.unlink()
        return asked


def kept(path: Path, kind: type[KEPT]) -> KEPT | None:
    """None: there is none that is understood."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def write(path: Path, data: bytes) -> None:
    """Raises Refused."""
    try:
        write_whole(path, data)
    except OSError as error:
        raise refusal.storage(str(path), error.strerror or str(error)) from None


def make_room(folder: Path, needed: int, margin: int = 32 * MB) -> None:
    """Makes the folder. needed, margin: bytes; the margin is left to the daemon. Raises Refused."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise refusal.storage(str(folder), error.strerror or str(error)) from None
    if needed + margin > free:
        raise refusal.no_room(-(-(needed + margin) // MB), free // MB)


def clear(folder: Path) -> None:
    """Nothing of a download stays."""
    for path in folder.glob("*"):
        with suppress(OSError):
            path.unlink()


def _read_foreign(path: Path, kind: type[KEPT]) -> KEPT | None:
    """Of somebody who might have laid a pipe, a link or a mountain there."""
    try:
        return msgspec.json.decode(read_foreign(path, LARGEST_BYTES), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
