"""What the machine that builds must have: root, a few packages, and programs for ARM that start like its own."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from oyez_image.progress import BuildError, run, say
from oyez_image.recipe import HOST_PACKAGES

BINFMT = Path("/proc/sys/fs/binfmt_misc")
HANDLER = BINFMT / "qemu-aarch64"


def prepare(log: Path) -> None:
    """Raises BuildError with what is missing."""
    if os.geteuid() != 0:
        raise BuildError(
            "a root of Debian can only be built as root (other users' files, mounts): run `sudo make image`; in a "
            "container, one with --privileged"
        )
    _install(log)
    if platform.machine() != "aarch64":
        _foreign_programs(log)


def _install(log: Path) -> None:
    missing = [package for package in HOST_PACKAGES if not _is_installed(package)]
    if platform.machine() == "aarch64":
        missing = [package for package in missing if package not in ("qemu-user-static", "binfmt-support")]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        raise BuildError(f"this is no Debian: install {', '.join(missing)} by other means, or build on Debian")
    say(f"installing {' '.join(missing)} on this machine")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], log=log, environment=environment)
    run(["apt-get", "install", "-y", "--no-install-recommends", *missing], log=log, environment=environment)


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    try:
        return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"
    except FileNotFoundError:
        return False


def _foreign_programs(log: Path) -> None:
    """The kernel hands ARM programs to QEMU; in a container nobody may have told it to."""
    if not (BINFMT / "status").exists():
        run(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT], log=log)
    if not HANDLER.exists():
        run(["update-binfmts", "--enable", "qemu-aarch64"], log=log)
    if not HANDLER.exists():
        raise BuildError(f"the kernel does not hand ARM programs to QEMU ({HANDLER} is missing): see update-binfmts(8)")
