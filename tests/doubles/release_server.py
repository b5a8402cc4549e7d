"""A release server on loopback over real HTTPS: it knows ranges and ETags, and fails as it is told to."""

import hashlib
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.doubles.certificate import expire, make_certificate

NAME = "oyez-1.1.0.raucb"


class ReleaseServer:
    """Set what it does before it is asked; see what it was asked afterwards."""

    def __init__(self, bundle: bytes) -> None:
        self.bundle, self.etag = bundle, '"first"'
        self.description = {
            "version": "1.1.0",
            "bundle": NAME,
            "size": len(bundle),
            "sha256": hashlib.sha256(bundle).hexdigest(),
            "notes_url": "https://example.org/1.1.0",
        }
        self.ranges = True
        self.cuts: list[int] = []
        """Of the next answers with the bundle: after so many bytes the connection ends."""
        self.statuses: list[int] = []
        """Of the next answers, in place of the bundle."""
        self.redirect = ""
        self.asked: list[dict[str, str]] = []
        """Headers of the requests for the bundle, their names in small letters."""
        self.given = 0
        """Bytes of the bundle that were sent."""
        self.url = ""

    @property
    def release_url(self) -> str:
        return f"{self.url}/release.json"


@contextmanager
def release_server(bundle: bytes, folder: Path | None, *, expired: bool = False) -> Iterator[ReleaseServer]:
    """folder: gets `certificate.pem`; None: without TLS."""
    server = ReleaseServer(bundle)
    http = _Quiet(("127.0.0.1", 0), _handler(server))
    if folder is not None:
        certificate, key = make_certificate(folder)
        if expired:
            expire(certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        http.socket = context.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
    server.url = f"{'https' if folder is not None else 'http'}://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not trust us hangs up: that is what some tests are about."""


def _handler(server: ReleaseServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path == "/release.json":
                self._send(200, json.dumps(server.description).encode(), {})
            elif server.redirect and not self.path.startswith("/moved"):
                self._send(302, b"", {"location": server.redirect})
            elif self.path.endswith(NAME):
                self._bundle({name.lower(): value for name, value in self.headers.items()})
            else:
                self._send(404, b"", {})

        def _bundle(self, asked: dict[str, str]) -> None:
            server.asked.append(asked)
            if server.statuses:
                self._send(server.statuses.pop(0), b"", {})
                return
            whole, headers = server.bundle, {"etag": server.etag}
            wanted = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
            same = asked.get("if-range", server.etag) == server.etag
            if wanted is None or not server.ranges or not same:
                self._send(200, whole, headers, cut=True)
            elif int(wanted[1]) >= len(whole):
                self._send(416, b"", {"content-range": f"bytes */{len(whole)}"})
            else:
                first = int(wanted[1])
                headers["content-range"] = f"bytes {first}-{len(whole) - 1}/{len(whole)}"
                self._send(206, whole[first:], headers, cut=True)

        def _send(self, status: int, body: bytes, headers: dict[str, str], *, cut: bool = False) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if cut and server.cuts:
                body = body[: server.cuts.pop(0)]
                self.close_connection = True
            self.wfile.write(body)
            if cut:
                server.given += len(body)

    return Handler
