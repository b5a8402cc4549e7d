"""What the host needs for the system tests: `python -m tests.system.install` installs it where it may.

Without root or apt it says in a sentence what is missing and ends with 69.
"""

import os
import shutil
import subprocess
import sys

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


def missing_packages() -> list[str]:
    """Debian packages whose programs are not there."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    packages = [package for program, package in NEEDED.items() if shutil.which(program, path=path) is None]
    if not os.path.exists(KEYRING):
        packages.append("debian-archive-keyring")
    return sorted(set(packages))


def why_not() -> str | None:
    """None: the system tests can run here; else why not and what to do, in a sentence."""
    if missing := missing_packages():
        return (
            f"these Debian packages are missing: {' '.join(missing)}; run as root: apt-get install {' '.join(missing)}"
        )
    if os.geteuid() != 0:
        return "containers and the root file system are made as root; run it with sudo"
    return None


def install() -> None:
    """Raises subprocess.CalledProcessError with apt's last words in its output."""
    missing = missing_packages()
    if not missing or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"system: installing {' '.join(missing)} ...", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        subprocess.run(
            ["apt-get", *words], check=True, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )


def main() -> int:
    try:
        install()
    except subprocess.CalledProcessError as error:
        print("\n".join((error.stderr or error.stdout).splitlines()[-10:]), file=sys.stderr)
        print("system: apt-get could not install them: see above", file=sys.stderr)
        return SERVICE_AWAY
    if reason := why_not():
        print(f"system: the system tests cannot run: {reason}", file=sys.stderr)
        return SERVICE_AWAY
    return 0


if __name__ == "__main__":
    sys.exit(main())
