"""What a handshake may carry: a key or token in `Authorization: Bearer ...`, and headers of the caller's. Pure."""

import re
from collections.abc import Mapping

_SENDABLE = re.compile(r"[!-~]+", re.ASCII)

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"[!-~]+(?:[ \t]+[!-~]+)*", re.ASCII)

UNSENDABLE = (
    "it has blanks, line ends or letters outside ASCII, which no header carries: read it again, whole and "
    "without the line end of its file"
)


def is_sendable(secret: object) -> bool:
    """False: HTTP cannot carry it, and whoever tried would quote it in an error."""
    return isinstance(secret, str) and _SENDABLE.fullmatch(secret) is not None


def check_headers(headers: Mapping[str, str]) -> None:
    """Raises ValueError with the name of the header that cannot be sent, and never with its value."""
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a header")
        if name.lower() == "authorization":
            raise ValueError("the header Authorization is made of the token; give that to connect()")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise ValueError(f"the value of the header {name} has line ends or letters outside ASCII; mend it")
