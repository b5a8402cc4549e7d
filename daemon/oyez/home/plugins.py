"""Tools that somebody wrote in Python: `module:name` of a ToolRegistry each."""

from collections.abc import Sequence
from importlib import import_module

from oyez.errors import ConfigError
from oyez_realtime.tools import ToolRegistry


def load(places: Sequence[str]) -> list[ToolRegistry]:
    """Raises ConfigError with every one that cannot be used. Importing runs the module: it is the owner's own code."""
    loaded: list[ToolRegistry] = []
    mistakes: list[str] = []
    for place in places:
        module, _, name = place.partition(":")
        try:
            found = getattr(import_module(module), name)
        except (Exception, SystemExit) as error:  # whatever somebody's module does when it is imported
            mistakes.append(f"tool_calls.python: {place} cannot be loaded ({error}): is it installed beside oyez?")
            continue
        if isinstance(found, ToolRegistry):
            loaded.append(found)
        else:
            mistakes.append(f"tool_calls.python: {place} is a {type(found).__name__}; it must be a ToolRegistry.")
    if mistakes:
        raise ConfigError(mistakes)
    return loaded
