"""The shell that fetches: release.json, and bundles, in as many pieces as the line leaves them in."""

import errno
import hashlib
import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import httpx
import msgspec

from oyez.backoff import delays
from oyez_system.updates import net_words, refusal
from oyez_system.updates.pace import Pace
from oyez_system.updates.partial import Partial, asking, begun, describes_another, place
from oyez_system.updates.places import kept, make_room, write
from oyez_system.updates.refusal import Refused
from oyez_system.updates.release import LARGEST_BYTES, Release, decode

TIMEOUT_S = 30.0
REDIRECTS = 3
TRIES = 6
"""In vain, one after the other; each byte that comes begins anew."""
FIRST_S, LONGEST_S = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Clocks:
    """So that a test need not wait."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    now: Callable[[], datetime]


class Fetcher:
    """Methods block. They raise Refused, and nothing else that the line or the disk can bring about."""

    def __init__(self, clocks: Clocks, rng: Random, *, ca_file: str, allow_http: bool) -> None:
        self._clocks, self._rng, self._allow_http = clocks, rng, allow_http
        self._client = _client(ca_file, allow_http)

    def close(self) -> None:
        self._client.close()

    def release(self, url: str) -> Release:
        raw = b""
        with self._errors(url), self._client.stream("GET", url, headers={"cache-control": "no-cache"}) as answer:
            self._judge(answer, url)
            for piece in answer.iter_bytes():
                raw += piece
                if len(raw) > LARGEST_BYTES:
                    break
        return decode(raw, url, allow_http=self._allow_http)

    def bundle(self, release: Release, folder: Path, pace: Pace, progress: Callable[[float], None]) -> Path:
        """The whole file, as release.json describes it. What was fetched of it before is not fetched again.
        progress: gets 0 to 1."""
        download = _Download(release, folder)
        make_room(folder, release.size - download.have)
        waits, vain = delays(self._rng, FIRST_S, LONGEST_S), 0
        while download.have < release.size:
            before, why = download.have, "it ended the download"
            try:
                self._piece(download, pace, progress)
            except Refused as error:
                if error.kind != "server_away":
                    raise
                why = error.why
            if download.have > before:
                waits, vain = delays(self._rng, FIRST_S, LONGEST_S), 0
            elif (vain := vain + 1) >= TRIES:
                raise refusal.truncated(_host(release.bundle), download.have, release.size, why)
            if download.have < release.size:
                self._clocks.sleep(next(waits))
        return download.whole()

    def _piece(self, download: "_Download", pace: Pace, progress: Callable[[float], None]) -> None:
        """One request, and all that comes of it."""
        release = download.release
        headers = asking(download.partial, download.have, release.bundle)
        with self._errors(release.bundle), self._client.stream("GET", release.bundle, headers=headers) as answer:
            self._judge(answer, release.bundle)
            if not download.begin(answer):
                return
            # As it comes: what would wait for a full piece is lost when the line is cut.
            for piece in answer.iter_raw():
                download.take(piece)
                progress(download.have / release.size)
                self._clocks.sleep(pace.wait_s(len(piece), self._clocks.monotonic()))

    def _judge(self, answer: httpx.Response, url: str) -> None:
        if not self._allow_http and answer.url.scheme != "https":
            raise refusal.certificate(answer.url.host, "it sends on to an address without TLS")
        if trouble := net_words.of_status(answer.status_code, url, answer.url.host):
            raise trouble

    @contextmanager
    def _errors(self, url: str) -> Iterator[None]:
        try:
            yield
        except httpx.HTTPError as error:
            raise net_words.of_error(error, _host(url), f"{self._clocks.now():%Y-%m-%d %H:%M}") from None
        except httpx.InvalidURL as error:
            raise refusal.no_release(url, str(error)) from None


class _Download:
    """A file that grows, and beside it what it is a part of."""

    def __init__(self, release: Release, folder: Path) -> None:
        self.release = release
        self._path, self._facts = folder / "bundle.part", folder / "bundle.json"
        known = kept(self._facts, Partial)
        fits = known is not None and known.is_of(release)
        self.partial = known if known is not None and fits else begun(release, {})
        self.have = self._size() if fits else 0
        if self.have > release.size:
            self.have = 0

    def begin(self, answer: httpx.Response) -> bool:
        """Whether its body belongs into the file."""
        headers = {name.lower(): value for name, value in answer.headers.items()}
        if describes_another(answer.status_code, headers, self.release.size):
            raise refusal.another_file(self.release.bundle)
        at = place(answer.status_code, headers, self.have, self.release.size)
        self.have = at or 0
        if at is None:
            return False
        if at == 0:
            self._path.unlink(missing_ok=True)
        self.partial = begun(self.release, headers)
        write(self._facts, msgspec.json.encode(self.partial))
        return True

    def take(self, piece: bytes) -> None:
        """Raises Refused when there is no room, or more comes than was described."""
        if self.have + len(piece) > self.release.size:
            self._forget()
            raise refusal.damaged()
        try:
            with self._path.open("ab") as file:
                file.write(piece)
        except OSError as error:
            self._forget()
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise refusal.no_room(-(-self.release.size >> 20), 0) from None
            raise refusal.storage(str(self._path), error.strerror or str(error)) from None
        self.have += len(piece)

    def whole(self) -> Path:
        """It is on the disk and is what was described."""
        try:
            with self._path.open("rb") as file:
                os.fsync(file.fileno())
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise refusal.storage(str(self._path), error.strerror or str(error)) from None
        if digest != self.release.sha256:
            self._forget()
            raise refusal.damaged()
        return self._path

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def _forget(self) -> None:
        self._path.unlink(missing_ok=True)
        self._facts.unlink(missing_ok=True)
        self.have = 0


def _client(ca_file: str, allow_http: bool) -> httpx.Client:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise refusal.certificate(ca_file, f"the file cannot be used: {error.strerror or error}") from None
    return httpx.Client(verify=context, timeout=TIMEOUT_S, follow_redirects=True, max_redirects=REDIRECTS)


def _host(url: str) -> str:
    return httpx.URL(url).host or url
