"""The networks that wpa_supplicant is told of. Pure: what is known -> its file, and back.

Of a WPA2 password only the key that is made of it is kept: it opens this one network and nothing else. WPA3 (SAE) works
with the password itself, so that one must be kept as it is.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oyez_system.first_boot.settings import Network, Security

_HEX_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_BLOCK = re.compile(r"^network=\{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^\t(\w+)=(.*)$", re.MULTILINE)
HEAD = """# Written by Oyez from oyez.toml. What is changed here is lost when the next one is taken in.
ctrl_interface=DIR=/run/wpa_supplicant
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A network as it stands in the file."""

    name: bytes
    security: Security
    key: str = ""
    """wpa2: 64 hexadecimal digits; wpa3: the password, in hexadecimal digits."""
    hidden: bool = False

    def __repr__(self) -> str:
        return f"Kept(name={self.name!r}, security={self.security!r})"


def kept(network: Network, before: Mapping[bytes, Kept]) -> Kept:
    """before: what was kept until now, by name; a network without a password takes its key from there."""
    name, password = network.name, network.password
    if network.security == "open":
        return Kept(name, "open", hidden=network.hidden)
    if not password:
        old = before[name]
        return Kept(name, old.security, old.key, network.hidden)
    if network.security == "wpa3":
        return Kept(name, "wpa3", password.encode("ascii").hex(), network.hidden)
    derived = password.lower() if _HEX_KEY.fullmatch(password) else _derived(password, name)
    return Kept(name, "wpa2", derived, network.hidden)


def text(country: str, networks: Iterable[Kept]) -> str:
    """Names and keys are hexadecimal digits, so that no sign in them can mean anything else."""
    blocks = "".join(f"\nnetwork={{\n{_lines(one, place)}}}\n" for place, one in enumerate(networks))
    return f"{HEAD}{f'country={country.upper()}' + chr(10) if country else ''}{blocks}"


def networks_in(written: str) -> dict[bytes, Kept]:
    """By name, of a file that `text` made; of any other what is understood."""
    found = {}
    for block in _BLOCK.findall(written):
        lines = dict(_LINE.findall(block))
        if not re.fullmatch(r"([0-9a-f]{2}){1,32}", lines.get("ssid", "")):
            continue
        name, hidden = bytes.fromhex(lines["ssid"]), lines.get("scan_ssid") == "1"
        if lines.get("key_mgmt") == "NONE":
            found[name] = Kept(name, "open", hidden=hidden)
        elif lines.get("key_mgmt") == "SAE":
            found[name] = Kept(name, "wpa3", lines.get("sae_password", ""), hidden)
        else:
            found[name] = Kept(name, "wpa2", lines.get("psk", ""), hidden)
    return found


def _lines(one: Kept, place: int) -> str:
    lines = [f"ssid={one.name.hex()}"]
    if one.hidden:
        lines.append("scan_ssid=1")
    lines += {
        "open": ["key_mgmt=NONE"],
        "wpa2": ["key_mgmt=WPA-PSK", f"psk={one.key}"],
        "wpa3": ["key_mgmt=SAE", "ieee80211w=2", f"sae_password={one.key}"],
    }[one.security]
    lines.append(f"priority={max(0, 100 - place)}")
    return "".join(f"\t{line}\n" for line in lines)


def _derived(password: str, name: bytes) -> str:
    """As IEEE 802.11 has it."""
    return hashlib.pbkdf2_hmac("sha1", password.encode("ascii"), name, 4096, 32).hex()
