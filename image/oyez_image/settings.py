"""What is to be built, from the command line. Pure."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from oyez_image.recipe import KERNELS
from oyez_image.variants import BREAKS

ADDRESS = re.compile(r"https?://[^\s/]\S*")
VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+([a-z0-9.+]*)")


@dataclass(frozen=True, slots=True)
class Settings:
    version: str
    """Of the project, as the device will tell it. Empty: what pyproject.toml says."""
    out: Path
    keys: Path
    cache: Path
    mirror: str
    """Of Debian; empty: the one that mmdebstrap knows."""
    security_mirror: str
    past: bool
    """The mirrors show a moment of the past: their signatures are old, and good all the same."""
    kernel: str
    raspberry_pi_mirror: str
    raspberry_pi_keyring: str
    """File with the key of Raspberry Pi's archive; only for their kernel."""
    local: bool
    """With the local Realtime server."""
    break_with: str
    """One of variants.BREAKS; empty: whole."""
    address: str
    """Where a release will be downloaded from; empty: nobody knows yet."""
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
    parser.add_argument("--mirror", default="", metavar="ADDRESS", help="of Debian; unset: the usual one")
    parser.add_argument("--security-mirror", default="", metavar="ADDRESS", help="of its security updates")
    parser.add_argument("--past", action="store_true", help="the mirrors show a moment of the past (docs/image.md)")
    parser.add_argument("--kernel", choices=sorted(KERNELS), default="debian")
    parser.add_argument("--raspberry-pi-mirror", default="", metavar="ADDRESS", help="for --kernel raspberrypi")
    parser.add_argument("--raspberry-pi-keyring", default="", metavar="FILE", help="for --kernel raspberrypi")
    parser.add_argument("--local", action="store_true", help="with the local Realtime server (docs/image.md: its cost)")
    parser.add_argument("--break", dest="break_with", choices=sorted(BREAKS), default="", help="for tests of updates")
    parser.add_argument(
        "--address", type=_address, default="", help="https://...: where the files will be, for Raspberry Pi Imager"
    )
    parser.add_argument("--website", default="", help="for who asks Raspberry Pi Imager what this is")
    parser.add_argument("--no-release", dest="release", action="store_false", help="only .img and .raucb")
    parser.add_argument("--fresh", action="store_true", help="with today's packages")
    arguments = parser.parse_args(argv)
    if bool(arguments.mirror) != bool(arguments.security_mirror):
        parser.error("--mirror and --security-mirror go together: without the second a device would miss its mends")
    if arguments.past and not arguments.mirror:
        parser.error("--past needs --mirror and --security-mirror: the addresses of that moment")
    theirs = (arguments.mirror, arguments.raspberry_pi_mirror, arguments.raspberry_pi_keyring)
    if arguments.kernel == "raspberrypi" and not all(theirs):
        parser.error(
            "--kernel raspberrypi needs --raspberry-pi-mirror, --raspberry-pi-keyring (the key that their archive is"
            " signed with), --mirror and --security-mirror"
        )
    values = vars(arguments)
    for name in ("out", "keys", "cache"):
        values[name] = values[name].resolve()
    return Settings(**values)


def _address(text: str) -> str:
    if text and not ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as https://example.org/oyez")
    return text.rstrip("/")


def _version(text: str) -> str:
    if text and not VERSION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no version such as 1.2.3")
    return text
