"""A real RAUC service on a bus of its own, with two files as slots and a bootloader that is a script.

It installs bundles of the format `plain` (a verity one needs device-mapper), for which it mounts: root only.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.doubles.bundles import MISSING as NO_TOOLS, Signer, make_bundle

PATIENCE_S = 10.0
SLOT_BYTES = 4 << 20
BACKEND = """\
#!/bin/sh
cd {folder}
case "$1" in
get-primary) cat primary ;;
set-primary) echo "$2" >primary && echo "$*" >>orders ;;
get-state) cat "state-$2" ;;
set-state) echo "$3" >"state-$2" && echo "$*" >>orders ;;
esac
"""


def missing() -> str:
    """Why it cannot be had here; empty: it can."""
    tools = [*NO_TOOLS, *(tool for tool in ("dbus-daemon",) if shutil.which(tool) is None)]
    if tools:
        return f"not installed: {', '.join(tools)}"
    if os.geteuid() != 0:
        return "only root may mount a bundle"
    return "" if Path("/dev/loop-control").exists() else "no loop devices"


@dataclass(frozen=True)
class RaucService:
    folder: Path
    command: tuple[str, ...]
    """RAUC's, with what it needs before its verbs."""

    @property
    def orders(self) -> list[str]:
        """What the bootloader was ordered."""
        log = self.folder / "orders"
        return log.read_text().splitlines() if log.exists() else []

    def slot(self, name: str) -> bytes:
        return (self.folder / f"slot-{name}").read_bytes()


def plain_bundle(folder: Path, signer: Signer, version: str, compatible: str = "oyez-arm64") -> Path:
    return make_bundle(folder, signer, version, compatible, form="plain", image="rootfs.img")


@contextmanager
def rauc_service(folder: Path, trusted: Signer) -> Iterator[RaucService]:
    """Slot A runs."""
    folder.mkdir()
    for name, text in (("primary", "A"), ("state-A", "good"), ("state-B", "bad")):
        (folder / name).write_text(f"{text}\n")
    for name in "AB":
        (folder / f"slot-{name}").write_bytes(bytes(SLOT_BYTES))
    conf, backend = folder / "system.conf", folder / "backend"
    conf.write_text(_conf(folder, trusted, backend))
    backend.write_text(BACKEND.format(folder=folder))
    backend.chmod(0o755)
    address = f"unix:path={folder}/bus"
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address={address}"], stderr=subprocess.DEVNULL)
    service = None
    try:
        _until((folder / "bus").exists)
        env = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": address}
        with (folder / "service.log").open("wb") as log:
            service = subprocess.Popen(
                ["rauc", f"--conf={conf}", "--override-boot-slot=A", "service"], env=env, stderr=log, stdout=log
            )
        command = ("env", f"DBUS_SYSTEM_BUS_ADDRESS={address}", "rauc", f"--conf={conf}")
        _until(lambda: subprocess.run([*command, "status"], capture_output=True, check=False).returncode == 0)
        yield RaucService(folder, command)
    finally:
        for process in (service, bus):
            if process is not None:
                process.terminate()
                process.wait(PATIENCE_S)


def _conf(folder: Path, trusted: Signer, backend: Path) -> str:
    slots = "".join(
        f"\n[slot.rootfs.{number}]\ndevice={folder}/slot-{name}\ntype=raw\nbootname={name}\n"
        for number, name in enumerate("AB")
    )
    return (
        f"[system]\ncompatible=oyez-arm64\nbootloader=custom\nbundle-formats=plain verity\n"
        f"statusfile={folder}/central.raucs\nmountprefix={folder}/mnt\n\n[keyring]\npath={trusted.certificate}\n\n"
        f"[handlers]\nbootloader-custom-backend={backend}\n{slots}"
    )


def _until(holds):  # type: ignore[no-untyped-def]
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end_s:
            raise TimeoutError("the RAUC service does not come up")
        time.sleep(0.05)
