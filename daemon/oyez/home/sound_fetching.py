"""Gets the bytes of a sound: over HTTP from a host that may be fetched from, or from the device's own folder."""

import asyncio
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import httpx

from oyez.home.sound_source import host_is_allowed

LARGEST_BYTES = 20_000_000
FETCH_S = 15.0
MOST_REDIRECTS = 3


class CannotFetch(Exception):
    """A sentence for whoever ordered it. It names no address: one may hold a key."""


async def fetch(http: httpx.AsyncClient, address: str, allowed: Sequence[str]) -> bytes:
    """allowed: hosts, as `host_is_allowed` takes them; each redirect is held to them too. Raises CannotFetch."""
    try:
        async with asyncio.timeout(FETCH_S):
            url = httpx.URL(address)
            for _ in range(MOST_REDIRECTS + 1):
                _check(url, allowed)
                found = await _request(http, url)
                if isinstance(found, bytes):
                    return found
                url = found
    except TimeoutError:
        raise CannotFetch(f"It was not fetched within {FETCH_S:g} s.") from None
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: of names that no host can have
        raise CannotFetch(f"The address cannot be understood: {error}") from None
    except httpx.HTTPError as error:
        raise CannotFetch(f"It cannot be fetched from {_host(url)}: {error or type(error).__name__}.") from None
    raise CannotFetch(f"The address leads on and on: more than {MOST_REDIRECTS} redirects.")


def _check(url: httpx.URL, allowed: Sequence[str]) -> None:
    if url.scheme not in ("http", "https"):
        raise CannotFetch("Only http:// and https:// are fetched from.")
    if url.port is not None and not 0 < url.port < 1 << 16:
        raise CannotFetch("The address holds a port that is none.")
    if url.userinfo:
        raise CannotFetch("The address holds a name or password: leave it out.")
    if not host_is_allowed(_host(url), allowed):
        raise CannotFetch(f"{_host(url) or 'No host'} is no host that home.announce_from allows.")


def _host(url: httpx.URL) -> str:
    """As it is asked for: of other alphabets the form in ASCII."""
    return url.raw_host.decode("ascii")


async def _request(http: httpx.AsyncClient, url: httpx.URL) -> bytes | httpx.URL:
    """The body, or where it leads on."""
    # What is packed could unfold to any size, and sound is packed already.
    plain = {"Accept": "audio/*, */*;q=0.5", "Accept-Encoding": "identity"}
    async with http.stream("GET", url, headers=plain, follow_redirects=False) as response:
        if response.has_redirect_location:
            return url.join(response.headers["location"])
        if response.status_code != 200:
            raise CannotFetch(f"{_host(url)} answered {response.status_code}.")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise CannotFetch(f"{_host(url)} sent it packed, though it was asked not to.")
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > LARGEST_BYTES:
                raise CannotFetch(_too_large())
        return bytes(body)


def read(folder: str, name: str) -> bytes:
    """For a worker thread. folder: home.audio_folder. A link may lead only to within it. Raises CannotFetch."""
    if not folder:
        raise CannotFetch("home.audio_folder is not configured, so no file can be named.")
    try:
        inside = Path(folder).resolve(strict=True)
        path = (inside / name).resolve(strict=True)
        if not path.is_relative_to(inside):
            raise CannotFetch(f"{name!r} leads out of home.audio_folder.")
        # A pipe would never be opened, and another link may be put there in the meantime.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise CannotFetch(f"{name!r} is no file.")
            data = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise CannotFetch(f"{name!r} in home.audio_folder cannot be read: {why}.") from None
    if len(data) > LARGEST_BYTES:
        raise CannotFetch(_too_large())
    return data


def _too_large() -> str:
    return f"It is larger than {LARGEST_BYTES // 1_000_000} MB."
