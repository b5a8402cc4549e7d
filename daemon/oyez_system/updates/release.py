"""release.json, by which a server says what there is; and whether to take it. Pure."""

from collections.abc import Container
from typing import Annotated, Literal
from urllib.parse import urljoin

import httpx
import msgspec
from msgspec import Meta

from oyez.update_file import Version
from oyez_system.updates import refusal
from oyez_system.updates.refusal import Refused
from oyez_system.updates.versions import newer, same

LARGEST_BYTES = 64 * 1024


class Release(msgspec.Struct, frozen=True):
    """As it stands on the server. What is unknown in it is for later versions."""

    version: Version
    bundle: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^\S+$")]
    """Where the bundle is: an address, or one beside release.json."""
    size: Annotated[int, Meta(ge=1, le=1 << 32)]
    """Of the bundle, in bytes."""
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    title: Annotated[str, Meta(max_length=255)] = "Oyez"
    notes_url: Annotated[str, Meta(max_length=255, pattern=r"^(https?://\S+)?$")] = ""
    """What is new, for people."""
    min_version: Annotated[str, Meta(max_length=64, pattern=r"^([A-Za-z0-9][A-Za-z0-9.+~_-]*)?$")] = ""
    """The oldest version from which one comes to this one in one step; empty: any."""
    security: bool = False
    """It mends a danger."""


def decode(raw: bytes, url: str, *, allow_http: bool) -> Release:
    """url: of release.json; `bundle` becomes a whole address. Raises Refused."""
    if len(raw) > LARGEST_BYTES:
        raise refusal.no_release(url, "it is larger than 64 kB")
    try:
        release = msgspec.json.decode(raw, type=Release)
        bundle = urljoin(url, release.bundle)
        host = httpx.URL(bundle).host
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, httpx.InvalidURL) as error:
        raise refusal.no_release(url, str(error)) from None
    if not host or not bundle.startswith(("https://", "http://") if allow_http else "https://"):
        raise refusal.no_release(url, f"its bundle is at {bundle[:60]}, and only https:// is taken")
    return msgspec.structs.replace(release, bundle=bundle)


def whether_to_install(version: str, installed: str, *, min_version: str = "", allow_downgrade: bool) -> Refused | None:
    """Why not; None: it may be."""
    if same(version, installed):
        return refusal.same_version(version)
    if not newer(version, installed) and not allow_downgrade:
        return refusal.downgrade(version, installed)
    if min_version and newer(min_version, installed):
        return refusal.too_old(version, min_version, installed)
    return None


def by_itself(release: Release, automatic: bool | Literal["security"], barred: Container[str]) -> bool:
    """Nobody asked for it: is it to be installed nevertheless?"""
    wanted = release.security if automatic == "security" else automatic
    return wanted and release.version not in barred
