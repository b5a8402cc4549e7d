"""What the host needs to boot an image: `python -m tests.image.install` installs it where it may.

Without root or apt it says in a sentence what is missing and ends with 69. What building an image needs is
`make image`'s to install.
"""

import sys
from pathlib import Path

from tests.image.device import U_BOOT
from tests.system.install import install_for, missing

NEEDED = {
    "qemu-system-aarch64": "qemu-system-arm",
    "qemu-img": "qemu-utils",
    "qemu-io": "qemu-utils",
    "fdtoverlay": "device-tree-compiler",
    "mcopy": "mtools",
    "rauc": "rauc",
    "mksquashfs": "squashfs-tools",
    "mkenvimage": "u-boot-tools",
    "openssl": "openssl",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "mosquitto": "mosquitto",
}
"""Program: its Debian package."""


def missing_packages() -> list[str]:
    return sorted({*missing(NEEDED), *([] if Path(U_BOOT).exists() else ["u-boot-qemu"])})


def why_not() -> str | None:
    """None: the device tests can run here; else why not and what to do, in a sentence."""
    if packages := " ".join(missing_packages()):
        return f"these Debian packages are missing: {packages}; run as root: apt-get install {packages}"
    return None


if __name__ == "__main__":
    sys.exit(install_for("image", missing_packages, why_not))
