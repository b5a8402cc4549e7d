"""The tools that calls may use: a registry of the keeper's own, loaded by name, narrowed to what a device may do."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from oyez_realtime.session_objects import FunctionTool
from oyez_realtime.tools import ToolRegistry, ToolResult


class Registry(Protocol):
    """As oyez_realtime.tools.ToolRegistry."""

    def declarations(self) -> list[FunctionTool]: ...
    async def call(self, name: str, arguments: str | Mapping[str, Any]) -> ToolResult: ...


class ToolsError(Exception):
    """The keeper's to mend; a sentence."""


def load(place: str) -> Registry:
    """`package.module:name`; empty: no tools. Runs the module, as an import does. Raises ToolsError."""
    if not place:
        return ToolRegistry()
    module, _, name = place.partition(":")
    try:
        found = getattr(import_module(module), name)
    except Exception as error:
        # The keeper's own code: whatever it raises, they need its name and not our traceback.
        message = f"tools: {place} cannot be had ({type(error).__name__}: {error}): is its package installed here?"
        raise ToolsError(message) from error
    if not callable(getattr(found, "declarations", None)) or not callable(getattr(found, "call", None)):
        raise ToolsError(f"tools: {place} is a {type(found).__name__}, no registry: make it a ToolRegistry.")
    registry: Registry = found
    return registry


class Narrowed:
    """A registry of which only some tools are there. names None: all."""

    def __init__(self, registry: Registry, names: tuple[str, ...] | None) -> None:
        self._registry, self._names = registry, names

    def declarations(self) -> list[FunctionTool]:
        return [tool for tool in self._registry.declarations() if self._names is None or tool.name in self._names]

    async def call(self, name: str, arguments: str | Mapping[str, Any]) -> ToolResult:
        if all(tool.name != name for tool in self.declarations()):
            return ToolResult(f"There is no tool named {name!r} here. Nothing was done.", False)
        return await self._registry.call(name, arguments)
