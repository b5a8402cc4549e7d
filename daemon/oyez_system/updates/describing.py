"""release.json of a bundle, for whoever publishes it. Pure but for the file."""

import hashlib
from pathlib import Path

import msgspec

from oyez_system.updates import refusal
from oyez_system.updates.release import Release


def describe(
    bundle: Path, version: str, *, notes_url: str = "", min_version: str = "", security: bool = False
) -> bytes:
    """To be laid beside the bundle. Raises Refused when it cannot be read, or what is said of it cannot be."""
    try:
        with bundle.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = bundle.stat().st_size
    except OSError as error:
        raise refusal.no_file(str(bundle), error.strerror or str(error)) from None
    release = Release(
        version, bundle.name, size, digest, f"Oyez {version}", notes_url, min_version=min_version, security=security
    )
    raw = msgspec.json.format(msgspec.json.encode(release), indent=2) + b"\n"
    try:
        msgspec.json.decode(raw, type=Release)
    except msgspec.ValidationError as error:
        raise refusal.no_release(bundle.name, str(error)) from None
    return raw
