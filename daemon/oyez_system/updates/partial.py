"""A download that may go on where it was cut off: what is asked for, and what an answer means. Pure.

Whether the parts fit together is not believed but checked, over the whole, by SHA-256; what is here only spares time.
"""

import re
from collections.abc import Mapping

import msgspec

from oyez_system.updates.release import Release

_RANGE = re.compile(r"^bytes (\d+)-(\d+)/(\d+|\*)$")


class Partial(msgspec.Struct, frozen=True):
    """What a half-fetched file is a half of; kept beside it."""

    bundle: str
    size: int
    sha256: str
    etag: str = ""
    last_modified: str = ""

    def is_of(self, release: Release) -> bool:
        return (self.size, self.sha256) == (release.size, release.sha256)


def begun(release: Release, headers: Mapping[str, str]) -> Partial:
    """headers: of the answer that the file begins with, their names in small letters."""
    return Partial(
        release.bundle, release.size, release.sha256, headers.get("etag", ""), headers.get("last-modified", "")
    )


def asking(partial: Partial, have: int, url: str) -> dict[str, str]:
    """Headers of the request. have: bytes of the file that are here."""
    headers = {"accept-encoding": "identity"}
    if 0 < have < partial.size:
        headers["range"] = f"bytes={have}-"
        if proof := _proof(partial, url):
            headers["if-range"] = proof
    return headers


def _proof(partial: Partial, url: str) -> str:
    """By which the server knows whether its file is still the one that ours is a half of. A weak ETag proves nothing
    of bytes (RFC 9110, 13.1.5), and one of another address nothing at all."""
    if partial.bundle != url:
        return ""
    return partial.last_modified if partial.etag.startswith("W/") or not partial.etag else partial.etag


def describes_another(status: int, headers: Mapping[str, str], size: int) -> bool:
    """The server's file is not of the size that release.json says."""
    found = _RANGE.match(headers.get("content-range", ""))
    told = found[3] if status == 206 and found else headers.get("content-length", "*") if status == 200 else "*"
    return told not in ("*", str(size))


def place(status: int, headers: Mapping[str, str], have: int, size: int) -> int | None:
    """Where the body of this answer belongs in the file: `have`, or 0 to begin anew. None: nowhere, ask again for all
    of it. status: 200, 206 or 416."""
    if status == 200:
        return 0
    found = _RANGE.match(headers.get("content-range", ""))
    if status != 206 or found is None:
        return None
    return have if int(found[1]) == have and int(found[2]) < size else None
