"""What Raspberry Pi Imager writes (`rpi-preseed.toml`, raspberrypi/rpi-preseed) in the words of our own tables. Pure.

Imager serves many systems: what means nothing here is passed over, and told where somebody may have counted on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

UNUSED = ("connect", "ethernet", "packages", "ca_certificates", "time", "mounts", "interfaces", "boot", "runcmd")
SECURITY = {"none": "open", "owe": "owe", "wpa-psk": "wpa2", "sae": "wpa3"}
NO_LOGIN = (
    "user: there is no login with a name and a password on this device, so none was made. "
    "For SSH give a public key; the name is root."
)
NO_PASSWORDS = "ssh.password_authentication: nobody can log in with a password here, only with a public key."


@dataclass(frozen=True, slots=True)
class Preseed:
    tables: dict[str, Any]
    """`wifi` and `system`, as far as it says anything of them."""
    remarks: tuple[str, ...]
    """What is not done of it, and why."""


def understood(table: dict[str, Any]) -> Preseed:
    """Values are passed on as they are: whoever judges our own tables judges them."""
    tables: dict[str, Any] = {}
    wlan = _part(table, "wlan")
    if wlan.get("ssid") or wlan.get("ssid_hex"):
        tables["wifi"] = _wifi(wlan)
    system: dict[str, Any] = {}
    if "hostname" in _part(table, "system"):
        system["hostname"] = _part(table, "system")["hostname"]
    if "timezone" in _part(table, "locale"):
        system["time_zone"] = _part(table, "locale")["timezone"]
    ssh = _part(table, "ssh")
    if ssh.get("enabled") is not False and ssh.get("authorized_keys"):
        system["ssh_keys"] = ssh["authorized_keys"]
    if system:
        tables["system"] = system
    return Preseed(tables, tuple(_remarks(table)))


def _wifi(wlan: dict[str, Any]) -> dict[str, Any]:
    wifi = {key: wlan[key] for key in ("ssid", "ssid_hex", "password", "hidden", "country") if wlan.get(key)}
    if "ssid_hex" in wifi:
        wifi.pop("ssid", None)
    without = "wpa-psk" if wlan.get("password") else "none"
    management = wlan.get("key_mgmt", without)
    return {**wifi, "security": SECURITY.get(management, management) if isinstance(management, str) else management}


def _remarks(table: dict[str, Any]) -> Iterator[str]:
    user = _part(table, "user")
    if user.get("password") or user.get("name"):
        yield NO_LOGIN
    ssh = _part(table, "ssh")
    if ssh.get("password_authentication"):
        yield NO_PASSWORDS
    if ssh.get("enabled") and not ssh.get("authorized_keys"):
        yield "ssh.enabled: without a public key nobody could log in, so SSH stays off."
    if ssh.get("ssh_import_id"):
        yield "ssh.ssh_import_id: keys are not fetched from elsewhere; give them as ssh.authorized_keys."
    for name in UNUSED:
        if table.get(name):
            yield f"{name}: this device has no use for it."


def _part(table: dict[str, Any], name: str) -> dict[str, Any]:
    part = table.get(name)
    return part if isinstance(part, dict) else {}
