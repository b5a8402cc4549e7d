"""The tools of the house: what the service is told of them, and what a call of one means. Pure.

Wire form of a function tool: `{"type": "function", "name", "description", "parameters"}` (flat, no `function` wrapper).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oyez.config import Parameter, Tool

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}


class ToolRefused(ValueError):
    """The call cannot be carried out; the sentence is for the model, which tells the user."""


@dataclass(frozen=True, slots=True)
class Publish:
    """One MQTT message, and what may be said once it is out."""

    topic: str
    payload: str
    retain: bool
    answer: str


def declarations(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """What `session.update` carries of them under `tools`."""
    return [_declare(tool) for tool in tools]


def decide(tool: Tool, arguments: Mapping[str, Any]) -> Publish:
    """What a call means. Raises ToolRefused."""
    for name in arguments:
        if name not in tool.parameters:
            raise ToolRefused(f"{tool.name} has no argument {name!r}.")
    for name, parameter in tool.parameters.items():
        _check(tool.name, name, parameter, arguments)
    payload = _fill(tool.payload, arguments, _plain) if tool.payload else json.dumps(dict(arguments))
    return Publish(_fill(tool.topic, arguments, _level), payload, tool.retain, _fill(tool.answer, arguments, _spoken))


def output(answer: str, ok: bool = True) -> str:
    """A tool's output as the model reads it."""
    return json.dumps({"ok": ok, "message": answer}, ensure_ascii=False)


def _declare(tool: Tool) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": {
            "type": "object",
            "properties": {name: _schema(parameter) for name, parameter in tool.parameters.items()},
            "required": [name for name, parameter in tool.parameters.items() if parameter.required],
        },
    }


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": parameter.type}
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    return schema


def _check(tool: str, name: str, parameter: Parameter, arguments: Mapping[str, Any]) -> None:
    if name not in arguments:
        if parameter.required:
            raise ToolRefused(f"{tool} needs the argument {name!r}.")
        return
    value = arguments[name]
    if not isinstance(value, JSON_TYPES[parameter.type]) or (isinstance(value, bool) and parameter.type != "boolean"):
        raise ToolRefused(f"{tool}: {name!r} must be a {parameter.type}.")
    if parameter.choices and value not in parameter.choices:
        raise ToolRefused(f"{tool}: {name!r} must be one of {', '.join(parameter.choices)}.")
    if isinstance(value, str) and len(value) > 256:
        raise ToolRefused(f"{tool}: {name!r} is longer than 256 characters.")


def _fill(template: str, arguments: Mapping[str, Any], shape: Any) -> str:
    """Replaces `{name}` and nothing else: no format strings, so that no value can reach into an object."""
    for name, value in arguments.items():
        template = template.replace("{" + name + "}", shape(value))
    return template


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "ON" if value else "OFF"
    return str(value)


def _level(value: Any) -> str:
    """One level of an MQTT topic: a value must not climb into other topics (MQTT 5, section 4.7)."""
    text = _plain(value).strip().lower().replace(" ", "_")
    if not text or any(c in "/+#$" or ord(c) < 32 for c in text):
        raise ToolRefused(f"{text!r} cannot stand in an MQTT topic.")
    return text


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)
