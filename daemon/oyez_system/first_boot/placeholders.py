"""What stands in the example on the card in the place of the user's own words, and was left there. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from oyez.mistake import Mistake

STILL = "is still the example's:"
SSIDS = ("Name of your Wi-Fi", "Name of another Wi-Fi")
PASSWORDS = ("Password of your Wi-Fi", "Password of another Wi-Fi", "my wifi password", "another password")
BROKERS_PASSWORDS = ("Password at your broker", "my mqtt password")
SSH_KEY = "DoNotUseThisKey"
DOMAINS = ("example.org", "example.com", "example.net")
"""Nobody's (RFC 2606): they stand for what the reader is to write."""
ADDRESSES = (("line", "backend_url"), ("home", "host"), ("updates", "source"))
GAP = "..."
"""No key and no token has it."""


def placeholder_mistakes(tables: dict[str, Any]) -> Iterator[Mistake]:
    """tables: all of the file, whatever is in them."""
    wifi = tables.get("wifi")
    if isinstance(wifi, dict):
        yield from _network("wifi", wifi, "A device with a cable needs no [wifi] at all.")
        networks = wifi.get("networks")
        for number, one in enumerate(networks if isinstance(networks, list) else []):
            if isinstance(one, dict):
                yield from _network(f"wifi.networks[{number}]", one, "Without another network remove all of it.")
    system = tables.get("system")
    keys = system.get("ssh_keys") if isinstance(system, dict) else None
    for number, key in enumerate(keys if isinstance(keys, list) else []):
        if SSH_KEY in str(key):
            yield Mistake(f"system.ssh_keys[{number}]", f"{STILL} write your own public key, or remove the line.")
    secrets = tables.get("secrets")
    if isinstance(secrets, dict):
        yield from _secrets(secrets)
    for table, name in ADDRESSES:
        holder = tables.get(table)
        if isinstance(holder, dict) and _is_nobodys(str(holder.get(name, ""))):
            yield Mistake(f"{table}.{name}", f"{STILL} write your own there.")


def _is_nobodys(address: str) -> bool:
    """A name, or an address on the web."""
    host = re.split(r"[/:?#]", address.rpartition("://")[2].rpartition("@")[2], maxsplit=1)[0].lower()
    return any(host == domain or host.endswith(f".{domain}") for domain in DOMAINS)


def _network(at: str, network: dict[str, Any], without: str) -> Iterator[Mistake]:
    if network.get("ssid") in SSIDS:
        yield Mistake(
            f"{at}.ssid", f"{STILL} write the name of your wireless network, as the router shows it. {without}"
        )
    if network.get("password") in PASSWORDS:
        yield Mistake(f"{at}.password", f"{STILL} write the password of that network.")


def _secrets(secrets: dict[str, Any]) -> Iterator[Mistake]:
    told = {
        "device_key": "write what `oyez-backend device add kitchen` printed.",
        "home_assistant_token": "write the token that Home Assistant made for this device, or remove the line.",
    }
    for name, what in told.items():
        if GAP in str(secrets.get(name, "")):
            yield Mistake(f"secrets.{name}", f"{STILL} {what}")
    if secrets.get("mqtt_password") in BROKERS_PASSWORDS:
        what = "write the password that your MQTT broker has for this device, or remove the line if it wants none."
        yield Mistake("secrets.mqtt_password", f"{STILL} {what}")
