"""A mosquitto with a lock: a password, an access list, TLS by an authority made for the occasion. And an old broker."""

import asyncio
import math
import re
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.doubles.processes import Broker

DOCS = Path(__file__).parents[2] / "docs" / "mqtt.md"
CONNACK_WRONG_VERSION = bytes([0x20, 0x02, 0x00, 0x01])
"""What an MQTT 3.1.1 broker answers to MQTT 5."""


class GuardedBroker(Broker):
    """mosquitto with more lines in its configuration; its files lie in `folder`."""

    def __init__(self, folder: Path, *lines: str) -> None:
        super().__init__(folder)
        self.folder = folder
        config = folder / "mosquitto.conf"
        config.write_text(config.read_text().replace("allow_anonymous true\n", "") + "\n".join(lines) + "\n")


@asynccontextmanager
async def locked(user: str, password: str, *access: str) -> AsyncIterator[GuardedBroker]:
    """Only `user` may enter; `access`: what the access list allows it, everything if nothing is named."""
    with tempfile.TemporaryDirectory(prefix="oyez-mosquitto-") as name:
        folder = Path(name)
        _make_password_file(folder / "passwords", user, password)
        (folder / "access").write_text("\n".join((f"user {user}", *(access or ("topic readwrite #",)))) + "\n")
        broker = GuardedBroker(
            folder, "allow_anonymous false", f"password_file {folder}/passwords", f"acl_file {folder}/access"
        )
        await broker.start()
        try:
            yield broker
        finally:
            await broker.kill()


@asynccontextmanager
async def encrypted() -> AsyncIterator[GuardedBroker]:
    """TLS with a certificate for 127.0.0.1; the authority's own is `broker.folder / "ca.pem"`."""
    with tempfile.TemporaryDirectory(prefix="oyez-mosquitto-") as name:
        folder = Path(name)
        _make_certificates(folder)
        broker = GuardedBroker(
            folder, "allow_anonymous true", f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key"
        )
        await broker.start()
        try:
            yield broker
        finally:
            await broker.kill()


@asynccontextmanager
async def certified(*names: str) -> AsyncIterator[GuardedBroker]:
    """Who has a certificate may enter, and is called as it says: `broker.folder / "<name>.pem"` and `.key` for each of
    `names`. The access list is the one of docs/mqtt.md."""
    with tempfile.TemporaryDirectory(prefix="oyez-mosquitto-") as name:
        folder = Path(name)
        _make_certificates(folder, *names)
        (folder / "access").write_text(documented_access())
        broker = GuardedBroker(
            folder,
            *(f"certfile {folder}/broker.pem", f"keyfile {folder}/broker.key", f"cafile {folder}/ca.pem"),
            *("require_certificate true", "use_identity_as_username true", f"acl_file {folder}/access"),
        )
        await broker.start()
        try:
            yield broker
        finally:
            await broker.kill()


def documented_access() -> str:
    """The access list that docs/mqtt.md recommends."""
    blocks = re.findall(r"```\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (access,) = [block for block in blocks if "pattern readwrite oyez/%u/#" in block]
    return access


def _make_password_file(path: Path, user: str, password: str) -> None:
    subprocess.run(["mosquitto_passwd", "-b", "-c", path, user, password], check=True)
    path.chmod(0o644)


def _make_certificates(folder: Path, *clients: str) -> None:
    """An authority, and signed by it: the broker, and clients by name."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    # Python 3.13 holds certificates to the letter of RFC 5280: what a key may do and who signed it must be said.
    authority = ("-days", "2", "-subj", "/CN=throwaway", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", *authority)
    openssl("req", *new_key, "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=broker")
    (folder / "names").write_text(
        "subjectAltName=IP:127.0.0.1\nkeyUsage=critical,digitalSignature\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
    openssl("x509", "-req", "-in", "broker.csr", *signing, "-out", "broker.pem")
    for client in clients:
        openssl("req", *new_key, "-keyout", f"{client}.key", "-out", f"{client}.csr", "-subj", f"/CN={client}")
        openssl("x509", "-req", "-in", f"{client}.csr", *signing, "-out", f"{client}.pem")
    for file in ("broker.key", "broker.pem", "ca.pem"):
        (folder / file).chmod(0o644)


@asynccontextmanager
async def old_broker(behind_port: int, *, polite: bool, refusals: float = math.inf) -> AsyncIterator[int]:
    """A port that speaks MQTT 3.1.1 only, by the broker behind it. polite: it says so; else it hangs up on MQTT 5.
    refusals: so often; after them it speaks what the broker does."""
    refused = 0
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal refused
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        # CONNECT: type, length, "MQTT" with two bytes of length, and then the version. Ours is longer than 127 bytes
        # only with a long will; the version follows the name in any case.
        head = await reader.readuntil(b"MQTT")
        version = await reader.readexactly(1)
        try:
            if version != b"\x04" and refused < refusals:
                refused += 1
                writer.write(CONNACK_WRONG_VERSION if polite else b"")
                await writer.drain()
                return
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", behind_port)
            far_writer.write(head + version)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(_copy(reader, far_writer), name="up")
                    group.create_task(_copy(far_reader, writer), name="down")
            finally:
                far_writer.close()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()
