"""A question over MQTT: one message, and the answer to it.

MQTT 5 carries in the message where the answer is wanted and what it must carry; so every question has a topic of its
own below the device's, and several may run. Without MQTT 5, or where the tool names its topic, the first message that
comes there after the question is the answer, and questions with one such topic wait for each other.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Protocol
from weakref import WeakValueDictionary

from oyez.home.arguments import ToolRefused
from oyez.home.packets import Incoming
from oyez.home.source import Answered
from oyez.home.tools import Inquire
from oyez.home.topics import Message, base
from oyez.home.watchers import Watch
from oyez_realtime.tools import as_text


class Mail(Protocol):
    """What tools need of the broker."""

    @property
    def tells_where_to_answer(self) -> bool: ...

    async def publish(self, message: Message) -> None: ...

    def watch(self, pattern: str, on_message: Callable[[Incoming], None]) -> Watch: ...

    def unwatch(self, watch: Watch) -> None: ...


class Inquirer:
    def __init__(self, mail: Mail, device_id: str) -> None:
        self._mail, self._root = mail, f"{base(device_id)}/answer"
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def ask(self, what: Inquire) -> Answered:
        """Raises ServiceAway, or ToolRefused where nobody could tell where to answer."""
        if not what.answer_topic and not self._mail.tells_where_to_answer:
            raise ToolRefused(
                "The message broker speaks MQTT 3.1.1, which carries no place to answer to, so nothing was done: "
                "the tool needs an answer_topic."
            )
        key = secrets.token_hex(8)
        topic = what.answer_topic or f"{self._root}/{key}"
        try:
            async with asyncio.timeout(what.timeout_s), self._locks.setdefault(topic, asyncio.Lock()):
                return await self._answer_on(topic, what, key.encode())
        except TimeoutError:
            return Answered.failed(f"No answer came within {what.timeout_s:g} s; whether it was done is not known.")

    async def _answer_on(self, topic: str, what: Inquire, key: bytes) -> Answered:
        came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def take(incoming: Incoming) -> None:
            of_us = incoming.correlation in (None, key)
            if of_us and not incoming.retained and not came.done():
                came.set_result(incoming.payload)

        watch = self._mail.watch(topic, take)
        try:
            await self._mail.publish(Message(what.topic, what.payload.encode(), answer_topic=topic, correlation=key))
            said = (await came).decode(errors="replace").strip()
        finally:
            self._mail.unwatch(watch)
        return Answered.well(what.answer or as_text(said) or "Done.")
