"""Hides what a household would not show to strangers. Pure but for `wireless_names`, which reads two kinds of files.

What is hidden: addresses of networks, of cards and of people, home folders, the words that are given, and in secrets
any length. A report is hidden as a whole, its own words included, just before it is written.
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

ADDRESS, MAC, MAIL, PERSON, NAME = "[address]", "[mac]", "[mail]", "[person]", "[name]"
SECRET = "***"
OWN_WORDS = frozenset(
    ("oyez", "mqtt", "home", "device", "localhost", "root", "raspberrypi", "homeassistant", "microphone", "loudspeaker")
)
"""Names that tell nothing, and stand in our own sentences."""

_V4 = re.compile(r"(?<![\d.])(?!127\.)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)")
_MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
_V6 = re.compile(
    r"(?<![\w:])(?!::1(?![0-9A-Fa-f:]))(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){7})[0-9A-Fa-f:]{3,}(?:%\w+)?"
)
"""Whatever has two colons side by side or seven of them; the loopback is left."""
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_HOME = re.compile(r"(?<=/home/)[^/\s'\":]+")
_URL = re.compile(r"(?<=://)[^\s/'\")]+")
_QUERY = re.compile(r"(://[^\s?'\")]*\?)[^\s'\")]+")
"""Behind the question mark of an address: keys, as often as not."""
_LOOPBACK = re.compile(r"^(?:127(?:\.\d+){3}|localhost|\[::1\])(?::\d+)?$")


_KEYS = r"ssid|id|psk|password|sae_password|wep-key\d"


class Redaction:
    """Call it with a text."""

    def __init__(self, names: Collection[str] = (), secrets: Collection[str] = ()) -> None:
        """names: of hosts, networks, people and devices. secrets: hidden wherever they stand, even within words."""
        self._secrets = sorted({one for one in secrets if one}, key=len, reverse=True)
        kept = {one for one in names if one and one.lower() not in OWN_WORDS and not _LOOPBACK.match(one)}
        self._names = [
            re.compile(rf"(?<!\w){re.escape(one)}(?!\w)" if len(one) < 4 else re.escape(one), re.IGNORECASE)
            for one in sorted(kept, key=len, reverse=True)
        ]

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        for name in self._names:
            text = name.sub(NAME, text)
        text = _QUERY.sub(rf"\1{SECRET}", text)
        text = _URL.sub(lambda found: found[0] if _LOOPBACK.match(found[0]) else ADDRESS, text)
        text = _MAC.sub(MAC, _MAIL.sub(MAIL, text))
        return _HOME.sub(PERSON, _V6.sub(ADDRESS, _V4.sub(ADDRESS, text)))


def wireless_names(root: Path) -> tuple[set[str], set[str]]:
    """(names, passwords) of the wireless networks that this machine knows."""
    names: set[str] = set()
    passwords: set[str] = set()
    files = [*root.glob("etc/NetworkManager/system-connections/*"), *root.glob("etc/wpa_supplicant/*.conf")]
    files += root.glob("run/NetworkManager/system-connections/*")
    for path in files:
        for key, value in _settings(path):
            (names if key in ("ssid", "id") else passwords).add(value)
    return names | {_escaped(name) for name in names}, passwords


def _escaped(name: str) -> str:
    """As wpa_supplicant writes it into the journal."""
    return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in name.encode())


def _settings(path: Path) -> Iterator[tuple[str, str]]:
    """In wpa_supplicant's files what stands without quotes is hexadecimal digits, and is told both ways."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return
    for found in re.finditer(rf"^\s*({_KEYS})\s*=[ \t]*(\S.*?)\s*$", text, re.MULTILINE):
        key, value = found.groups()
        quoted = len(value) > 2 and value[0] == value[-1] == '"'
        yield key, value[1:-1] if quoted else value
        if path.suffix == ".conf" and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", value):
            yield key, bytes.fromhex(value).decode("utf-8", "replace")
