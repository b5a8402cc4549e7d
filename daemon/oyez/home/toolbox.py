"""Carries out tool calls: what `tools.decide` says a call means, done, and the answer told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from oyez.config import Tool
from oyez.errors import ServiceAway
from oyez.events import Event, ToolAnswered, VolumeAsked
from oyez.home.tools import Publish, ToolRefused, Volume, decide, output

Publisher = Callable[[str, str, bool], Awaitable[None]]
"""(topic, payload, retain); returns when the broker has it, raises ServiceAway when it has not."""


class Toolbox:
    """Calls are carried out one after the other, beside the sound."""

    def __init__(self, declared: Sequence[Tool], publish: Publisher, tell: Callable[[Event], None]) -> None:
        self._declared, self._publish, self._tell = declared, publish, tell
        self._calls: asyncio.Queue[tuple[str, str, Mapping[str, Any]]] = asyncio.Queue()

    def call(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> None:
        """A ToolAnswered follows, whatever happens."""
        self._calls.put_nowait((call_id, name, arguments))

    async def run(self) -> None:
        while True:
            call_id, name, arguments = await self._calls.get()
            answer, ok = await self._carry_out(name, arguments)
            self._tell(ToolAnswered(call_id, name, output(answer, ok), ok))

    async def _carry_out(self, name: str, arguments: Mapping[str, Any]) -> tuple[str, bool]:
        try:
            meant = decide(self._declared, name, arguments, datetime.now().astimezone())
        except ToolRefused as refused:
            return str(refused), False
        match meant:
            case Publish(topic=topic, payload=payload, retain=retain):
                try:
                    await self._publish(topic, payload, retain)
                except ServiceAway:
                    return "The home's message broker is away, so nothing was done.", False
            case Volume(level=level):
                self._tell(VolumeAsked(level))
            case _:
                pass
        return meant.answer, True
