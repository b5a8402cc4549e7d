"""What stands beside a release: the list that Raspberry Pi Imager reads, and the notes. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

DEVICES = {
    "Raspberry Pi 4": "pi4-64bit",
    "Raspberry Pi 3": "pi3-64bit",
    "Raspberry Pi Zero 2 W": "pi3-64bit",
}
"""Name -> tag, as in the list of Raspberry Pi's own systems."""
SUMMARY = "A voice appliance: wake word on the device, conversation, home automation over MQTT"


@dataclass(frozen=True, slots=True)
class Release:
    version: str
    epoch_s: int
    address: str
    """Where the files will be, https://... without a slash at the end."""
    website: str
    image: str
    """Name of the .img.xz."""
    image_bytes: int
    image_sha256: str
    packed_bytes: int
    packed_sha256: str

    @property
    def date(self) -> str:
        return datetime.fromtimestamp(self.epoch_s, UTC).strftime("%Y-%m-%d")


def os_list(release: Release) -> dict[str, Any]:
    """For `rpi-imager --repo ADDRESS/os_list.json` (raspberrypi/rpi-imager, doc/json-schema/os-list-schema.json)."""
    icon = f"{release.address}/oyez.svg"
    return {
        "imager": {
            "devices": [
                {
                    "name": name,
                    "description": f"Models that run a 64-bit system: {name}",
                    "icon": icon,
                    "tags": [tag],
                    "matching_type": "exclusive",
                    "architecture": "armv8",
                }
                for name, tag in DEVICES.items()
            ]
        },
        "os_list": [
            {
                "name": f"Oyez {release.version}",
                "description": SUMMARY,
                "icon": icon,
                "url": f"{release.address}/{release.image}",
                "website": release.website,
                "release_date": release.date,
                "extract_size": release.image_bytes,
                "extract_sha256": release.image_sha256,
                "image_download_size": release.packed_bytes,
                "image_download_sha256": release.packed_sha256,
                "bmap_url": f"{release.address}/{release.image.removesuffix('.xz')}.bmap",
                "devices": sorted(set(DEVICES.values())),
                # One file on the FAT, cmdline.txt left alone: U-Boot reads no cmdline.txt.
                "init_format": "rpi-preseed",
                "architecture": "armv8",
                "capabilities": [],
            }
        ],
    }


def notes(changelog: str, version: str) -> str:
    """The part of CHANGELOG.md that is about the version; of what is not released yet, where there is none."""
    parts = re.split(r"^## \[([^]]+)\][^\n]*\n", changelog, flags=re.MULTILINE)
    chapters = dict(zip(parts[1::2], parts[2::2], strict=True))
    text = chapters.get(version, chapters.get("Unreleased", "")).strip()
    return f"# Oyez {version}\n\n{text}\n"
