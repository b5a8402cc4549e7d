"""A typed Python function is a tool: its schema, what a model may send, and what comes back."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, strategies as st
from msgspec import Meta

from oyez_realtime.tools import OUTPUT_MAX_CHARACTERS, ToolRegistry, ToolResult
from oyez_realtime.wire import given as value_of


def registry(*functions: Callable[..., Any]) -> ToolRegistry:
    tools = ToolRegistry()
    for function in functions:
        tools.tool(function)
    return tools


async def set_light(
    room: Literal["kitchen", "hall"], on: bool, percent: Annotated[int, Meta(ge=1, le=100)] = 100
) -> str:
    """Switch a light
    on or off.

    Not for the model.
    """
    return f"{room} {on} {percent}"


def test_the_schema_is_that_of_the_signature() -> None:
    """Types, choices, ranges, defaults; the description is the docstring's first paragraph."""
    (declared,) = registry(set_light).declarations()
    assert declared.name == "set_light"
    assert declared.description == "Switch a light on or off."
    assert value_of(declared.parameters) == {
        "type": "object",
        "properties": {
            "room": {"enum": ["hall", "kitchen"]},
            "on": {"type": "boolean"},
            "percent": {"type": "integer", "minimum": 1, "maximum": 100, "default": 100},
        },
        "required": ["room", "on"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("arguments", ['{"room": "hall", "on": true}', {"room": "hall", "on": True}])
async def test_a_call_is_checked_and_carried_out(arguments: str | dict[str, Any]) -> None:
    assert await registry(set_light).call("set_light", arguments) == ToolResult("hall True 100", True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('{"room": "attic", "on": true}', "room"),
        ('{"room": "hall"}', "on"),
        ('{"room": "hall", "on": true, "percent": 0}', "percent"),
        ('{"room": "hall", "on": true, "colour": "red"}', "colour"),
        ("[1]", "object"),
        ('{"room": ', "truncated"),
    ],
)
async def test_arguments_that_do_not_fit_do_nothing_and_are_explained(arguments: str, said: str) -> None:
    result = await registry(set_light).call("set_light", arguments)
    assert not result.ok
    assert said in result.output
    assert "Nothing was done" in result.output


async def test_an_unknown_tool_is_answered_with_the_known_ones() -> None:
    result = await registry(set_light).call("open_door", "{}")
    assert not result.ok
    assert "set_light" in result.output


async def test_the_error_of_a_tool_goes_to_the_model_as_text() -> None:
    def burn() -> None:
        raise RuntimeError("the oven is hot")

    assert await registry(burn).call("burn", "") == ToolResult("burn failed: the oven is hot", False)


async def test_a_blocking_tool_does_not_hold_up_the_loop() -> None:
    """It runs in a thread: the loop answers it while it waits."""
    asked, answered = threading.Event(), threading.Event()

    def wait_for_the_loop() -> bool:
        asked.set()
        return answered.wait(timeout=10)

    call = asyncio.create_task(registry(wait_for_the_loop).call("wait_for_the_loop", ""))
    await asyncio.to_thread(asked.wait, 10)
    answered.set()
    assert await call == ToolResult("true", True)


async def test_a_tool_that_hangs_takes_no_thread_from_the_loop() -> None:
    """The loop looks up names in threads of its own: were they taken, no connection could be made any more."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    asked, end = threading.Event(), threading.Event()

    def hang() -> None:
        """Wait."""
        asked.set()
        end.wait(10)

    call = asyncio.create_task(registry(hang).call("hang", "{}"))
    try:
        async with asyncio.timeout(5):
            assert await asyncio.to_thread(asked.wait, 5)
            assert await asyncio.to_thread(int) == 0
    finally:
        end.set()
        assert (await call).ok


async def test_a_tool_that_does_not_end_is_given_up() -> None:
    tools = ToolRegistry()

    @tools.tool(timeout_s=0.01)
    async def sleep_for_ever() -> None:
        await asyncio.Event().wait()

    result = await tools.call("sleep_for_ever", "{}")
    assert not result.ok
    assert "longer than 0.01 s" in result.output


async def test_a_long_output_is_trimmed_and_says_so() -> None:
    def novel() -> str:
        return "x" * (OUTPUT_MAX_CHARACTERS + 5)

    result = await registry(novel).call("novel", "")
    assert result.output.endswith("(5 more characters were left out)")


async def test_what_is_no_text_goes_as_json_and_nothing_as_done() -> None:
    def table() -> dict[str, list[int]]:
        return {"rows": [1, 2]}

    def nothing() -> None:
        return None

    tools = registry(table, nothing)
    assert (await tools.call("table", "")).output == '{"rows": [1, 2]}'
    assert (await tools.call("nothing", "")).output == "done"


def test_a_function_that_no_model_could_call_is_refused_at_registration() -> None:
    def untyped(room) -> None:  # type: ignore[no-untyped-def]
        """No type."""

    def many(*rooms: str) -> None:
        """No names."""

    for function in (untyped, many):
        with pytest.raises(TypeError):
            registry(function)
    with pytest.raises(ValueError, match="another name"):
        registry(set_light, set_light)


@given(st.text(max_size=50) | st.binary(max_size=50).map(lambda raw: raw.decode("utf-8", "replace")))
def test_no_text_of_a_model_raises(arguments: str) -> None:
    """Fuzz of the border: whatever stands for arguments is answered."""
    result = asyncio.run(registry(set_light).call("set_light", arguments))
    assert isinstance(result.output, str)
