"""The mind: what was said, and the session's tools, in; something to say or functions to call, out. Pure.

Rules, the first that applies:
1. `Say exactly: ...` in the response's instructions is spoken word for word.
2. Outputs of tools that nobody spoke about yet are told.
3. Each wish of the last user text becomes a call of one of the session's own tools, or small talk.
4. What is not understood is said to be so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from oyez_local.calling import Call, CannotCall, call_for
from oyez_local.phrases import Meaning, understand
from oyez_local.talk import sentence_from, small_talk

VERBATIM = re.compile(
    r"^\s*(?:say|speak|repeat|read)\b[^:\n]{0,60}\b(?:exactly|verbatim|word for word)\b[^:\n]{0,60}:\s*", re.I
)
TOOL_FIRST = ("HassGetCurrentTime", "HassGetCurrentDate", "Stop", "Goodbye")
"""Wishes that small talk can answer as well, and a tool of the session answers better."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the conversation so far."""

    role: Literal["system", "user", "assistant", "call", "output"]
    text: str
    """Words; for `call` the JSON of the arguments, for `output` what the tool gave."""
    name: str = ""
    """For `call`: the tool."""
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What a response is to be made from."""

    history: Sequence[Entry]
    instructions: str = ""
    """The session's, or the response's own where it brought some."""
    tools: Sequence[Mapping[str, Any]] = ()
    """Function tools in the wire's flat form: name, description, parameters (JSON Schema)."""
    tool_choice: str | Mapping[str, Any] = "auto"


@dataclass(frozen=True, slots=True)
class Decision:
    """Words to say, or functions to call, or both (the words first)."""

    text: str = ""
    calls: tuple[Call, ...] = field(default=())


def decide(request: Request, now: datetime) -> Decision:
    """now: local time, for the one who asks for it and gave no tool."""
    words = verbatim(request.instructions)
    if words is not None:
        return Decision(words)
    outputs = _untold_outputs(request.history)
    if outputs:
        return Decision(sentence_from(outputs))
    return _answer(request, now)


def verbatim(instructions: str) -> str | None:
    """What is to be said word for word; None where nothing is."""
    asked = VERBATIM.match(instructions)
    return instructions[asked.end() :].strip().strip('"“”').strip() if asked else None


def _untold_outputs(history: Sequence[Entry]) -> list[str]:
    outputs: list[str] = []
    for entry in reversed(history):
        if entry.role in ("user", "assistant"):
            break
        if entry.role == "output":
            outputs.insert(0, entry.text)
    return outputs


def _answer(request: Request, now: datetime) -> Decision:
    heard = [entry.text for entry in request.history if entry.role == "user"]
    said = [entry.text for entry in request.history if entry.role == "assistant"]
    if not heard:
        return Decision("Hello. How can I help you?")
    if not heard[-1].strip():
        return Decision("I did not hear any words.")
    wishes = understand(heard[-1])
    if not wishes:
        return Decision(f"I am only the local voice. I did not understand: {heard[-1].strip()}")
    tools = _allowed(request)
    words: list[str] = []
    calls: list[Call] = []
    for wish in wishes:
        answer = _fulfil(wish, tools, heard[:-1], said, now)
        if isinstance(answer, Call):
            calls.append(answer)
        else:
            words.append(answer)
    return Decision(" ".join(words), tuple(calls))


def _fulfil(
    wish: Meaning, tools: Sequence[Mapping[str, Any]], heard: Sequence[str], said: Sequence[str], now: datetime
) -> Call | str:
    spoken = small_talk(wish, heard, said, now)
    if spoken is not None and (wish.intent not in TOOL_FIRST or not tools):
        return spoken
    try:
        return call_for(wish, tools)
    except CannotCall as cannot:
        return spoken or f"I understood: {wish.text}. {cannot}"


def _allowed(request: Request) -> list[Mapping[str, Any]]:
    """The function tools that `tool_choice` leaves."""
    choice = request.tool_choice
    tools = [tool for tool in request.tools if tool.get("type", "function") == "function"]
    if choice == "none":
        return []
    if isinstance(choice, Mapping):
        return [tool for tool in tools if tool.get("name") == choice.get("name")]
    return tools
