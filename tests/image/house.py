"""What a device under QEMU finds around it, on the host: a broker, the backend, a voice service, and where new versions
lie. All are real processes but the last, which is a web server with TLS in this one."""

import hashlib
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

from tests.doubles.certificate import make_certificate
from tests.doubles.onlooker import Onlooker, onlooker
from tests.image.device import HOST
from tests.stories.theatre import Services, services

DEVICE = "story"
"""Its id: the backend of the stories knows this one."""
TOPIC = f"oyez/{DEVICE}"
PIECE = 1 << 18


@dataclass
class Releases:
    """https://HOST:port/release.json and the bundle that it names. What is false about them can be set."""

    folder: Path
    certificate: Path
    port: int = 0
    bundle: Path | None = None
    told: dict[str, Any] = field(default_factory=dict)
    """release.json."""
    cut_after: int | None = None
    """Each answer with a bundle ends after so many bytes; None: at its end."""

    def offer(self, version: str, bundle: Path, **told: Any) -> None:
        """told: fields of release.json that shall differ from what is true."""
        with bundle.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        true = {"version": version, "bundle": f"oyez-{version}.raucb", "size": bundle.stat().st_size, "sha256": digest}
        self.bundle, self.told, self.cut_after = bundle, {**true, "title": f"Oyez {version}", **told}, None

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/release.json"


class House:
    """Everything runs. Methods block."""

    def __init__(self, portal: BlockingPortal, world: Services, looker: Onlooker, releases: Releases) -> None:
        self._portal, self.world, self._looker, self.releases = portal, world, looker, releases

    @property
    def now(self) -> int:
        """A place in what was seen at the broker: what `told` counts from."""
        return len(self._looker.seen)

    def told(
        self, topic: str, fits: Callable[[dict[str, Any]], bool] = lambda told: True, *, after: int = 0,
        timeout_s: float = 120.0,
    ) -> dict[str, Any]:  # fmt: skip
        """The first JSON object on this topic of the device that fits, from place `after` on, now or soon."""

        def understood(payload: bytes) -> bool:
            return payload[:1] == b"{" and fits(json.loads(payload))

        wanted = lambda: self._looker.until(f"{TOPIC}/{topic}", understood, after=after, timeout_s=timeout_s)  # noqa: E731
        found: dict[str, Any] = json.loads(self._portal.call(wanted).payload)
        return found

    def all_told(self, topic: str, after: int = 0) -> list[dict[str, Any]]:
        """What the device has said there until now."""
        seen = [one for one in self._looker.seen[after:] if one.topic == f"{TOPIC}/{topic}"]
        return [json.loads(one.payload) for one in seen if one.payload[:1] == b"{"]

    def order(self, topic: str, payload: str) -> None:
        self._portal.call(self._looker.send, f"{TOPIC}/{topic}", payload)

    def spoken_at_service(self) -> list[dict[str, Any]]:
        """What passed the voice service's socket so far, both ways."""
        return [json.loads(line) for line in self.world.server_log.read_text().splitlines() if line.endswith("}")]

    def config(self) -> str:
        """What oyez.toml says of all this."""
        local_port = re.search(r"listening on \S+:(\d+)", "\n".join(self.world.local.lines))
        assert local_port is not None, self.world.local.lines
        return f"""
[device]
id = "{DEVICE}"
name = "Kitchen"
[hearing]
wake_words = ["alexa"]
[line]
backend_url = "{self.world.backend_url.replace("127.0.0.1", HOST)}"
realtime_url = "ws://{HOST}:{local_port[1]}/v1/realtime"
[home]
host = "{HOST}"
port = {self.world.broker.port}
publish_text = true
"""


@contextmanager
def house(folder: Path) -> Iterator[House]:
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal("asyncio"))
        world = stack.enter_context(portal.wrap_async_context_manager(services(folder)))
        looker = stack.enter_context(portal.wrap_async_context_manager(onlooker(world.broker.port)))
        releases = stack.enter_context(serving(folder))
        yield House(portal, world, looker, releases)


@contextmanager
def serving(folder: Path) -> Iterator[Releases]:
    """With a certificate of its own authority, for the host as the device sees it."""
    certificate, key = make_certificate(folder, HOST)
    releases = Releases(folder, certificate)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/release.json":
                self._answer(200, json.dumps(releases.told).encode(), "application/json")
            elif releases.bundle is not None and self.path == f"/{releases.told.get('bundle')}":
                self._bundle(releases.bundle)
            else:
                self._answer(404, b"", "text/plain")

        def log_message(self, format: str, *words: Any) -> None:
            """The device's journal has it."""

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _bundle(self, bundle: Path) -> None:
            size = bundle.stat().st_size
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(asked[1]) if asked else 0
            self.send_response(206 if asked else 200)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(size - start))
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
            self.end_headers()
            left = size - start if releases.cut_after is None else min(size - start, releases.cut_after)
            with bundle.open("rb") as file:
                file.seek(start)
                while left > 0 and (piece := file.read(min(PIECE, left))):
                    self.wfile.write(piece)
                    left -= len(piece)
            if releases.cut_after is not None:
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A device whose power is cut says no goodbye."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    releases.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="releases")
    thread.start()
    try:
        yield releases
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
