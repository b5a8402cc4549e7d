"""The guest's disk, kernel and initial RAM disk, made from the root once for each state of it."""

import fcntl
from dataclasses import dataclass
from pathlib import Path

from tests.system.root import BUILD, Root, run, say, step

SIZE = "4G"
"""Sparse: it takes what is in it."""


@dataclass(frozen=True)
class Disk:
    image: Path
    """ext4, raw, never written to: a guest writes to a snapshot above it."""
    kernel: Path
    initial: Path


def disk_of(root: Root) -> Disk:
    """Raises CannotBuild."""
    with open(BUILD / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        image = BUILD / "guest.ext4"
        step("disk", root.stamp, lambda: _make(root.folder, image))
        return Disk(image, _newest(root.folder, "vmlinuz-*"), _newest(root.folder, "initrd.img-*"))


def _make(folder: Path, image: Path) -> None:
    say("making the guest's disk ...")
    image.unlink(missing_ok=True)
    run(["mke2fs", "-q", "-t", "ext4", "-E", "lazy_itable_init=1,nodiscard", "-d", folder, image, SIZE])


def _newest(folder: Path, pattern: str) -> Path:
    return max((folder / "boot").glob(pattern))
