"""What a conversation told: facts of the form "my X is Y", and what tools answered. Pure.

Nothing is kept outside of the conversation's own items: whoever replays them brings the memory back.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

TOLD_BY_USER = re.compile(
    r"\bmy (?P<key>[a-z][\w' -]{0,40}?)(?: is| are|'s)(?: called| named)? (?P<value>[^.,;!?]+?)"
    r"(?= and (?:i|my|we|the|it|please|what|tell|turn|can)\b|[.,;!?]|$)",
    re.I,
)
TOLD_OF_USER = re.compile(
    r"\b(?:your|the user's|user's) (?P<key>[a-z][\w' -]{0,40}?) (?:is|are) (?P<value>[^.,;!?]+)", re.I
)
NAME_TOLD = re.compile(r"\b(?:call me|i am called|i'm called) (?P<value>[^.,;!?]+?)(?= and |[.,;!?]|$)", re.I)
ASKED = re.compile(
    r"\b(?:(?:what|who|where|when|which|how old)(?: is| are| was| were|'s|'re)"
    r"|(?:do you|can you|could you)(?: still)? (?:know|remember|recall|tell me)(?: what| who| where| when)?"
    r"|(?:tell|remind) me(?: what| who| where| when| again)?"
    r"|what did i say)"
    r" my (?P<key>[a-z][\w' -]{0,40}?)(?: is| are| was| were)?(?: again| called)?\s*[?.!]*$",
    re.I,
)
RESULT_ASKED = re.compile(
    r"\b(?:what|which|how|when)\b.*\b(?:was|were|did you (?:say|tell)|did (?:it|the \w+) (?:say|give))\b|"
    r"\b(?:what|which|how)\b.*\bagain\s*[?.!]*$",
    re.I,
)
# fmt: off
EMPTY_WORDS = frozenset((
    "what", "which", "how", "when", "was", "were", "did", "you", "say", "said", "tell", "it", "the", "a", "an", "is",
    "of", "me", "again", "that", "there",
))
# fmt: on


class Entry(Protocol):
    """As the mind's: who said it, the words, and for calls the tool's name."""

    @property
    def role(self) -> Literal["system", "user", "assistant", "call", "output"]: ...
    @property
    def text(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def call_id(self) -> str: ...


def facts_in(entry: Entry) -> dict[str, str]:
    """By what they are of: {"name": "Ada"}. A question tells nothing."""
    text = entry.text.replace("’", "'")
    if entry.role == "user":
        statements = " ".join(s for s in re.split(r"(?<=[.!?])\s+", text) if not s.rstrip().endswith("?"))
        found = {_key(m["key"]): _value(m["value"]) for m in TOLD_BY_USER.finditer(statements) if not asked(statements)}
        name = NAME_TOLD.search(statements)
        return found | ({"name": _value(name["value"])} if name else {})
    if entry.role in ("system", "assistant"):
        return {_key(m["key"]): _value(m["value"]) for m in TOLD_OF_USER.finditer(text)}
    return {}


def _key(words: str) -> str:
    return re.sub(r"\s+", " ", words.strip().lower())


def _value(words: str) -> str:
    return words.strip().strip("\"'")


def asked(text: str) -> str | None:
    """Of what the user wants to know "my ..."; None where nothing of the kind is asked."""
    found = ASKED.search(text.replace("’", "'").strip())
    return _key(found["key"]) if found else None


def recalled(key: str, history: Sequence[Entry]) -> str | None:
    """The newest thing that was said about it."""
    return next((facts[key] for entry in reversed(history) if key in (facts := facts_in(entry))), None)


def past_result(text: str, history: Sequence[Entry]) -> str | None:
    """The newest output of a tool to which a question about the past has a word in common; None: there is none."""
    if not RESULT_ASKED.search(text):
        return None
    words = set(_words(text)) - EMPTY_WORDS
    for name, output in _results(history):
        if words & set(_words(f"{name} {' '.join(_keys(output))}")):
            return output
    return None


def _results(history: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """(tool, output), newest first."""
    names = {entry.call_id: entry.name for entry in history if entry.role == "call"}
    for entry in reversed(history):
        if entry.role == "output":
            yield names.get(entry.call_id, ""), entry.text


def _keys(output: str) -> list[str]:
    try:
        value = json.loads(output)
    except ValueError:
        return [output]
    return [*map(str, value), *map(str, value.values())] if isinstance(value, dict) else [str(value)]


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text).lower())
