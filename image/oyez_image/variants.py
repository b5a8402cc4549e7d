"""Images that are broken on purpose, so that tests of updates have something to go back from."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

UNITS = "etc/systemd/system"


def _deaf(tree: Path) -> None:
    """Everything starts, and the daemon sees no sound card: no frame ever comes."""
    folder = tree / UNITS / "oyez.service.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deaf.conf").write_text("[Service]\nPrivateDevices=yes\n")


def _silent(tree: Path) -> None:
    """The daemon hangs before it is ready."""
    folder = tree / UNITS / "oyez.service.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "silent.conf").write_text("[Service]\nExecStart=\nExecStart=/usr/bin/sleep infinity\n")


def _no_boot(tree: Path) -> None:
    """U-Boot finds no kernel in it."""
    (tree / "boot" / "vmlinuz").write_bytes(bytes(4096))


def _panic(tree: Path) -> None:
    """The kernel starts, systemd does not."""
    (tree / "usr/lib/systemd/systemd").unlink()


def _no_net(tree: Path) -> None:
    """Everything starts, and no network comes up."""
    for unit in ("systemd-networkd.service", "systemd-networkd.socket", "wpa_supplicant@.service"):
        link = tree / UNITS / unit
        link.unlink(missing_ok=True)
        link.symlink_to("/dev/null")


BREAKS: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {"deaf": _deaf, "noboot": _no_boot, "nonet": _no_net, "panic": _panic, "silent": _silent}
)
"""Name -> what it does to the tree of the device."""
