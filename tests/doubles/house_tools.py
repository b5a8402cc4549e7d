"""Tools of an owner, in Python: one that takes as long as the test wants, one that fails."""

import asyncio
from typing import Annotated

from msgspec import Meta

from oyez_realtime.tools import ToolRegistry

registry = ToolRegistry()


class Machine:
    """What the slow tool waits for."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.runs = asyncio.Event()


class _Cellar:
    machine: Machine | None = None


def new_machine() -> Machine:
    """Another one for each test: an event belongs to its loop."""
    _Cellar.machine = Machine()
    return _Cellar.machine


@registry.tool
async def run_house_command(command: str) -> str:
    """Give a command to the house."""
    assert _Cellar.machine is not None
    _Cellar.machine.started.append(command)
    await _Cellar.machine.runs.wait()
    return "The washing machine is running now."


@registry.tool
async def dim_light(percent: Annotated[int, Meta(ge=0, le=100)]) -> str:
    """Set the brightness of the lights."""
    raise RuntimeError("the dimmer has no power")
