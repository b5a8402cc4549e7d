"""Calls on the broker as the daemon does, and reads what the daemon keeps there."""

import asyncio
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oyez.config import Device, Home
from oyez.doctor.facts import BrokerFacts
from oyez.errors import ServiceAway
from oyez.home.away import ProtocolRefused
from oyez.home.connection import Connection
from oyez.home.topics import ONLINE, base
from oyez.secret import Secret

RETAINED_S = 1.5
"""What is retained comes at once; so long nothing: there is nothing."""


async def visit(home: Home, device: Device, password: Secret | None) -> tuple[BrokerFacts, dict[str, Any] | None]:
    """With the daemon's state document, where it runs."""
    worker = ThreadPoolExecutor(1, "doctor-mqtt")
    try:
        connection = await _open(home, password, worker)
        try:
            return await _read(connection, base(device.id))
        finally:
            await connection.close()
    except ServiceAway as away:
        return BrokerFacts(away=str(away)), None
    finally:
        worker.shutdown(wait=False, cancel_futures=True)


async def _open(home: Home, password: Secret | None, worker: ThreadPoolExecutor) -> Connection:
    connection = Connection(home, password, _client_id())
    try:
        await connection.open(worker)
    except ProtocolRefused:
        connection = Connection(home, password, _client_id(), v5=False)
        await connection.open(worker)
    return connection


async def _read(connection: Connection, root: str) -> tuple[BrokerFacts, dict[str, Any] | None]:
    connection.subscribe(f"{root}/availability")
    connection.subscribe(f"{root}/state")
    daemon, state = "unknown", None
    try:
        async with asyncio.timeout(RETAINED_S):
            while daemon == "unknown" or (daemon == "online" and state is None):
                incoming = await connection.receive()
                if incoming.topic.endswith("/availability"):
                    daemon = "online" if incoming.payload == ONLINE else "offline"
                else:
                    state = _document(incoming.payload)
    except TimeoutError:
        pass  # nobody ever told
    return BrokerFacts(daemon=daemon), state if daemon == "online" else None


def _document(payload: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _client_id() -> str:
    return f"oyez-doctor-{uuid.uuid4().hex[:10]}"
