"""A device's card below a folder of the test."""

import errno
from dataclasses import dataclass, field
from pathlib import Path

from oyez_system.card.card import Card
from oyez_system.card.places import Places
from oyez_system.first_boot.command import Surroundings, first_boot

GOOD = """# The kitchen's.
[device]
id = "kitchen"   # in every topic
name = "Kitchen"

[board]
name = "respeaker-2mic-v1"

# At home
[wifi]
ssid = "Nest"
password = "correct horse"   # of the router
country = "DE"

[[wifi.networks]]
ssid = "Grandma's"
password = "battery staple"

[system]
hostname = "kitchen"
time_zone = "Europe/Berlin"
ssh_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexampleexampleexampleexample alice@laptop"]

[secrets]
device_key = "oyez_kitchen_0123456789abcdef"
mqtt_password = "rabbit"
mcp_shop = "shop-token"

# The broker
[home]
host = "broker.local"
username = "kitchen"
# password was rabbit, too

[[mcp]]
label = "shop"
url = "https://shop.example/mcp"
allowed_tools = ["list"]

# New versions
[updates]
source = "https://updates.local/release.json"   # ours
automatic = "security"
# not rabbit's
"""
SECRETS = ("correct horse", "battery staple", "oyez_kitchen_0123456789abcdef", "rabbit", "shop-token")


class PowerCut(Exception):
    """Nothing more is done."""


class DoomedCard(Card):
    """The power is cut in front of the step with this number."""

    def __init__(self, cut_at: int | None = None) -> None:
        super().__init__(self._count)
        self.steps, self._cut_at = 0, cut_at

    def _count(self) -> None:
        if self.steps == self._cut_at:
            raise PowerCut
        self.steps += 1


class FullCard(Card):
    """Its data partition has room for so many steps; the boot partition has room for what is written last."""

    def __init__(self, room: int) -> None:
        super().__init__(self._count)
        self._room = room

    def _count(self) -> None:
        self._room -= 1
        if self._room == -1:
            raise OSError(errno.ENOSPC, "No space left on device")


@dataclass
class Device:
    root: Path
    said: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    """To systemd."""

    def __post_init__(self) -> None:
        self.places = Places.below(self.root)
        self.places.boot.mkdir(parents=True, exist_ok=True)
        self.places.data.mkdir(exist_ok=True)
        for overlay in ("wm8960-soundcard", "rpi-codeczero"):
            path = self.places.boot / "overlays" / f"{overlay}.dtbo"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"\xd0\x0d\xfe\xed")
        self.flashed = self.on_boot()
        for zone in ("Europe/Berlin", "UTC"):
            path = self.places.zones / zone
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"TZif2")

    def start(self, card: Card | None = None) -> int:
        here = Surroundings(self.places, card or Card(), lambda name, places: self.said.append(name), self._order)
        return first_boot(here)

    def _order(self, *words: str) -> None:
        self.orders.append(" ".join(words))

    @property
    def restarts(self) -> int:
        return self.orders.count("reboot")

    def lay(self, text: str, name: str = "oyez.toml") -> None:
        (self.places.boot / name).write_text(text)

    def kept(self) -> dict[str, bytes | str]:
        """All that is kept: path below /data -> bytes, or where a link leads."""
        return _tree(self.places.data)

    def on_boot(self) -> dict[str, bytes | str]:
        return _tree(self.places.boot)

    def all_bytes(self) -> bytes:
        return b"\n".join(value for value in self.on_boot().values() if isinstance(value, bytes))


def _tree(folder: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.is_file():
            found[name] = path.read_bytes()
    return found
