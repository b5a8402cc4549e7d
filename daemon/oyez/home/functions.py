"""Typed Python functions as tools: the device's own, and those of its owner."""

from collections.abc import Mapping
from typing import Any

import msgspec

from oyez.home.source import Answered, Question
from oyez_realtime.tools import ToolRegistry


class Functions:
    """A source of tools. Nobody is asked about them."""

    def __init__(self, registry: ToolRegistry) -> None:
        self._registry = registry

    def declarations(self) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(tool) for tool in self._registry.declarations()]

    def question(self, name: str, arguments: Mapping[str, Any]) -> Question | None:
        return None

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Answered:
        result = await self._registry.call(name, arguments)
        return Answered(result.output, "ok" if result.ok else "failed")
