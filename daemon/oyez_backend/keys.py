"""Device keys: `oyez_<id>_<secret>`. The id finds the record, the secret proves the device.

The secret has 256 bits, so its argon2id hash needs no more memory and time than a small board can spare: nobody
guesses it, and the hash keeps a copied store from being a copied key.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

PREFIX = "oyez"
_KEY = re.compile(r"oyez_([0-9a-f]{12})_([A-Za-z0-9_-]{32,128})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeviceKey:
    device_id: str
    """12 hexadecimal digits."""
    secret: str = field(repr=False)
    """At least 32 URL-safe characters."""

    def reveal(self) -> str:
        """The whole key, to be shown once to the person who installs it."""
        return f"{PREFIX}_{self.device_id}_{self.secret}"


def new_key() -> DeviceKey:
    return DeviceKey(secrets.token_hex(6), secrets.token_urlsafe(32))


def parse_key(text: str) -> DeviceKey | None:
    """None when `text` cannot be a device key."""
    found = _KEY.fullmatch(text)
    return DeviceKey(found[1], found[2]) if found else None


def safety_identifier(device_id: str) -> str:
    """What the upstream may know of a device: stable, and no way back to a household."""
    return hashlib.sha256(f"oyez device {device_id}".encode()).hexdigest()
