"""The tables of `oyez.toml` on the boot partition that are not the daemon's: [wifi], [system], [secrets]
and [updates].

What is wrong with their values is told by `mistakes.py`, in words for people.
"""

from typing import Literal, TypeAlias

import msgspec

from oyez.config_section import Section
from oyez_system.update_settings import Updates

Security: TypeAlias = Literal["wpa2", "wpa3", "open"]


class Network(Section, frozen=True, kw_only=True):
    """`[[wifi.networks]]`: one of several, the first that is in reach is taken."""

    ssid: str = ""
    """Its name, as the router shows it."""
    ssid_hex: str = ""
    """The name of a network that is no UTF-8 text, two hexadecimal digits a byte."""
    password: str = ""
    """8 to 63 characters, or the 64 hexadecimal digits that are made of it. Left out: as it was taken in before."""
    hidden: bool = False
    """It does not tell its name."""
    security: Security = "wpa2"
    """wpa2: WPA2, or a router that speaks WPA2 and WPA3; wpa3: one that speaks nothing else; open: without a
    password."""

    @property
    def name(self) -> bytes:
        return bytes.fromhex(self.ssid_hex) if self.ssid_hex else self.ssid.encode()


class Wifi(Network, frozen=True, kw_only=True):
    """`[wifi]`: the first network, and what holds for all of them."""

    country: str = ""
    """Two letters (ISO 3166), such as DE: which channels may be used."""
    networks: list[Network] = []  # noqa: RUF012
    """More of them."""

    @property
    def all(self) -> tuple[Network, ...]:
        first = Network(**{field: getattr(self, field) for field in Network.__struct_fields__})
        return ((first,) if self.ssid or self.ssid_hex else ()) + tuple(self.networks)


class System(Section, frozen=True, kw_only=True):
    """`[system]`."""

    hostname: str = "oyez"
    """Of the device in the network: letters, digits and -."""
    time_zone: str = "UTC"
    """Such as Europe/Berlin."""
    ssh_keys: list[str] = []  # noqa: RUF012
    """Public keys of those who may log in, as `~/.ssh/id_ed25519.pub` has them. None: SSH is off."""


Secrets: TypeAlias = dict[str, str]
"""`[secrets]`: credential -> what it is; empty: it is taken away from the device."""


class Whole(Section, frozen=True, kw_only=True):
    """What the file has beside the daemon's tables; None: the table is not there, and all stays as it is."""

    wifi: Wifi | None = None
    system: System | None = None
    updates: Updates | None = None
    secrets: Secrets = msgspec.field(default_factory=dict)


TABLES = ("wifi", "system", "secrets", "updates")
