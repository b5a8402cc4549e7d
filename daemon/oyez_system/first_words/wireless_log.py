"""What wpa_supplicant wrote of itself, read for the one thing that a person must mend: a wrong password. Pure."""

from collections.abc import Iterable
from typing import Literal

Wireless = Literal["unknown", "connected", "wrong_password"]
JOINED = "CTRL-EVENT-CONNECTED"
WRONG = ("reason=WRONG_KEY", "pre-shared key may be incorrect")
"""It says so when the router breaks the handshake off, which is what routers do with a wrong password."""


def read(lines: Iterable[str]) -> Wireless:
    """lines: oldest first. The last word counts."""
    found: Wireless = "unknown"
    for line in lines:
        if JOINED in line:
            found = "connected"
        elif any(sign in line for sign in WRONG):
            found = "wrong_password"
    return found


def has_route(ipv4: str, ipv6: str) -> bool:
    """Whether there is a way out of the house. ipv4, ipv6: /proc/net/route and /proc/net/ipv6_route."""
    for line in ipv4.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and fields[1] == "00000000" and fields[7] == "00000000":
            return True
    for line in ipv6.splitlines():
        fields = line.split()
        if len(fields) == 10 and fields[0] == "0" * 32 and fields[1] == "00" and fields[9] != "lo":
            return True
    return False
