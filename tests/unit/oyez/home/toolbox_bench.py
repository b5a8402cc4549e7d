"""A toolbox with a broker of few words, for its tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from oyez.config import HomeAssistant, Parameter, Tool, ToolCalls
from oyez.errors import ServiceAway
from oyez.events import Event, ToolAnswered
from oyez.home.builtin import Insight, builtin
from oyez.home.declared import Declared
from oyez.home.fetching import Fetcher
from oyez.home.functions import Functions
from oyez.home.plugins import load
from oyez.home.source import Source
from oyez.home.tool_record import ToolRecord
from oyez.home.toolbox import Toolbox
from oyez.home.topics import Message

LIGHT = Tool(
    name="set_light",
    description="Switch a light.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    retain=True,
    parameters={"name": Parameter(), "on": Parameter(type="boolean")},
)
ON = {"name": "kitchen light", "on": True}
DOOR = Tool(
    name="open_door",
    description="Open a door.",
    topic="house/door/{name}",
    confirm="Shall I open the {name}?",
    parameters={"name": Parameter()},
)
INSIGHT = Insight(
    why_awake=lambda: "Somebody said it.",
    heard=lambda: "I heard nothing.",
    troubles=lambda: ["The backend is away.", "The card is gone."],
    volume=lambda: 0.95,
)


class Mail:
    """A broker that takes messages, slowly or not at all, and remembers them."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bool]] = []
        self.away = False
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()

    tells_where_to_answer = False

    def watch(self, pattern: str, on_message: Any) -> Any:
        raise AssertionError("no answers here")

    unwatch = watch

    async def publish(self, message: Message) -> None:
        self.asked.set()
        await self.open.wait()
        if self.away:
            raise ServiceAway("The broker is away.")
        self.taken.append((message.topic, message.payload.decode(), message.retain))


def functions(rules: ToolCalls, tell: Any = print) -> list[Source]:
    own = builtin(tell, lambda: datetime.now(UTC), INSIGHT)
    return [Functions(registry) for registry in (own, *load(rules.python))]


def declared(mail: Any, *tools: Tool) -> Declared:
    return Declared(tools, mail, Fetcher(httpx.AsyncClient(), {}, HomeAssistant()))


def box_of(*tools: Tool, rules: ToolCalls | None = None, record: ToolRecord | None = None) -> Toolbox:
    rules = rules or ToolCalls()
    return Toolbox([*functions(rules), declared(Mail(), *tools)], rules, print, record or ToolRecord(None))


class Bench:
    def __init__(self, rules: ToolCalls, folder: Path | None) -> None:
        self.mail = Mail()
        self.told: asyncio.Queue[Event] = asyncio.Queue()
        self.now_s = 0.0
        sources = [*functions(rules, self.told.put_nowait), declared(self.mail, LIGHT, DOOR)]
        self.box = Toolbox(sources, rules, self.told.put_nowait, ToolRecord(folder), clock=lambda: self.now_s)

    async def next(self) -> Event:
        async with asyncio.timeout(5):
            return await self.told.get()

    async def answer(self) -> ToolAnswered:
        event = await self.next()
        assert isinstance(event, ToolAnswered)
        return event


@asynccontextmanager
async def bench(rules: ToolCalls | None = None, folder: Path | None = None) -> AsyncIterator[Bench]:
    set_up = Bench(rules or ToolCalls(), folder)
    running = asyncio.create_task(set_up.box.run())
    try:
        yield set_up
        assert not running.done(), "the toolbox fell over"
    finally:
        running.cancel()
        await asyncio.wait([running])
