"""What is wrong with [wifi], [system] and [secrets], in words for people. Pure. No secret is ever shown."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from oyez.config import Config, HttpCall
from oyez.mistake import Mistake, hint
from oyez_system.first_boot.settings import Network, System, Wifi

FIXED_SECRETS = ("device_key", "mqtt_password", "mqtt_client_key", "local_key", "home_assistant_token")
HARMLESS = ("ssid", "ssid_hex", "country", "security")
SHORTEST_SECRET = 4
"""What is shorter would be found in every sentence."""
LARGEST_SECRET = 16 * 1024
_HEX_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_HEX_NAME = re.compile(r"([0-9A-Fa-f]{2}){1,32}")
_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}")
_SSH_KEY = re.compile(
    r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)"
    r" [A-Za-z0-9+/]{40,}={0,3}( [ -~]*)?"
)
_TOOLS_SECRET = re.compile(r"(mcp|tool)_[A-Za-z0-9_-]+")
"""It becomes the name of a file."""
REGIONS = ("Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian")
ESCAPED = 'holds a character that cannot be typed, since between " and " a \\ has a meaning of its own:'
QUOTED = "must be a text between quotes."


def untyped(wifi: Any, secrets: Any) -> Iterator[Mistake]:
    """Secrets that are no texts: found out here, because whoever tells of other values shows them."""
    if isinstance(wifi, dict):
        if not isinstance(wifi.get("password", ""), str):
            yield Mistake("wifi.password", QUOTED)
        networks = wifi.get("networks")
        for number, one in enumerate(networks if isinstance(networks, list) else []):
            if isinstance(one, dict) and not isinstance(one.get("password", ""), str):
                yield Mistake(f"wifi.networks[{number}].password", QUOTED)
    if isinstance(secrets, dict):
        for name, value in secrets.items():
            if not isinstance(value, str):
                yield Mistake(f"secrets.{name}", QUOTED)
    elif secrets is not None:
        yield Mistake("secrets", "must be a table, [secrets], with a line for each secret.")


def may_be_secret(ours: dict[str, Any]) -> Iterator[str]:
    """Every text in these tables that is not surely harmless, the longest first."""
    found = set(_texts({name: ours[name] for name in ("wifi", "secrets") if name in ours}, ""))
    yield from sorted((text for text in found if len(text) >= SHORTEST_SECRET), key=len, reverse=True)


def _texts(value: Any, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _texts(below, name)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below, "")
    elif isinstance(value, str) and key not in HARMLESS:
        yield value


def wifi_mistakes(wifi: Wifi, known: Collection[bytes]) -> Iterator[Mistake]:
    """known: names of networks whose passwords are on the device."""
    if wifi.country and not re.fullmatch(r"[A-Za-z]{2}", wifi.country):
        yield Mistake("wifi.country", "must be the two letters of the country, such as DE, GB or US.")
    places = ["wifi"] if wifi.ssid or wifi.ssid_hex else []
    places += [f"wifi.networks[{number}]" for number in range(len(wifi.networks))]
    if not places and (wifi.password or not wifi.country):
        yield Mistake("wifi.ssid", "is missing: it is the name of your wireless network.")
    names: list[bytes] = []
    for place, network in zip(places, wifi.all, strict=True):
        found = list(_name_mistakes(place, network))
        yield from found
        if found:
            continue
        if network.name in names:
            yield Mistake(f"{place}.ssid", "is the name of a network that stands here already.")
        names.append(network.name)
        yield from _password_mistakes(place, network, known)


def _name_mistakes(at: str, network: Network) -> Iterator[Mistake]:
    if network.ssid_hex:
        if not _HEX_NAME.fullmatch(network.ssid_hex):
            yield Mistake(f"{at}.ssid_hex", "must be 2 to 64 hexadecimal digits, two for each byte of the name.")
        if network.ssid:
            yield Mistake(f"{at}.ssid_hex", "stands beside ssid: leave one of them out.")
    elif not network.ssid:
        yield Mistake(f"{at}.ssid", "is missing: it is the name of your wireless network.")
    elif len(network.ssid.encode()) > 32:
        yield Mistake(f"{at}.ssid", f"has {len(network.ssid.encode())} bytes; a network's name has 32 at most.")


def _password_mistakes(at: str, network: Network, known: Collection[bytes]) -> Iterator[Mistake]:
    password, where = network.password, f"{at}.password"
    if network.security == "open":
        if password:
            yield Mistake(where, 'stands beside security = "open", which needs none: leave one of them out.')
    elif not password:
        if network.name not in known:
            yield Mistake(where, 'is missing. For a network without a password write security = "open".')
    elif any(character < " " for character in password):
        yield Mistake(where, f"{ESCAPED} write the password between ' and ' instead.")
    elif not all(" " <= character <= "~" for character in password):
        yield Mistake(where, "holds a character that no Wi-Fi password can: only plain letters, digits and signs can.")
    elif network.security == "wpa2" and not 8 <= len(password) <= 63 and not _HEX_KEY.fullmatch(password):
        yield Mistake(where, f"has {len(password)} characters; a Wi-Fi password has 8 to 63.")
    elif len(password) > 128:
        yield Mistake(where, f"has {len(password)} characters: more than 128 are not taken.")


def system_mistakes(system: System, is_zone: Callable[[str], bool]) -> Iterator[Mistake]:
    """is_zone: whether this device knows a time zone of that name."""
    if not _HOSTNAME.fullmatch(system.hostname):
        yield Mistake("system.hostname", "must be 1 to 63 letters, digits and -, without a - at its ends.")
    if not _ZONE.fullmatch(system.time_zone) or not is_zone(system.time_zone):
        meant = [zone for zone in _zones_of(system.time_zone) if is_zone(zone)] or ["Europe/Berlin"]
        such_as = f'write it like "{meant[0]}"'
        yield Mistake("system.time_zone", f"is {system.time_zone[:40]!r}, which is no time zone: {such_as}.")
    for number, key in enumerate(system.ssh_keys):
        if not _SSH_KEY.fullmatch(key.strip()):
            yield Mistake(
                f"system.ssh_keys[{number}]",
                "is no public key: one line that begins with ssh-ed25519 or ssh-rsa, from a file that ends in .pub.",
            )


def _zones_of(city: str) -> Iterator[str]:
    """As zones with a town of that name would be called."""
    name = city.strip().title().replace(" ", "_")
    if re.fullmatch(r"[A-Za-z_-]+", name):
        yield from (f"{region}/{name}" for region in REGIONS)


def secret_mistakes(secrets: dict[str, str], config: Config | None) -> Iterator[Mistake]:
    """config: of the daemon, which names the secrets of its tools; None: it is wrong, so they are not known."""
    known = names_of(config) if config is not None else ()
    for name, value in secrets.items():
        where = f"secrets.{name}"
        if name not in (*FIXED_SECRETS, *known) and (config is not None or not _TOOLS_SECRET.fullmatch(name)):
            yield Mistake(where, f"is unknown.{hint(name, (*FIXED_SECRETS, *known))}")
        elif len(value.encode("utf-8", "replace")) > LARGEST_SECRET:
            yield Mistake(where, f"is longer than {LARGEST_SECRET} bytes and is surely no secret.")
        elif name != "mqtt_client_key" and not value.strip().isprintable():
            yield Mistake(where, "must stand on one line, without control characters.")
        elif name == "device_key" and len(value.split()) > 1:
            yield Mistake(where, "has a blank in it: only the word that begins with oyez_ belongs between the quotes.")


def names_of(config: Config) -> tuple[str, ...]:
    """Credentials of tools, as the daemon looks for them."""
    tools = [
        f"tool_{tool.name}_{header}".lower().replace("-", "_")
        for tool in config.tools
        if isinstance(tool, HttpCall)
        for header in tool.header_files
    ]
    return (*tools, *(f"mcp_{server.label}" for server in config.mcp))
