"""A key or token on its way into `Authorization: Bearer ...`. Pure."""

import re

_SENDABLE = re.compile(r"[!-~]+", re.ASCII)

UNSENDABLE = (
    "it has blanks, line ends or letters outside ASCII, which no header carries: read it again, whole and "
    "without the line end of its file"
)


def is_sendable(secret: object) -> bool:
    """False: HTTP cannot carry it, and whoever tried would quote it in an error."""
    return isinstance(secret, str) and _SENDABLE.fullmatch(secret) is not None
