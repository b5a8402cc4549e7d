"""An onlooker at a broker: sees every message, and sends some. Stands on paho-mqtt as another program would."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion


class Onlooker:
    """Messages in the order in which they came. `send` returns when the broker has it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.seen: list[MQTTMessage] = []
        self._grown = asyncio.Condition()

    async def saw(self, message: MQTTMessage) -> None:
        async with self._grown:
            self.seen.append(message)
            self._grown.notify_all()

    async def until(
        self,
        topic: str,
        payload: Callable[[bytes], bool] = lambda payload: True,
        *,
        after: int = 0,
        timeout_s: float = 15.0,
    ) -> MQTTMessage:
        """The first message from index `after` on with this topic whose payload fits, now or soon."""
        try:
            async with asyncio.timeout(timeout_s), self._grown:
                while True:
                    for message in self.seen[after:]:
                        if message.topic == topic and payload(message.payload):
                            return message
                    await self._grown.wait()
        except TimeoutError:
            story = "\n".join(f"{m.topic} {m.payload!r}" for m in self.seen[after:])
            raise AssertionError(f"{topic} did not come within {timeout_s} s; what came:\n{story}") from None

    async def json(self, topic: str, *, after: int = 0, **fields: Any) -> dict[str, Any]:
        """The first JSON object on this topic that has these fields."""

        def fits(payload: bytes) -> bool:
            if not payload:
                return False
            document = json.loads(payload)
            return all(document.get(key) == value for key, value in fields.items())

        document = json.loads((await self.until(topic, fits, after=after)).payload)
        assert isinstance(document, dict)
        return document

    async def send(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        await asyncio.to_thread(sent.wait_for_publish, 5.0)


@asynccontextmanager
async def onlooker(
    port: int,
    *,
    host: str = "127.0.0.1",
    username: str = "",
    password: str = "",
    certificates: tuple[Path, str] | None = None,
    topics: str = "#",
) -> AsyncIterator[Onlooker]:
    """Subscribed before it is handed over. certificates: their folder, and whose is its own."""
    loop = asyncio.get_running_loop()
    client = Client(CallbackAPIVersion.VERSION2)
    if username:
        client.username_pw_set(username, password)
    if certificates is not None:
        folder, name = certificates
        client.tls_set(str(folder / "ca.pem"), str(folder / f"{name}.pem"), str(folder / f"{name}.key"))
    looker = Onlooker(client)
    subscribed = asyncio.Event()
    client.on_connect = lambda *_: client.subscribe(topics, qos=1)
    client.on_subscribe = lambda *_: loop.call_soon_threadsafe(subscribed.set)
    client.on_message = lambda _client, _data, message: asyncio.run_coroutine_threadsafe(looker.saw(message), loop)
    await asyncio.to_thread(client.connect, host, port)
    client.loop_start()
    try:
        async with asyncio.timeout(10.0):
            await subscribed.wait()
        yield looker
    finally:
        client.disconnect()
        await asyncio.to_thread(client.loop_stop)
