"""A TOML text read by somebody who goes on behind a mistake: what it says, and each line that cannot be read. Pure.

tomllib stops at the first. A person who takes the card to the device and back wants to be told all of them.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from oyez.mistake import Mistake
from oyez.toml_diagnosis import heading, why
from oyez.toml_lines import key_lines, line_of

MOST_UNREADABLE = 20
"""More are not looked for: it is another kind of file."""
LONGEST_SEARCH = 50
"""Ends that are tried for one statement."""
DEEP = "its brackets are nested too deep to be a configuration."
_BEGINS = re.compile(r"""\s*(?:\[|#|$|[\w"'.-]+\s*[=:])""")
_OPENS = re.compile(r"=.*(\"\"\"|'''|[\[{])")
_WHERE = re.compile(r"\(at line (\d+), column \d+\)")
_ELEMENT = re.compile(r"\[\d+\]$")
_HEADING = re.compile(r"\s*\[")


@dataclass(frozen=True, slots=True)
class Unreadable:
    line: int
    """From 1; 0: nobody knows."""
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    table: dict[str, Any]
    """What could be read; empty where that would mislead."""
    text: str
    """The same as text, with an empty line in the place of each that could not be read."""
    unreadable: tuple[Unreadable, ...] = ()

    def tell(self, name: str, mistakes: Iterable[Mistake]) -> list[str]:
        """Everything, in the order of the text. name: of the file.

        Beside lines that cannot be read only what stands on a line of its own is told: all else they may have said.
        """
        lines = key_lines(self.text)
        sure = [one for one in mistakes if not self.unreadable or _ELEMENT.sub("", one.path) in lines]
        told = [(line_of(one.path, lines) or 0, one.path, f"{one.path} {one.sentence}") for one in sure]
        told += [(one.line, "", one.why) for one in self.unreadable]
        return [f"{name}{f', line {line}' if line else ''}: {sentence}" for line, _, sentence in sorted(told)]


def read_toml(text: str) -> Reading:
    """Line ends of Windows are as good as others."""
    text = text.replace("\r\n", "\n")
    try:
        return Reading(tomllib.loads(text), text)
    except tomllib.TOMLDecodeError:
        try:
            return _as_far_as_it_goes(text)
        except RecursionError:
            pass
    except RecursionError:
        pass
    return Reading({}, "", (Unreadable(0, DEEP),))


def _as_far_as_it_goes(text: str) -> Reading:
    lines = text.split("\n")
    found: list[Unreadable] = []
    for start, end in _unreadable(list(lines)):
        found.append(Unreadable(start + 1, why("\n".join(lines[start:end]))))
        _mend(lines, start, end)
        if len(found) == MOST_UNREADABLE:
            return Reading({}, "", (*found, Unreadable(end, "from here on nothing more was read.")))
    while len(found) < MOST_UNREADABLE:
        try:
            return Reading(
                tomllib.loads("\n".join(lines)), "\n".join(lines), tuple(sorted(found, key=lambda one: one.line))
            )
        except tomllib.TOMLDecodeError as error:
            place = _WHERE.search(str(error))
            line = int(place[1]) if place else len(lines)
        found.append(Unreadable(line, _twice(lines, line)))
        if _HEADING.match(lines[line - 1]) or not lines[line - 1].strip():
            break  # whose keys these are nobody knows
        lines[line - 1] = ""
    return Reading({}, "", tuple(sorted(found, key=lambda one: one.line)))


def _mend(lines: list[str], start: int, end: int) -> None:
    """Empties what cannot be read; with a heading that nobody understands what stands below it, which would belong
    to the one above."""
    meant = heading(lines[start])
    if _HEADING.match(lines[start]) and not meant:
        end = next((place for place in range(end, len(lines)) if _HEADING.match(lines[place])), len(lines))
    lines[start:end] = [meant, *[""] * (end - start - 1)]


def _unreadable(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of lines, first and past the last, that are no statement."""
    start = 0
    while start < len(lines):
        end = _end(lines, start)
        if end is None:
            yield start, _given_up(lines, start)
        start = end or _given_up(lines, start)


def _given_up(lines: list[str], start: int) -> int:
    """Past what cannot be read: of what spans lines, up to where something else begins."""
    end = start + 1
    if _OPENS.search(lines[start]):
        while end < len(lines) and not _BEGINS.match(lines[end]):
            end += 1
    return end


def _end(lines: list[str], start: int) -> int | None:
    """Past the statement that begins there; None: it is none."""
    if _is_toml(lines[start]):
        return start + 1
    opened = _OPENS.search(lines[start])
    if opened is None:
        return None
    closing = {"[": "]", "{": "}"}.get(opened[1], opened[1])
    ends = [end for end, line in enumerate(lines[start + 1 :], start + 2) if closing in line]
    return next((end for end in ends[:LONGEST_SEARCH] if _is_toml("\n".join(lines[start:end]))), None)


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _twice(lines: list[str], line: int) -> str:
    """Each statement is TOML by itself; all together they are not."""
    here = lines[line - 1].partition("=")[0].strip()
    above = [number for number, other in enumerate(lines[: line - 1], 1) if other.partition("=")[0].strip() == here]
    if not here or not above:
        return "this contradicts what stands above it."
    if here.startswith("["):
        return (
            f"this heading stands here a second time, as in line {above[-1]}: put everything below the first one, and "
            "remove this one. What else may be wrong is told then."
        )
    return f"this setting stands here a second time, as in line {above[-1]}: remove one of them."
