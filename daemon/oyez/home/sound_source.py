"""Where a sound that is to be announced may come from: an address, or the name of a file of the device's own. Pure."""

import re
from collections.abc import Iterable

LONGEST_ADDRESS = 2000
LONGEST_NAME = 128
WEB = ("http://", "https://")


class BadSource(Exception):
    """A sentence for whoever named it."""


def is_address(source: str) -> bool:
    return source.lower().startswith(WEB)


def checked(source: object) -> str:
    """What can be an address or a name; whether there is such a thing is found out later. Raises BadSource."""
    if not isinstance(source, str) or not source.strip():
        raise BadSource('name a sound: an address ("https://...") or a file in home.audio_folder.')
    source = source.strip()
    if any(not character.isprintable() for character in source):
        raise BadSource("the source holds characters that cannot be printed.")
    if is_address(source):
        return _checked_address(source)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", source):
        raise BadSource("only http:// and https:// are fetched from.")
    return _checked_name(source)


def _checked_address(address: str) -> str:
    if len(address) > LONGEST_ADDRESS:
        raise BadSource(f"the address has {len(address)} characters, more than {LONGEST_ADDRESS}.")
    if " " in address:
        raise BadSource("the address holds spaces: write them as %20.")
    return address


def _checked_name(name: str) -> str:
    if len(name) > LONGEST_NAME:
        raise BadSource(f"the file's name has {len(name)} characters, more than {LONGEST_NAME}.")
    if "/" in name or "\\" in name or name.startswith("."):
        raise BadSource(
            "a file is called by its name alone, without a path or a leading dot: it lies in home.audio_folder."
        )
    return name


def host_is_allowed(host: str, patterns: Iterable[str]) -> bool:
    """`*` stands for any part of a name, and letters are alike small and large. No host is none."""
    host = host.lower().rstrip(".")
    return bool(host) and any(re.fullmatch(_expression(pattern), host) for pattern in patterns)


def _expression(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.lower().split("*"))
