"""From what a sentence wants to a call of one of the session's own tools. Pure.

A session declares its tools by name, description and JSON Schema; nothing here knows a tool by heart. A tool is chosen
by the words in its name and description, and its parameters are filled by the names and types in its schema.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oyez_local.clocks import time_of_day
from oyez_local.phrases import Meaning

MAX_FITTING_WORDS = 3


class CannotCall(Exception):
    """No call can be made of this wish; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Call:
    """One function call: the tool's name and its arguments by parameter name."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)

    def json(self) -> str:
        """The arguments as the wire has them."""
        return json.dumps(self.arguments)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of wish: which words speak for a tool, which against it, and what the user calls it."""

    wants: tuple[str, ...]
    spoken: str
    against: tuple[str, ...] = ()


SWITCH = Kind(
    ("light", "lights", "lamp", "switch", "turn", "home", "house", "device", "entity"),
    "switching things",
    ("timer", "volume", "time"),
)
KINDS: dict[str, Kind] = {
    "Switch": SWITCH,
    "Brightness": Kind(("brightness", "dim", *SWITCH.wants), "dimming lights", SWITCH.against),
    "Order": Kind(("home", "house", "device", "command", "control"), "that", ("volume", "timer", "time")),
    "HassStartTimer": Kind(("timer", "countdown"), "timers", ("cancel", "stop", "delete")),
    "HassCancelTimer": Kind(("cancel", "stop", "delete", "timer"), "cancelling timers", ("set", "start")),
    "SetAlarm": Kind(("alarm", "alarms"), "alarms", ("cancel", "stop", "delete", "list", "get")),
    "CancelAlarm": Kind(("cancel", "stop", "delete", "alarm"), "cancelling alarms", ("set", "start", "list", "get")),
    "TimerList": Kind(
        ("list", "timers", "timer", "alarms", "left", "remaining"), "listing timers", ("set", "start", "cancel", "stop")
    ),
    "HassSetVolume": Kind(("volume", "loudness", "loudspeaker"), "the volume"),
    "HassSetVolumeRelative": Kind(("volume", "loudness", "loudspeaker"), "the volume"),
    "HassGetCurrentTime": Kind(("time", "clock"), "the time", ("timer", "set", "alarm")),
    "HassGetCurrentDate": Kind(("date", "time", "calendar"), "the date", ("timer", "set", "alarm")),
    "Stop": Kind(("stop", "sleep", "hush", "quiet", "hang", "end"), "stopping", ("timer", "music", "microphone")),
    "Goodbye": Kind(("goodbye", "sleep", "end", "hang"), "ending", ("timer", "music", "microphone")),
    "WhatHeard": Kind(("hear", "heard", "understood"), "what I heard"),
    "WhyWake": Kind(("wake", "woke", "awake"), "why I woke", ("set", "alarm", "timer")),
    "WhatsWrong": Kind(("wrong", "trouble", "troubles", "problem", "problems"), "what is wrong"),
    "StopListening": Kind(("mute", "microphone", "listening"), "muting the microphone", ("volume", "unmute")),
}
KINDS["NamedTimer"] = KINDS["HassStartTimer"]
KINDS["HassTimerStatus"] = KINDS["TimerList"]
KINDS["HassCancelAllTimers"] = KINDS["HassCancelTimer"]
KINDS["Louder"] = KINDS["Quieter"] = KINDS["HassSetVolume"]

ON_WORDS = ("on", "turn_on", "true", "open", "enable")
OFF_WORDS = ("off", "turn_off", "false", "close", "disable")
FREE_TEXT = ("text", "command", "query", "request", "utterance", "sentence", "instruction", "prompt")
TIMED = ("SetAlarm", "CancelAlarm", "HassCancelTimer", "HassCancelAllTimers", "HassTimerStatus", "TimerList")
WHICH = frozenset({"which", "label", "name", "title", "timer", "alarm", "id"})
KIND_OF = {"HassCancelTimer": "timer", "CancelAlarm": "alarm"}
STEPS = frozenset({"step", "delta", "change", "by", "relative"})
PLACES = ("room", "area", "location", "light", "lamp", "zone")


