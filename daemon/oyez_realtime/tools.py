"""A registry of tools: typed Python functions that a model may call.

tools = ToolRegistry()

@tools.tool
async def set_light(room: str, on: bool, percent: Annotated[int, Meta(ge=1, le=100)] = 100) -> str:
    \"""Switch a light on or off.\"""

client.session_update(RealtimeSession(tools=tools.declarations()))
result = await tools.call("set_light", '{"room": "kitchen", "on": true}')

The JSON Schema comes from the signature, the description from the docstring's first paragraph; msgspec checks what the
model sends against the same signature. A function that is not async runs in a worker thread, so that it never holds up
the sound.
"""

import asyncio
import inspect
import json
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, get_type_hints, overload

import msgspec

from oyez_realtime.session_objects import FunctionTool

logger = logging.getLogger(__name__)

OUTPUT_MAX_CHARACTERS = 8000
"""About 2000 tokens: a longer output would be read again, and paid, at every later response."""
TIMEOUT_S = 30.0
THREADS = 8
"""Of one registry, for functions that are not `async`; more calls than this wait for one to end."""

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What goes back to the model as `function_call_output`."""

    output: str
    ok: bool


@dataclass(frozen=True, slots=True)
class _Tool:
    function: Callable[..., Any]
    declaration: FunctionTool
    arguments: type[msgspec.Struct]
    timeout_s: float


class ToolRegistry:
    """Tools by name. Loop only, but for the functions themselves."""

    def __init__(self) -> None:
        self._tools: dict[str, _Tool] = {}
        # Not the loop's own threads: tools that hang would hold up the look-up of names, and so every connection.
        self._threads = ThreadPoolExecutor(THREADS, "tool")

    @overload
    def tool(self, function: F) -> F: ...
    @overload
    def tool(self, *, name: str | None = None, timeout_s: float = TIMEOUT_S) -> Callable[[F], F]: ...
    def tool(
        self, function: F | None = None, *, name: str | None = None, timeout_s: float = TIMEOUT_S
    ) -> F | Callable[[F], F]:
        """Registers a function; a decorator, bare or with arguments.

        Raises TypeError when a parameter has no type, no name of its own (`*args`, positional only), or one that JSON
        cannot carry; ValueError when the name is taken. The function may raise: its error goes to the model as text.
        """

        def register(given: F) -> F:
            made = _make(given, name or given.__name__, timeout_s)
            if made.declaration.name in self._tools:
                raise ValueError(f"there is a tool named {made.declaration.name} already; give one another name")
            self._tools[made.declaration.name] = made
            return given

        return register if function is None else register(function)

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def declarations(self) -> list[FunctionTool]:
        """For `session.tools`, in the order of registration."""
        return [tool.declaration for tool in self._tools.values()]

    async def call(self, name: str, arguments: str | Mapping[str, Any]) -> ToolResult:
        """Never raises for what a model or a tool does. arguments: the JSON text of the call, or what it means."""
        tool = self._tools.get(name)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            return ToolResult(f"There is no tool named {name!r}; there are: {known}.", False)
        try:
            understood = _understand(tool.arguments, arguments)
        except msgspec.MsgspecError as error:
            return ToolResult(f"The arguments of {name} cannot be used: {error}. Nothing was done.", False)
        return await _run(name, tool, understood, self._threads)


async def _run(name: str, tool: _Tool, arguments: dict[str, Any], threads: ThreadPoolExecutor) -> ToolResult:
    try:
        async with asyncio.timeout(tool.timeout_s):
            if inspect.iscoroutinefunction(tool.function):
                answer = await tool.function(**arguments)
            else:
                call = partial(tool.function, **arguments)
                answer = await asyncio.get_running_loop().run_in_executor(threads, call)
    except TimeoutError:
        return ToolResult(f"{name} took longer than {tool.timeout_s:g} s; whether it was done is not known.", False)
    except Exception as error:
        # A tool is somebody else's code: the model, and so the user, is told; the session lives.
        logger.exception("The tool %s failed.", name)
        return ToolResult(f"{name} failed: {error or type(error).__name__}", False)
    return ToolResult(as_text(answer), True)


def as_text(answer: object) -> str:
    """Text as it is, nothing as `done`, everything else as JSON; trimmed to what is worth reading. Half of a surrogate
    pair, which is no Unicode, becomes a question mark."""
    if answer is None:
        return "done"
    text = answer if isinstance(answer, str) else json.dumps(msgspec.to_builtins(answer), ensure_ascii=False)
    text = text.encode("utf-8", "replace").decode()
    if len(text) <= OUTPUT_MAX_CHARACTERS:
        return text
    return f"{text[:OUTPUT_MAX_CHARACTERS]}… ({len(text) - OUTPUT_MAX_CHARACTERS} more characters were left out)"


def _understand(struct: type[msgspec.Struct], arguments: str | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(arguments, str):
        understood = msgspec.json.decode(arguments or "{}", type=struct)
    else:
        understood = msgspec.convert(arguments, struct)
    return {name: getattr(understood, name) for name in struct.__struct_fields__}


def _make(function: Callable[..., Any], name: str, timeout_s: float) -> _Tool:
    hints = get_type_hints(function, include_extras=True)
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise TypeError(f"{name}: {parameter} cannot be filled by name; a tool takes named parameters only")
        if parameter.name not in hints:
            raise TypeError(f"{name}: the parameter {parameter.name} has no type; a model cannot know what to send")
        plain = (parameter.name, hints[parameter.name])
        fields.append(plain if parameter.default is parameter.empty else (*plain, parameter.default))
    struct = msgspec.defstruct(f"{name}_arguments", fields, kw_only=True, forbid_unknown_fields=True)
    description = inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    declaration = FunctionTool(name=name, description=description, parameters=_schema(struct))
    return _Tool(function, declaration, struct, timeout_s)


def _schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The object's own schema, with what it refers to beside it."""
    (schema,), others = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    own = dict(others.pop(schema["$ref"].rpartition("/")[2]))
    own.pop("title", None)
    return own | ({"$defs": others} if others else {})
