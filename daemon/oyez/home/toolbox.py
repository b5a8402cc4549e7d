"""Carries out tool calls beside the sound: configured ones, built-in ones, and typed Python functions of the owner.

Calls begin in the order in which they came and run side by side, so that a slow one holds up no other.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from oyez.config import Tool, ToolCalls
from oyez.errors import ConfigError, ServiceAway
from oyez.events import Event, ToolAnswered
from oyez.home import tools
from oyez.home.builtin import builtin
from oyez.home.plugins import load
from oyez.home.tool_record import Recorded, ToolRecord, of_remote
from oyez.home.topics import Message
from oyez_realtime.items import McpCall
from oyez_realtime.tools import ToolRegistry

log = logging.getLogger(__name__)

Publisher = Callable[[Message], Awaitable[None]]
"""Returns when the broker has it, raises ServiceAway when it has not."""

AT_ONCE = 8
"""More calls than this wait for one to end."""


class Toolbox:
    """Raises ConfigError where a registry of the owner cannot be loaded."""

    def __init__(
        self,
        declared: Sequence[Tool],
        rules: ToolCalls,
        publish: Publisher,
        tell: Callable[[Event], None],
        record: ToolRecord,
        why_awake: Callable[[], str] | None = None,
        *of_the_device: ToolRegistry,
    ) -> None:
        """why_awake: why the device woke, in sentences to be read aloud. of_the_device: its other tools."""
        self._declared, self._rules, self._publish, self._tell = declared, rules, publish, tell
        self._record = record
        self._registries = [builtin(tell, _local_time, why_awake), *of_the_device, *load(rules.python)]
        self._judge_names()
        self._calls: asyncio.Queue[tuple[str, str, Mapping[str, Any]]] = asyncio.Queue()
        self._free = asyncio.Semaphore(AT_ONCE)

    def _judge_names(self) -> None:
        """A name means one tool; a rule that names none is a slip of the pen, and is said."""
        names = Counter(str(one["name"]) for one in self._all())
        if twice := sorted(name for name, count in names.items() if count > 1):
            raise ConfigError(
                [
                    f"tools: {name} is the name of two tools ([[tools]], tool_calls.python, and those that are built "
                    "in), so nobody knows which is meant: give one another name."
                    for name in twice
                ]
            )
        for pattern in self._rules.allowed:
            if not any(fnmatchcase(name, pattern) for name in names):
                log.warning("tool_calls.allowed: %r allows nothing: there are %s.", pattern, ", ".join(names))

    def declarations(self) -> list[dict[str, Any]]:
        """What `session.update` carries under `tools`: only what may be called."""
        return [one for one in self._all() if self._allows(one["name"])]

    def _all(self) -> list[dict[str, Any]]:
        own = [msgspec.to_builtins(tool) for registry in self._registries for tool in registry.declarations()]
        return [*own, *tools.declarations(self._declared)]

    def call(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> None:
        """A ToolAnswered follows, whatever happens."""
        self._calls.put_nowait((call_id, name, arguments))

    def used_elsewhere(self, call: McpCall) -> Recorded:
        """The service has used a remote tool: that is recorded too."""
        used = of_remote(call, _local_time())
        self._record.write(used)
        return used

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                call_id, name, arguments = await self._calls.get()
                await self._free.acquire()
                group.create_task(self._answer(call_id, name, arguments), name=f"tool {name}")

    async def _answer(self, call_id: str, name: str, arguments: Mapping[str, Any]) -> None:
        began_s = time.monotonic()
        try:
            answer, outcome = await self._carry_out(name, arguments)
        finally:
            self._free.release()
        took_s = round(time.monotonic() - began_s, 3)
        self._record.write(
            Recorded(
                at=_local_time(), tool=name, arguments=dict(arguments), outcome=outcome, output=answer, took_s=took_s
            )
        )
        ok = outcome == "ok"
        self._tell(ToolAnswered(call_id, name, tools.output(answer, ok), ok))

    async def _carry_out(self, name: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
        """What the model is told, and what the record calls it."""
        configured = next((tool for tool in self._declared if tool.name == name), None)
        registry = next((registry for registry in self._registries if name in registry), None)
        if (configured is None and registry is None) or not self._allows(name):
            return f"There is no tool named {name!r} on this device.", "refused"
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                if configured is not None:
                    return await self._post(configured, arguments)
                return await _run(registry, name, arguments)
        except TimeoutError:
            return f"{name} took longer than {self._rules.timeout_s:g} s; whether it was done is not known.", "failed"

    async def _post(self, tool: Tool, arguments: Mapping[str, Any]) -> tuple[str, str]:
        try:
            message = tools.decide(tool, arguments)
            await self._publish(Message(message.topic, message.payload.encode(), message.retain))
        except tools.ToolRefused as refused:
            return str(refused), "refused"
        except ServiceAway:
            return "The home's message broker is away, so nothing was done.", "failed"
        return message.answer, "ok"

    def _allows(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._rules.allowed)


async def _run(registry: ToolRegistry | None, name: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    assert registry is not None
    result = await registry.call(name, arguments)
    return result.output, "ok" if result.ok else "failed"


def _local_time() -> datetime:
    return datetime.now().astimezone()
