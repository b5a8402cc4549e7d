"""The arguments of a configured tool: as the model is told of them, and as they are checked when it calls. Pure."""

import math
from collections.abc import Mapping
from typing import Any

from oyez.config import Parameter

LARGEST_NUMBER = 1e15
"""Beyond it a number is no whole one any more where it arrives."""
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
}

Values = Mapping[str, Any]
"""Arguments that were checked, by name."""


class ToolRefused(ValueError):
    """The call cannot be carried out; the sentence is for the model, which tells the user."""


def schema(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """JSON Schema of the arguments."""
    return {
        "type": "object",
        "properties": {name: _schema(parameter) for name, parameter in parameters.items()},
        "required": [name for name, parameter in parameters.items() if parameter.required],
    }


def _schema(parameter: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": parameter.description,
        "enum": list(parameter.choices),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "maxLength": None if parameter.max_length == Parameter().max_length else parameter.max_length,
    }
    return {"type": parameter.type, **{key: value for key, value in told.items() if value not in (None, "", [])}}


def checked(tool: str, parameters: Mapping[str, Parameter], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments as they are used. Raises ToolRefused."""
    for name in arguments:
        if name not in parameters:
            raise ToolRefused(f"{tool} has no argument {name!r}.")
    for name, parameter in parameters.items():
        if name not in arguments and parameter.required:
            raise ToolRefused(f"{tool} needs the argument {name!r}.")
    return {name: _value(f"{tool}: {name!r}", parameters[name], value) for name, value in arguments.items()}


def _value(what: str, parameter: Parameter, value: Any) -> Any:
    if parameter.type == "integer" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, JSON_TYPES[parameter.type]) or (isinstance(value, bool) and parameter.type != "boolean"):
        raise ToolRefused(f"{what} must be a {parameter.type}.")
    if isinstance(value, str):
        return _text(what, parameter, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        _number(what, parameter, value)
    return value


def _text(what: str, parameter: Parameter, value: str) -> str:
    if len(value) > parameter.max_length:
        raise ToolRefused(f"{what} is longer than {parameter.max_length} characters.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ToolRefused(f"{what} holds halves of characters.")
    if not parameter.choices:
        return value
    meant = [choice for choice in parameter.choices if choice.casefold() == value.strip().casefold()]
    if not meant:
        raise ToolRefused(f"{what} must be one of {', '.join(parameter.choices)}.")
    return value if value in meant else meant[0]


def _number(what: str, parameter: Parameter, value: float) -> None:
    if abs(value) > LARGEST_NUMBER or not math.isfinite(value):
        raise ToolRefused(f"{what} is no number that can be used.")
    if parameter.minimum is not None and value < parameter.minimum:
        raise ToolRefused(f"{what} must be at least {parameter.minimum:g}.")
    if parameter.maximum is not None and value > parameter.maximum:
        raise ToolRefused(f"{what} must be at most {parameter.maximum:g}.")
