"""Tells MQTT for a daemon that cannot: under its own settings, once, and gives up soon."""

import asyncio
import json
import logging
import os
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from oyez.config import Device, Home
from oyez.credentials import secret, with_client_key
from oyez.errors import OyezError
from oyez.home.away import BrokerAway, ProtocolRefused
from oyez.home.connection import Connection
from oyez.home.topics import Message, base, clip, event_message, state_message

log = logging.getLogger(__name__)

KIND = "needs_help"
GIVE_UP_S = 15.0
RETAINED_S = 1.0
"""What is retained comes at once, or there is nothing."""


def settings(path: Path) -> tuple[Home, Device] | None:
    """Those two tables alone, so that a mistake elsewhere in the file costs nobody the news. None: not even they can
    be read."""
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
        home = msgspec.convert(table.get("home", {}), Home)
        return with_client_key(home, os.environ), msgspec.convert(table.get("device", {}), Device)
    except (OSError, ValueError, RecursionError, msgspec.ValidationError) as error:
        log.info("MQTT cannot be told: %s says nothing usable about it (%s).", path, type(error).__name__)
        return None


def tell(path: Path, sentence: str) -> bool:
    """Whether the broker took it. Blocks for GIVE_UP_S at most; never raises for a broker's sins."""
    found = settings(path)
    if found is None or not found[0].host:
        return False
    home, device = found
    try:
        password = secret(home.password_file, "mqtt_password", os.environ)
        asyncio.run(_tell(home, device, password, sentence))
    except (TimeoutError, OyezError) as error:
        log.warning("MQTT cannot be told: %s", error or "no answer in time.")
        return False
    return True


async def _tell(home: Home, device: Device, password: Any, sentence: str) -> None:
    async with asyncio.timeout(GIVE_UP_S):
        worker = ThreadPoolExecutor(1, "mqtt-connect")
        try:
            try:
                await _over(home, device, password, sentence, worker, v5=True)
            except ProtocolRefused:
                await _over(home, device, password, sentence, worker, v5=False)
        finally:
            worker.shutdown(wait=False, cancel_futures=True)


async def _over(
    home: Home, device: Device, password: Any, sentence: str, worker: ThreadPoolExecutor, *, v5: bool
) -> None:
    # Not as the daemon: its own connection, should it come back, is not to be pushed out by ours.
    connection = Connection(home, password, f"{device.id}-rescue", v5=v5)
    await connection.open(worker)
    try:
        picture = await _retained(connection, device.id)
        for message in messages(device.id, picture, sentence):
            await connection.publish_and_confirm(message)
    finally:
        await connection.close()


async def _retained(connection: Connection, device_id: str) -> dict[str, Any]:
    """The state document as the daemon left it."""
    topic = f"{base(device_id)}/state"
    connection.subscribe(topic)
    try:
        async with asyncio.timeout(RETAINED_S):
            while True:
                incoming = await connection.receive()
                if incoming.topic == topic:
                    return _document(incoming.payload)
    except (TimeoutError, BrokerAway):
        return {}


def _document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def messages(device_id: str, picture: dict[str, Any], sentence: str) -> list[Message]:
    """picture: the last state document, of which everything but the trouble is left as it is."""
    trouble = {"kind": KIND, "sentence": sentence}
    return [
        state_message(device_id, {**picture, "trouble": trouble}),
        Message(f"{base(device_id)}/status/trouble", clip(KIND).encode(), retain=True),
        event_message(device_id, "error", {"kind": KIND, "why": sentence}),
    ]
