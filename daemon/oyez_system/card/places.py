"""Where things lie, as docs/device.md says. Pure.

What stands under `/etc` as a link into `/data/etc` is named by where it really lies: a file is replaced whole, and the
link in the read-only slot cannot be.
"""

from dataclasses import dataclass
from pathlib import Path

FILE_NAMES = ("oyez.toml", "oyez.toml.txt")
"""What a person may have called it: Windows hides the ending that its editor adds."""
RESET_NAMES = ("oyez-reset", "oyez-reset.txt")


@dataclass(frozen=True, slots=True)
class Places:
    root: Path = Path("/")
    boot: Path = Path("/boot/firmware")

    @classmethod
    def below(cls, root: Path, boot: Path | None = None) -> "Places":
        """root: a folder that stands for the device's. boot: the boot partition, where it is mounted elsewhere."""
        return cls(root, boot or root / "boot/firmware")

    # --- on the boot partition ---

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.boot / name for name in FILE_NAMES)

    @property
    def preseed(self) -> Path:
        """What Raspberry Pi Imager writes."""
        return self.boot / "rpi-preseed.toml"

    @property
    def done(self) -> Path:
        """The file that was taken in, without its secrets."""
        return self.boot / "oyez-done.toml"

    @property
    def problems(self) -> Path:
        return self.boot / "oyez-problems.txt"

    @property
    def taken(self) -> tuple[Path, ...]:
        """Files that were taken in and are only to be wiped out."""
        return self.boot / "oyez.taken", self.boot / "rpi-preseed.taken"

    @property
    def board(self) -> Path:
        """Lines that config.txt includes."""
        return self.boot / "board.txt"

    @property
    def reset_files(self) -> tuple[Path, ...]:
        return tuple(self.boot / name for name in RESET_NAMES)

    # --- what is kept ---

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def etc(self) -> Path:
        return self.data / "etc"

    @property
    def config(self) -> Path:
        return self.etc / "oyez/oyez.toml"

    @property
    def update_settings(self) -> Path:
        return self.etc / "oyez-system/system.toml"

    @property
    def credentials(self) -> Path:
        return self.etc / "credstore"

    def credential(self, name: str) -> Path:
        """As oyez.service loads it. Those that a configuration names itself lie in folders, since a unit cannot list
        them."""
        kind, _, rest = name.partition("_")
        return self.credentials / (f"oyez.{kind}/{rest}" if kind in ("tool", "mcp") else f"oyez.{name}")

    @property
    def wireless(self) -> Path:
        return self.etc / "wpa_supplicant/wpa_supplicant-wlan0.conf"

    @property
    def hostname(self) -> Path:
        return self.etc / "hostname"

    @property
    def time_zone(self) -> Path:
        return self.etc / "localtime"

    @property
    def ssh_keys(self) -> Path:
        """Where there is none sshd is not started."""
        return self.etc / "ssh/authorized_keys"

    @property
    def state(self) -> Path:
        """Of what runs beside the daemon."""
        return self.data / "var/lib/oyez-system"

    @property
    def erasing(self) -> Path:
        """There: a factory reset was begun, and is to be ended before anything else is done."""
        return self.data / "erasing"

    # --- until the next boot ---

    @property
    def run(self) -> Path:
        return self.root / "run/oyez"

    @property
    def volatile(self) -> Path:
        """There: `/data` is a tmpfs, because the card could not be used."""
        return self.root / "run/oyez-volatile"

    @property
    def settled(self) -> Path:
        """There: the version that runs is not, or no more, on trial."""
        return self.root / "run/oyez-system/settled"

    @property
    def kernel_arguments(self) -> Path:
        return self.root / "proc/cmdline"

    # --- in the slot ---

    @property
    def zones(self) -> Path:
        return self.root / "usr/share/zoneinfo"

    @property
    def spoken(self) -> Path:
        return self.root / "usr/share/oyez/spoken"
