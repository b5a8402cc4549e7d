"""What is to be built, from the command line. Pure."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oyez_image.recipe import KERNELS
from oyez_image.variants import BREAKS

VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+([a-z0-9.+]*)")
SNAPSHOT = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Settings:
    version: str
    """Of the project, as the device will tell it. Empty: what pyproject.toml says."""
    out: Path
    keys: Path
    cache: Path
    mirror: str
    """Empty: Debian's own."""
    snapshot: str
    """A moment of Debian's archive, 20261101T000000Z; empty: as it is today."""
    kernel: str
    raspberry_pi_keyring: str
    """File with the key of Raspberry Pi's archive; only for their kernel."""
    local: bool
    """With the local Realtime server."""
    break_with: str
    """One of variants.BREAKS; empty: whole."""
    address: str
    """Where a release will be downloaded from."""
    website: str
    release: bool
    """Also compressed, with checksums, signatures and lists."""
    fresh: bool
    """Takes the packages of today even if the roots were built before."""


def parsed(argv: Sequence[str], build: Path) -> Settings:
    """build: the folder where everything is made. A mistake ends the process with 2 and a sentence."""
    parser = argparse.ArgumentParser(
        prog="make image", description="Builds the image of the SD card and the bundle that updates it."
    )
    parser.add_argument("--version", type=_version, default="", help="instead of the one in pyproject.toml")
    parser.add_argument("--out", type=Path, default=build / "image", help="where the files go (build/image)")
    parser.add_argument("--keys", type=Path, default=build / "keys", help="keys to sign with (build/keys, made there)")
    parser.add_argument("--cache", type=Path, default=build / "image" / "cache", help="roots and wheels, kept")
    parser.add_argument("--mirror", default="", help="of Debian")
    parser.add_argument("--snapshot", type=_snapshot, default="", help="a moment of the archive of snapshots")
    parser.add_argument("--kernel", choices=sorted(KERNELS), default="debian")
    parser.add_argument("--raspberry-pi-keyring", default="", metavar="FILE", help="for --kernel raspberrypi")
    parser.add_argument("--local", action="store_true", help="with the local Realtime server (docs/image.md: its cost)")
    parser.add_argument("--break", dest="break_with", choices=sorted(BREAKS), default="", help="for tests of updates")
    parser.add_argument("--address", default="http://localhost:8000", help="where the files will be (%(default)s)")
    parser.add_argument("--website", default="", help="for who asks Raspberry Pi Imager what this is")
    parser.add_argument("--no-release", dest="release", action="store_false", help="only .img and .raucb")
    parser.add_argument("--fresh", action="store_true", help="with today's packages")
    arguments = parser.parse_args(argv)
    if arguments.kernel == "raspberrypi" and not arguments.raspberry_pi_keyring:
        parser.error(
            "--kernel raspberrypi needs --raspberry-pi-keyring FILE: the key that their archive is signed with"
        )
    values = vars(arguments)
    for name in ("out", "keys", "cache"):
        values[name] = values[name].resolve()
    return Settings(**values)


def _version(text: str) -> str:
    if text and not VERSION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no version such as 1.2.3")
    return text


def _snapshot(text: str) -> str:
    if text and not SNAPSHOT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no moment such as 20261101T000000Z")
    return text
