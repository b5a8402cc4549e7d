"""Tools of the owner's: how they are found and named, and that what they do wrong stays with the call."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from oyez.config import Tool, ToolCalls
from oyez.errors import ConfigError
from oyez.events import Event, ToolAnswered
from oyez.home.source import Answered
from oyez.home.tool_record import ToolRecord
from oyez.home.toolbox import Toolbox
from oyez_realtime.tools import ToolRegistry
from tests.unit.oyez.home.toolbox_bench import LIGHT, bench, box_of

registry = ToolRegistry()


@registry.tool
def water_plants(litres: int) -> str:
    """Water the plants."""
    return f"{litres} litres given."


async def test_a_typed_python_function_of_the_owner_is_a_tool() -> None:
    async with bench(ToolCalls(python=(f"{__name__}:registry",))) as b:
        (declared,) = [tool for tool in b.box.declarations() if tool["name"] == "water_plants"]
        assert declared["parameters"]["properties"] == {"litres": {"type": "integer"}}
        b.box.call("c1", "water_plants", {"litres": 2})
        assert json.loads((await b.answer()).output) == {"ok": True, "message": "2 litres given."}


@pytest.mark.parametrize("place", ["no_such_module:registry", f"{__name__}:LIGHT", f"{__name__}:nothing"])
def test_a_registry_that_cannot_be_loaded_is_named_at_the_start(place: str) -> None:
    with pytest.raises(ConfigError, match=place):
        box_of(rules=ToolCalls(python=(place,)))


def test_a_registry_that_ends_its_program_does_not_end_the_device_without_a_word(tmp_path: Path) -> None:
    """A script that was written to be run, not imported."""
    (tmp_path / "a_script_of_the_owner.py").write_text("import sys\nsys.exit(3)\n")
    sys.path.insert(0, str(tmp_path))
    try:
        with pytest.raises(ConfigError, match="a_script_of_the_owner:registry cannot be loaded"):
            box_of(rules=ToolCalls(python=("a_script_of_the_owner:registry",)))
    finally:
        sys.path.remove(str(tmp_path))


def test_two_tools_of_one_name_are_refused_at_the_start() -> None:
    """The service would take neither, or one of them, and nobody would know which."""
    clock = Tool(name="get_time", description="Another clock.", topic="house/clock")
    with pytest.raises(ConfigError, match="get_time"):
        box_of(clock)


def test_a_rule_that_allows_no_tool_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """A slip of the pen in `tool_calls.allowed` would else switch a tool off in silence."""
    box_of(LIGHT, rules=ToolCalls(allowed=("set_*", "get_tiem")))
    (warning,) = [record.message for record in caplog.records]
    assert "get_tiem" in warning
    assert "get_time" in warning


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
