"""Orders to a running daemon over MQTT, sent with an id, and the answer awaited: what `oyez say` and its kin do."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from oyez.config import Device, Home
from oyez.errors import ServiceAway
from oyez.home.away import ProtocolRefused
from oyez.home.connection import Connection, Incoming
from oyez.home.topics import ONLINE, Message, base
from oyez.secret import Secret

WELL, FAILED, AWAY = 0, 1, 69
ANSWER_S = 10.0
SPEECH_S = 120.0
"""A text is answered when it has been spoken."""
ASK_S = 180.0
"""A question is answered when somebody has answered it, or nobody did."""
ANNOUNCE_S = 720.0
"""The longest sound, and some patience with what is being said when it comes."""
ENROL_S = 180.0
"""Three recordings, some of them said again, and the learning."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is to be said or played."""

    priority: str = "normal"
    volume: float | None = None
    """0 to 100; None: as it is set."""

    def fields(self) -> dict[str, Any]:
        """Of an order. What is as ever is left out, so that a daemon of the last release takes it too."""
        fields: dict[str, Any] = {} if self.priority == "normal" else {"priority": self.priority}
        return fields if self.volume is None else {**fields, "volume": self.volume}


AS_EVER = Manner()


@dataclass(frozen=True, slots=True)
class Outcome:
    exit_code: int
    sentence: str
    """For the person at the terminal; may be empty. What was answered to a question."""
    state: dict[str, Any] | None = None
    """The device's state document, where it was seen."""


class Remote:
    """One daemon, by its broker and its device id. No method raises for a service that is away: the outcome says so."""

    def __init__(self, home: Home, device: Device, password: Secret | None = None) -> None:
        self._home = home
        self._device = device
        self._password = password
        self._root = base(device.id)

    async def say(self, text: str, manner: Manner = AS_EVER, timeout_s: float = SPEECH_S) -> Outcome:
        return await self._order("do/say", {"text": text, **manner.fields()}, timeout_s)

    async def ask(
        self, question: str, manner: Manner = AS_EVER, answer_s: float | None = None, timeout_s: float = ASK_S
    ) -> Outcome:
        """The outcome's sentence is what was answered. answer_s: for its first word; None: as the daemon does."""
        waiting = {} if answer_s is None else {"answer_s": answer_s}
        return await self._order("do/ask", {"question": question, **manner.fields(), **waiting}, timeout_s)

    async def announce(self, source: str, manner: Manner = AS_EVER, timeout_s: float = ANNOUNCE_S) -> Outcome:
        return await self._order("do/announce", {"source": source, **manner.fields()}, timeout_s)

    async def enrol(self, name: str, timeout_s: float = ENROL_S) -> Outcome:
        return await self._order("do/enrol", {"name": name}, timeout_s)

    async def listen(self, timeout_s: float = ANSWER_S) -> Outcome:
        return await self._order("do/listen", {}, timeout_s)

    async def stop(self, timeout_s: float = ANSWER_S) -> Outcome:
        return await self._order("do/stop", {}, timeout_s)

    async def mute(self, timeout_s: float = ANSWER_S) -> Outcome:
        return await self._set_muted(True, timeout_s)

    async def unmute(self, timeout_s: float = ANSWER_S) -> Outcome:
        return await self._set_muted(False, timeout_s)

    async def status(self, timeout_s: float = ANSWER_S) -> Outcome:
        return await self._watch(None, lambda topic, body: _picture(topic, body), timeout_s)

    async def _order(self, name: str, fields: dict[str, Any], timeout_s: float) -> Outcome:
        order_id = uuid.uuid4().hex

        def answered(topic: str, body: dict[str, Any]) -> Outcome | None:
            if topic not in ("event/done", "event/error") or body.get("id") != order_id:
                return None
            ok = body.get("ok") is True and topic == "event/done"
            return Outcome(WELL if ok else FAILED, str(body.get("answer", body.get("why", ""))))

        payload = json.dumps({**fields, "id": order_id}).encode()
        return await self._watch(Message(f"{self._root}/{name}", payload), answered, timeout_s)

    async def _set_muted(self, muted: bool, timeout_s: float) -> Outcome:
        def settled(topic: str, body: dict[str, Any]) -> Outcome | None:
            if topic == "event/error" and body.get("order") == "set/muted":
                return Outcome(FAILED, str(body.get("why", "")))
            return _picture(topic, body) if body.get("muted") is muted else None

        message = Message(f"{self._root}/set/muted", b"ON" if muted else b"OFF")
        return await self._watch(message, settled, timeout_s)

    async def _watch(
        self, order: Message | None, judge: Callable[[str, dict[str, Any]], Outcome | None], timeout_s: float
    ) -> Outcome:
        """Sends the order once the daemon is known to be there, and waits for what `judge` takes for the answer."""
        try:
            async with asyncio.timeout(timeout_s), self._connected() as connection:
                while True:
                    incoming = await connection.receive()
                    topic = incoming.topic.removeprefix(self._root + "/")
                    if topic == "availability":
                        if incoming.payload != ONLINE:
                            return Outcome(AWAY, f"{self._device.id} is not running: start it, then try again.")
                        connection.subscribe(f"{self._root}/state")
                        if order is not None:
                            connection.publish(order)
                        order = None
                    elif (outcome := judge(topic, _document(incoming))) is not None:
                        return outcome
        except TimeoutError:
            return Outcome(
                AWAY,
                f"{self._device.id} did not answer within {timeout_s:g} s: see whether it runs and whether device.id "
                "and the broker are the same as its own.",
            )
        except ServiceAway as away:
            return Outcome(AWAY, str(away))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        worker = ThreadPoolExecutor(1, "mqtt-connect")
        try:
            connection = await self._open(worker)
            try:
                connection.subscribe(f"{self._root}/event/#")
                connection.subscribe(f"{self._root}/availability")
                yield connection
            finally:
                await connection.close()
        finally:
            worker.shutdown(wait=False, cancel_futures=True)

    async def _open(self, worker: ThreadPoolExecutor) -> Connection:
        connection = Connection(self._home, self._password, _client_id())
        try:
            await connection.open(worker)
        except ProtocolRefused:
            connection = Connection(self._home, self._password, _client_id(), v5=False)
            await connection.open(worker)
        return connection


def _client_id() -> str:
    return f"oyez-cli-{uuid.uuid4().hex[:12]}"


def _picture(topic: str, body: dict[str, Any]) -> Outcome | None:
    return Outcome(WELL, "", body) if topic == "state" and body else None


def _document(incoming: Incoming) -> dict[str, Any]:
    try:
        body = json.loads(incoming.payload)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
