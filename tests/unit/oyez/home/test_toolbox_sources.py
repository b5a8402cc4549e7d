"""What a source of tools does wrong stays with the call."""

import asyncio
from collections.abc import Mapping
from typing import Any

from oyez.config import ToolCalls
from oyez.events import Event, ToolAnswered
from oyez.home.source import Answered
from oyez.home.tool_record import ToolRecord
from oyez.home.toolbox import Toolbox


class Careless:
    """Breaks in ways that nobody thought of."""

    def declarations(self) -> list[dict[str, Any]]:
        return [{"type": "function", "name": name} for name in ("breaks", "works")]

    def question(self, name: str, arguments: Mapping[str, Any]) -> None:
        return None

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answered:
        if name == "breaks":
            raise KeyError("text")
        return Answered.well("Done.")


async def test_a_tool_that_breaks_is_answered_as_failed_and_the_next_one_works() -> None:
    told: asyncio.Queue[Event] = asyncio.Queue()
    box = Toolbox([Careless()], ToolCalls(), told.put_nowait, ToolRecord(None))
    running = asyncio.create_task(box.run())
    try:
        async with asyncio.timeout(5):
            for name, ok in (("breaks", False), ("works", True)):
                box.call(name, name, {})
                answered = await told.get()
                assert isinstance(answered, ToolAnswered)
                assert (answered.call_id, answered.ok) == (name, ok)
    finally:
        running.cancel()
        await asyncio.wait([running])
