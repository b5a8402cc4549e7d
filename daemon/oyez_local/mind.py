"""The mind: what was said, and the session's tools, in; something to say or functions to call, out. Pure.

Rules, the first that applies:
1. `Say exactly: ...` in the response's instructions is spoken word for word.
2. Outputs of tools that nobody spoke about yet are told.
3. Where a call still waits for its output, patience is asked for; the call is never repeated.
4. Where the voice spoke last, it goes on where it was cut, or says it again; no tool is called for that.
5. What the user asks about himself is answered from what the conversation told; so are questions for past results.
6. Each wish of the last user text becomes a call of one of the session's own tools, or small talk.
7. What is not understood is said to be so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from oyez_local import memory
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
    since = _since_the_user(request.history)
    if _waits_for_output(since):
        return Decision("One moment, please.")
    if since and since[-1].role == "assistant":
        return Decision(_gone_on(request.history, " ".join(e.text for e in since if e.role == "assistant"), now))
    return _answer(request, now)


def _since_the_user(history: Sequence[Entry]) -> list[Entry]:
    """What came after the last thing that the user said, but for system messages."""
    last = max((i for i, entry in enumerate(history) if entry.role == "user"), default=-1)
    return [entry for entry in history[last + 1 :] if entry.role != "system"]


def _waits_for_output(entries: Sequence[Entry]) -> bool:
    done = {entry.call_id for entry in entries if entry.role == "output"}
    return any(entry.role == "call" and entry.call_id not in done for entry in entries)


def _gone_on(history: Sequence[Entry], said: str, now: datetime) -> str:
    """The rest of what was to be said, where it is known; else what was said."""
    heard = [entry.text for entry in history if entry.role == "user"]
    before = [entry.text for entry in history if entry.role == "assistant"][:-1]
    for wish in understand(heard[-1]) if heard else []:
        whole = small_talk(wish, heard[:-1], before, now) or ""
        rest = whole[len(said.strip()) :].strip()
        if rest and whole.startswith(said.strip()):
            return rest
    return said


def verbatim(instructions: str) -> str | None:
    """What is to be said word for word; None where nothing is."""
    asked = VERBATIM.match(instructions)
    return instructions[asked.end() :].strip().strip('"“”').strip() if asked else None


def _untold_outputs(history: Sequence[Entry]) -> list[str]:
    """Since the user spoke, and not told yet: one may come while the voice still says something else."""
    since = _since_the_user(history)
    said = [entry.text.strip() for entry in since if entry.role == "assistant"]
    outputs = [entry.text for entry in since if entry.role == "output"]
    return [output for output in outputs if not any(_tells(words, sentence_from([output])) for words in said)]


def _tells(words: str, sentence: str) -> bool:
    """All of it, or the beginning, where it was cut."""
    return bool(words) and (sentence in words or sentence.startswith(words))


def _answer(request: Request, now: datetime) -> Decision:
    heard = [entry.text for entry in request.history if entry.role == "user"]
    said = [entry.text for entry in request.history if entry.role == "assistant"]
    if not heard:
        return Decision("Hello. How can I help you?")
    if not heard[-1].strip():
        # The first sound of a conversation may be the end of a wake phrase, and whoever said that has not asked yet.
        return Decision("I did not hear any words." if len(heard) > 1 else "")
    remembered = _remembered(heard[-1], request.history)
    if remembered is not None:
        return Decision(remembered)
    wishes = understand(heard[-1])
    if not wishes or all(wish.intent == "NameTold" for wish in wishes):
        return Decision(_taken_in(heard[-1]))
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


def _remembered(text: str, history: Sequence[Entry]) -> str | None:
    """The answer to a question for what the conversation told; None: it is no such question, or nothing was told."""
    key = memory.asked(text)
    value = None if key is None else memory.recalled(key, history)
    if value is not None:
        return f"Your {key} is {value[0].upper()}{value[1:]}." if key == "name" else f"Your {key} is {value}."
    result = memory.past_result(text, history)
    return None if result is None else sentence_from([result])


def _taken_in(text: str) -> str:
    """The answer to a statement, or to what nobody here understands."""
    facts = memory.facts_in(Entry("user", text))
    if "name" in facts:
        return f"Nice to meet you, {facts['name'][0].upper()}{facts['name'][1:]}."
    if facts:
        return " ".join(f"I will remember that your {key} is {value}." for key, value in facts.items())
    key = memory.asked(text)
    if key is not None:
        return f"You have not told me your {key}."
    return f"I am only the local voice. I did not understand: {text.strip()}"


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
