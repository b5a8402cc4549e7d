"""Contradictions in the tables of tools: what each value alone does not show. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from oyez.config import Config
from oyez.config_tools import (
    AnyTool,
    HomeAssistantConversation,
    HomeAssistantService,
    HttpCall,
    Mcp,
    MqttRequest,
    Parameter,
    Tool,
)
from oyez.mistake import Mistake, hint, is_topic

HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def tool_mistakes(config: Config) -> Iterator[Mistake]:
    yield from _servers(config)
    for number, place in enumerate(config.tool_calls.python):
        if not all(part.isidentifier() for part in re.split(r"[.:]", place)) or place.count(":") != 1:
            yield Mistake(f"tool_calls.python[{number}]", "must look like module:name, e.g. my_house.tools:registry.")
    names = Counter(tool.name for tool in config.tools)
    for number, tool in enumerate(config.tools):
        at = f"tools[{number}]"
        if names[tool.name] > 1:
            yield Mistake(f"{at}.name", f"is {tool.name!r}, as another tool's: names must differ.")
        for name, parameter in tool.parameters.items():
            yield from _parameter(f"{at}.parameters.{name}", name, parameter)
        yield from _of_kind(at, tool, config)
        yield from _confirmation(at, tool)


def _servers(config: Config) -> Iterator[Mistake]:
    labels = Counter(server.label for server in config.mcp)
    for number, server in enumerate(config.mcp):
        if labels[server.label] > 1:
            yield Mistake(f"mcp[{number}].label", f"is {server.label!r}, as another server's: labels must differ.")
        yield from _names(f"mcp[{number}]", server)


def _names(at: str, server: Mcp) -> Iterator[Mistake]:
    for name in server.allowed_tools:
        if "*" in name and not server.from_device:
            why = "is a pattern: only what this device calls itself (from_device) may be named so."
            yield Mistake(f"{at}.allowed_tools", f"{name!r} {why}")
        elif "*" in name[:-1] or name == "*":
            yield Mistake(f"{at}.allowed_tools", f"{name!r} must begin with a name: `*` may only stand at its end.")
    for name in server.without_approval:
        if not any(fnmatchcase(name, allowed) for allowed in server.allowed_tools):
            yield Mistake(f"{at}.without_approval", f"names {name!r}, which allowed_tools does not.")


def _parameter(at: str, name: str, parameter: Parameter) -> Iterator[Mistake]:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        yield Mistake(at, "must have a name of letters, digits, _ and -.")
    bounds = [bound for bound in (parameter.minimum, parameter.maximum) if bound is not None]
    if bounds and parameter.type not in ("number", "integer"):
        yield Mistake(at, f"is a {parameter.type}: only a number or an integer has a minimum or a maximum.")
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield Mistake(f"{at}.minimum", f"is {bounds[0]:g}, above its maximum: no value would fit.")
    if parameter.choices and parameter.type != "string":
        yield Mistake(f"{at}.choices", f"are texts, so no {parameter.type} is ever one of them: make it a string.")


def _of_kind(at: str, tool: AnyTool, config: Config) -> Iterator[Mistake]:
    match tool:
        case Tool() | MqttRequest():
            yield from _topics(at, tool)
        case HomeAssistantService(service=service, data=data):
            yield from _needs_home_assistant(at, config)
            for name in HOLE.findall(service):
                yield from _hole(f"{at}.service", name, tool, narrow=True)
            yield from _tree(f"{at}.data", data, tool)
        case HomeAssistantConversation(text=text):
            yield from _needs_home_assistant(at, config)
            if tool.parameters:
                yield from _holes(f"{at}.text", text, tool)
        case HttpCall():
            yield from _http(at, tool)


def _topics(at: str, tool: Tool | MqttRequest) -> Iterator[Mistake]:
    topics = {"topic": tool.topic}
    if isinstance(tool, MqttRequest) and tool.answer_topic:
        topics["answer_topic"] = tool.answer_topic
    for key, topic in topics.items():
        if not is_topic(topic):
            yield Mistake(f"{at}.{key}", "must be an MQTT topic without + and #.")
        for name in HOLE.findall(topic):
            yield from _hole(f"{at}.{key}", name, tool)


def _needs_home_assistant(at: str, config: Config) -> Iterator[Mistake]:
    if not config.home_assistant.url:
        yield Mistake(f"{at}.kind", "needs home_assistant.url: nobody knows where Home Assistant is.")


def _http(at: str, tool: HttpCall) -> Iterator[Mistake]:
    for name in HOLE.findall(tool.url.split("://", 1)[1]):
        yield from _hole(f"{at}.url", name, tool)
    for key, values in (("query", tool.query), ("headers", tool.headers)):
        for name, text in values.items():
            yield from _holes(f"{at}.{key}.{name}", text, tool)
    for key, headers in (("headers", tool.headers), ("header_files", tool.header_files)):
        for name in headers:
            if not HEADER.fullmatch(name) or name.lower() in ("host", "content-length", "transfer-encoding"):
                yield Mistake(f"{at}.{key}.{name}", "cannot be a header of one's own.")
    for name, text in tool.headers.items():
        if not (text.isascii() and text.isprintable()):
            yield Mistake(f"{at}.headers.{name}", "must be plain ASCII on one line.")
    if tool.json and tool.method in ("GET", "DELETE"):
        yield Mistake(f"{at}.json", f"goes with POST, PUT or PATCH; {tool.method} has no body.")
    yield from _tree(f"{at}.json", tool.json, tool)


def _tree(at: str, tree: dict[str, Any], tool: AnyTool) -> Iterator[Mistake]:
    try:
        json.dumps(tree, allow_nan=False)
    except (TypeError, ValueError) as error:
        yield Mistake(at, f"cannot be written as JSON ({error}): texts, finite numbers, true and false can.")
        return
    for text in _texts(tree):
        yield from _holes(at, text, tool)


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _texts(branch)


def _holes(at: str, text: str, tool: AnyTool) -> Iterator[Mistake]:
    for name in HOLE.findall(text):
        if name not in tool.parameters:
            yield Mistake(at, f"has {{{name}}}, which is no parameter.{_known(name, tool)}")


def _hole(at: str, name: str, tool: AnyTool, narrow: bool = False) -> Iterator[Mistake]:
    """narrow: only what can be one of few values."""
    parameter = tool.parameters.get(name)
    if parameter is None:
        yield Mistake(at, f"has {{{name}}}, which is no parameter.{_known(name, tool)}")
    elif not parameter.required:
        yield Mistake(at, f"has {{{name}}}, which may be left out: make that parameter required.")
    elif narrow and parameter.type != "boolean" and not parameter.choices:
        yield Mistake(at, f"has {{{name}}}, which may be anything: make it a boolean, or name its choices.")


def _known(name: str, tool: AnyTool) -> str:
    return hint(name, list(tool.parameters)) if tool.parameters else " There are none."


def _confirmation(at: str, tool: AnyTool) -> Iterator[Mistake]:
    if isinstance(tool.confirm, str) and not (tool.parameters == {} and isinstance(tool, HomeAssistantConversation)):
        yield from _holes(f"{at}.confirm", tool.confirm, tool)