def call_for(meaning: Meaning, tools: Sequence[Mapping[str, Any]]) -> Call:
    """The best tool of the session, filled in. Raises CannotCall with what to tell the user."""
    kind = KINDS[meaning.intent]
    ranked = sorted(
        ((_fitness(kind, tool), -i, tool) for i, tool in enumerate(tools)), key=lambda r: r[:2], reverse=True
    )
    reason = f"I have no tool for {kind.spoken} here."
    for fitness, _, tool in ranked:
        if fitness <= 0:
            break
        if _does_the_opposite(meaning, tool):
            continue
        try:
            return Call(tool["name"], _arguments(meaning, tool))
        except CannotCall as cannot:
            reason = str(cannot)
    raise CannotCall(reason)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())


def _fitness(kind: Kind, tool: Mapping[str, Any]) -> int:
    name, description = _words(str(tool.get("name", ""))), _words(str(tool.get("description", "")))
    if any(word in name for word in kind.against):
        return 0
    return 5 * sum(word in name for word in kind.wants) + min(
        sum(word in description for word in kind.wants), MAX_FITTING_WORDS
    )


def _does_the_opposite(meaning: Meaning, tool: Mapping[str, Any]) -> bool:
    """A tool that only switches on, for who wants something off; or the other way round."""
    does = {"on", "off"} & set(_words(str(tool.get("name", ""))))
    return meaning.intent == "Switch" and does == {"off" if _state(meaning) else "on"}


def _arguments(meaning: Meaning, tool: Mapping[str, Any]) -> dict[str, Any]:
    schema = tool.get("parameters") or {}
    properties: Mapping[str, Any] = schema.get("properties") or {}
    required = schema.get("required") or []
    arguments: dict[str, Any] = {}
    for name, property_schema in properties.items():
        value = _value(meaning, name, property_schema if isinstance(property_schema, Mapping) else {})
        if value is not None:
            arguments[name] = value
        elif name in required:
            raise CannotCall(_missing(tool, name, property_schema))
    if "name" in arguments and (thing := _thing(meaning)):  # it is named once: it is not its own floor as well
        again = [name for name, one in arguments.items() if name != "name" and one in (thing, _without_light(thing))]
        arguments = {name: one for name, one in arguments.items() if name in required or name not in again}
    if meaning.slots and properties and not arguments:
        raise CannotCall(f"I did not find out how to tell that to {tool['name']}.")
    return arguments


def _missing(tool: Mapping[str, Any], name: str, schema: Any) -> str:
    choices = schema.get("enum") if isinstance(schema, Mapping) else None
    spoken = str(tool["name"]).replace("_", " ")
    if choices:
        return f"For {spoken} I only know {', '.join(str(choice) for choice in choices)}."
    return f"For {spoken} I would need the {name.replace('_', ' ')}."


def _value(meaning: Meaning, name: str, schema: Mapping[str, Any]) -> Any:
    """The value of one parameter; None where the sentence says nothing about it."""
    kind = schema.get("type", "string")
    if kind in ("number", "integer"):
        return _number(meaning, name, schema)
    if kind == "boolean":
        return _state(meaning)
    if kind == "string":
        return _string(meaning, name, schema)
    return None


def _state(meaning: Meaning) -> bool | None:
    if meaning.intent == "Brightness":
        return bool(meaning.slots["percent"])
    if meaning.intent == "Switch":
        return str(meaning.slots.get("state", "on")) == "on"
    return None


def _string(meaning: Meaning, name: str, schema: Mapping[str, Any]) -> str | None:
    words = _words(name)
    choices = [str(choice) for choice in schema.get("enum") or []]
    if choices:
        return _choice(meaning, choices)
    if any(word in FREE_TEXT for word in words) and meaning.intent in KINDS:
        return meaning.text
    if any(word in ("state", "action", "power", "status", "mode") for word in words):
        state = _state(meaning)
        return None if state is None else ("on" if state else "off")
    if meaning.intent in ("HassStartTimer", "NamedTimer"):
        return str(meaning.slots.get("name") or "timer") if {"label", "name", "title"} & set(words) else None
    if meaning.intent in TIMED:
        return _timed(meaning, set(words))
    thing = _thing(meaning)
    return _without_light(thing) if thing and any(word in PLACES for word in words) else thing


