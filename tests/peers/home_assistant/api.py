"""What a program may do with a running Home Assistant: REST and WebSocket, as its own front end does it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_S = 30.0


class Refused(AssertionError):
    """Home Assistant did not do what was asked; the message is its own."""


class Api:
    """One Home Assistant and one user of it, by a long-lived token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self._headers = {"Authorization": f"Bearer {token}"}

    async def get(self, path: str) -> Any:
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: Any) -> Any:
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        async with httpx.AsyncClient(headers=self._headers, timeout=PATIENCE_S) as client:
            answer = await client.request(method, f"{self.url}/api/{path}", json=body)
        if answer.is_error:
            raise Refused(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def call(self, service: str, entity_id: str | None = None, **data: Any) -> None:
        """A service as an automation calls it, `domain.service`; returns when it was done."""
        target = {} if entity_id is None else {"entity_id": entity_id}
        await self.post(f"services/{service.replace('.', '/')}", {**target, **data})

    async def command(self, kind: str, **fields: Any) -> Any:
        """The result of one WebSocket command."""
        async with self.socket() as socket:
            return await socket.ask(kind, **fields)

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        async with connect(f"{self.url.replace('http', 'ws', 1)}/api/websocket", max_size=None) as connection:
            socket = Socket(connection)
            await socket.receive("auth_required")
            await connection.send(json.dumps({"type": "auth", "access_token": self.token}))
            await socket.receive("auth_ok")
            yield socket

    async def entities(self) -> dict[str, dict[str, Any]]:
        """The registry's entries of all MQTT entities, by the unique_id that their device announced."""
        entries = await self.command("config/entity_registry/list")
        return {entry["unique_id"]: entry for entry in entries if entry["platform"] == "mqtt"}

    async def complaints(self) -> list[dict[str, Any]]:
        """Warnings and errors that Home Assistant collected for its user."""
        entries: list[dict[str, Any]] = await self.command("system_log/list")
        return entries

    @asynccontextmanager
    async def watched(self) -> AsyncIterator["Watched"]:
        """All states, from before it is handed over."""
        async with self.socket() as socket:
            await socket.ask("subscribe_events", event_type="state_changed")
            watched = Watched({state["entity_id"]: state for state in await socket.ask("get_states")})
            reading = asyncio.create_task(watched.read(socket), name="states of Home Assistant")
            try:
                yield watched
            finally:
                reading.cancel()
                await asyncio.wait({reading})


class Socket:
    """An authorised WebSocket. Events that come while an answer is awaited are kept."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._last_id = 0
        self._kept: list[dict[str, Any]] = []

    async def receive(self, kind: str) -> dict[str, Any]:
        """The next message of this type, whatever came before it is dropped but for events."""
        if kind == "event" and self._kept:
            return self._kept.pop(0)
        async for text in self._connection:
            message: dict[str, Any] = json.loads(text)
            if message["type"] == kind:
                return message
            if message["type"] == "auth_invalid":
                raise Refused(message["message"])
            if message["type"] == "event":
                self._kept.append(message)
        raise Refused(f"the socket closed before {kind}")

    async def ask(self, kind: str, **fields: Any) -> Any:
        self._last_id += 1
        await self._connection.send(json.dumps({"id": self._last_id, "type": kind, **fields}))
        async with asyncio.timeout(PATIENCE_S):
            answer = await self.receive("result")
        if not answer["success"]:
            raise Refused(f"{kind}: {answer['error']}")
        return answer["result"]


class Watched:
    """States as they come: `seen` holds every one in order, the first ones by no order."""

    def __init__(self, states: dict[str, dict[str, Any]]) -> None:
        self.seen: list[tuple[str, dict[str, Any] | None]] = list(states.items())
        """(entity_id, state; None: the entity went away)."""
        self._grown = asyncio.Condition()

    async def read(self, socket: Socket) -> None:
        while True:
            changed = (await socket.receive("event"))["event"]["data"]
            async with self._grown:
                self.seen.append((changed["entity_id"], changed["new_state"]))
                self._grown.notify_all()

    @property
    def now(self) -> int:
        return len(self.seen)

    def last(self, entity_id: str) -> dict[str, Any] | None:
        return next((state for name, state in reversed(self.seen) if name == entity_id), None)

    async def until(
        self,
        entity_id: str,
        fits: str | Callable[[dict[str, Any]], bool],
        *,
        after: int = 0,
        timeout_s: float = PATIENCE_S,
    ) -> dict[str, Any]:
        """The first state of this entity from `after` on that fits (a text: that is its value), now or soon."""
        try:
            async with asyncio.timeout(timeout_s), self._grown:
                while True:
                    for name, state in self.seen[after:]:
                        if name == entity_id and state is not None and _fits(state, fits):
                            return state
                    await self._grown.wait()
        except TimeoutError:
            raise AssertionError(f"{entity_id} did not become {fits}; it was {self.history(entity_id)}") from None

    async def until_last(self, entity_id: str, value: str, timeout_s: float = PATIENCE_S) -> None:
        """Returns when this is what the entity shows."""
        async with asyncio.timeout(timeout_s), self._grown:
            while (state := self.last(entity_id)) is None or state["state"] != value:
                await self._grown.wait()

    async def gone(self, entity_ids: Iterable[str], timeout_s: float = PATIENCE_S) -> None:
        """Returns when Home Assistant has none of these any more."""
        wanted = set(entity_ids)
        async with asyncio.timeout(timeout_s), self._grown:
            while wanted & {name for name, state in dict(self.seen).items() if state is not None}:
                await self._grown.wait()

    def history(self, entity_id: str, after: int = 0) -> list[str]:
        """Its values in order, each as often as it was reached."""
        values = [state["state"] if state else "(gone)" for name, state in self.seen[after:] if name == entity_id]
        return [value for place, value in enumerate(values) if place == 0 or values[place - 1] != value]


def _fits(state: dict[str, Any], fits: str | Callable[[dict[str, Any]], bool]) -> bool:
    return state["state"] == fits if isinstance(fits, str) else fits(state)
