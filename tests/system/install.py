"""What the host needs for the system tests: `python -m tests.system.install` installs it where it may.

Without root or apt it says in a sentence what is missing and ends with 69.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

NEEDED = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mke2fs": "e2fsprogs",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "mosquitto": "mosquitto",
}
"""Program: its Debian package."""
KEYRING = "/usr/share/keyrings/debian-archive-trixie-stable.gpg"
"""What signs the suite; in Debian's package debian-archive-keyring."""
SERVICE_AWAY = 69


def missing(needed: Mapping[str, str]) -> list[str]:
    """Debian packages whose programs are not there."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return sorted({package for program, package in needed.items() if shutil.which(program, path=path) is None})


def missing_packages() -> list[str]:
    return missing(NEEDED) + ([] if os.path.exists(KEYRING) else ["debian-archive-keyring"])


def why_not() -> str | None:
    """None: the system tests can run here; else why not and what to do, in a sentence."""
    if missing := missing_packages():
        return (
            f"these Debian packages are missing: {' '.join(missing)}; run as root: apt-get install {' '.join(missing)}"
        )
    if os.geteuid() != 0:
        return "containers and the root file system are made as root; run it with sudo"
    return None


def install(name: str, packages: list[str]) -> None:
    """Raises subprocess.CalledProcessError with apt's last words in its output."""
    if not packages or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"{name}: installing {' '.join(packages)} ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(
            ["apt-get", *words], check=True, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )


def install_for(name: str, packages: Callable[[], list[str]], why_not: Callable[[], str | None]) -> int:
    """The exit code. name: of the tests."""
    try:
        install(name, packages())
    except subprocess.CalledProcessError as error:
        print("\n".join((error.stderr or error.stdout).splitlines()[-10:]), file=sys.stderr)
        print(f"{name}: apt-get could not install them: see above", file=sys.stderr)
        return SERVICE_AWAY
    if reason := why_not():
        print(f"{name}: the {name} tests cannot run: {reason}", file=sys.stderr)
        return SERVICE_AWAY
    return 0


if __name__ == "__main__":
    sys.exit(install_for("system", missing_packages, why_not))