def _timed(meaning: Meaning, words: set[str]) -> str | None:
    """What tells which timer or alarm, or when an alarm is to ring."""
    clock = time_of_day(str(meaning.slots.get("clock", "")))
    if meaning.intent == "SetAlarm":
        if words & {"time", "at", "clock", "when"}:
            return clock
        return meaning.slots.get("name") if words & {"label", "name", "title"} else None
    if not words & WHICH:
        return None
    if meaning.intent == "HassCancelAllTimers":
        return "all"
    said = meaning.slots.get("name") or clock or _started(meaning)
    return str(said) if said else (KIND_OF.get(meaning.intent) if "which" in words else None)


def _started(meaning: Meaning) -> str:
    """`5 minute`: how long a timer was set for, as people tell two of them apart."""
    lengths = [(unit, meaning.slots.get(f"start_{unit}s")) for unit in ("hour", "minute", "second")]
    return " ".join(f"{value} {unit}" for unit, value in lengths if value)


def _thing(meaning: Meaning) -> str | None:
    if "thing" in meaning.slots:
        return re.sub(r"^(the|my|all|our) ", "", str(meaning.slots["thing"]).strip().lower())
    return "all" if meaning.intent == "Switch" else None


def _without_light(thing: str) -> str:
    return re.sub(r" (lights?|lamps?|lighting)$", "", thing)


def _choice(meaning: Meaning, choices: Sequence[str]) -> str | None:
    """The allowed value that the sentence names: on or off, or the thing with the most words in common."""
    state = _state(meaning)
    by_lower = {choice.lower(): choice for choice in choices}
    if state is not None:
        for word in ON_WORDS if state else OFF_WORDS:
            if word in by_lower:
                return by_lower[word]
    said = set(_words(_thing(meaning) or meaning.text))
    common = {choice: len(said & set(_words(choice))) / max(1, len(_words(choice))) for choice in choices}
    best = max(choices, key=lambda choice: common[choice])
    return best if common[best] >= 0.5 else None


def _number(meaning: Meaning, name: str, schema: Mapping[str, Any]) -> float | int | None:
    if meaning.intent in ("HassStartTimer", "NamedTimer"):
        value = _duration(meaning, name)
    elif meaning.intent in ("HassSetVolume", "Brightness") and not set(_words(name)) & STEPS:
        value = _scaled(float(meaning.slots.get("volume_level", meaning.slots.get("percent", 0))), name, schema)
    elif meaning.intent in ("HassSetVolumeRelative", "Louder", "Quieter"):
        value = _step(meaning, name, schema)
    else:
        value = None
    if value is None:
        return None
    return round(value) if schema.get("type") == "integer" or value == int(value) else value


def _duration(meaning: Meaning, name: str) -> float | None:
    hours, minutes, seconds = (float(meaning.slots.get(unit) or 0) for unit in ("hours", "minutes", "seconds"))
    total_s = hours * 3600 + minutes * 60 + seconds
    words = set(_words(name))
    if words & {"minutes", "minute", "min", "mins"}:
        return total_s / 60
    if words & {"hours", "hour"}:
        return total_s / 3600
    if words & {"ms", "milliseconds"}:
        return total_s * 1000
    return total_s if words & {"s", "seconds", "second", "secs", "duration", "length", "time", "delay"} else None


def _scaled(percent: float, name: str, schema: Mapping[str, Any]) -> float:
    """Percent in the parameter's own range: 0 to 1, 0 to 255, ..."""
    top = schema.get("maximum")
    if isinstance(top, int | float) and not isinstance(top, bool):
        return percent / 100 * float(top)
    fraction = re.search(r"\b0(\.0)?\s*(to|-|\.\.)\s*1(\.0)?\b(?!\d)", str(schema.get("description", "")))
    return percent / 100 if fraction else percent


def _step(meaning: Meaning, name: str, schema: Mapping[str, Any]) -> float | None:
    """A relative order can only be given to a parameter that is a step: nobody told us where the volume stands."""
    if not set(_words(name)) & STEPS:
        return None
    step = meaning.slots.get("volume_step", "up" if meaning.intent == "Louder" else "down")
    size = {"up": 10.0, "down": -10.0}.get(str(step)) or float(step)
    return size / 100 if schema.get("maximum") == 1 else size
