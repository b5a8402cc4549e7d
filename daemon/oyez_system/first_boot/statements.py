"""A TOML text as its statements, so that parts of it can be taken out and all else stays as it was written. Pure.

The text has been parsed before. A statement is the shortest run of lines from its first on that is TOML by itself.
"""

import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Statement:
    kind: Literal["header", "key", "remark"]
    """remark: a comment, or an empty line."""
    table: str
    """First part of the name of what it belongs to: `wifi` for all of `[wifi]` and `[[wifi.networks]]`; empty: a
    remark in front of everything."""
    lines: tuple[str, ...]
    values: dict[str, Any]
    """Of a key, as its own lines say."""

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


def statements(text: str) -> list[Statement]:
    """All of the text, in its order."""
    # Not splitlines(): it knows ends of lines that TOML does not.
    return list(_with_owners(list(_plain(text.removesuffix("\n").split("\n") if text else []))))


def without(text: str, tables: Collection[str]) -> str:
    """Without these tables, and what is said inside them."""
    return "".join(one.text for one in statements(text) if one.table not in tables)


def within(text: str, tables: Collection[str]) -> str:
    """These tables, and nothing else."""
    return "".join(one.text for one in statements(text) if one.table in tables)


def blanked(text: str, tables: Collection[str]) -> str:
    """The same with an empty line for each that is gone, so that all others keep their number."""
    return "".join("\n" * len(one.lines) if one.table in tables else one.text for one in statements(text))


def hidden(text: str, secret: Callable[[Statement], bool], instead: str) -> str:
    """With a remark in the place of each statement that is secret; `{}` in `instead` becomes what it was called."""
    told = []
    for one in statements(text):
        if not secret(one):
            told.append(one.text)
        else:
            told.append(f"# {instead.format(_called(one.values) or 'A line')}\n")
    return "".join(told)


def leaves(value: Any) -> Iterator[Any]:
    """Of tables and arrays."""
    if isinstance(value, dict | list):
        for branch in value.values() if isinstance(value, dict) else value:
            yield from leaves(branch)
    else:
        yield value


def _plain(lines: list[str]) -> Iterator[Statement]:
    """With `table` only where the lines themselves say it."""
    start = 0
    while start < len(lines):
        first = lines[start].strip()
        if not first or first.startswith("#"):
            yield Statement("remark", "", (lines[start],), {})
            start += 1
            continue
        end, values = _whole(lines, start)
        kind: Literal["header", "key"] = "header" if first.startswith("[") else "key"
        yield Statement(kind, next(iter(values)), tuple(lines[start:end]), {} if kind == "header" else values)
        start = end


def _whole(lines: list[str], start: int) -> tuple[int, dict[str, Any]]:
    for end in range(start + 1, len(lines) + 1):
        try:
            return end, tomllib.loads("\n".join(lines[start:end]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
    raise ValueError("the text is no TOML")


def _with_owners(plain: list[Statement]) -> Iterator[Statement]:
    """Remarks in front of a header belong to it; keys belong to the header above them."""
    table = ""
    for one, ahead in zip(plain, _headers_ahead(plain), strict=True):
        if one.kind == "header":
            table = one.table
        owner = {"header": one.table, "key": table or one.table, "remark": table if ahead is None else ahead}[one.kind]
        yield replace(one, table=owner)


def _headers_ahead(plain: list[Statement]) -> list[str | None]:
    """For each: the table of the header that comes next with nothing but remarks between; None: there is none."""
    ahead: list[str | None] = []
    following: str | None = None
    for one in reversed(plain):
        ahead.append(following)
        following = {"header": one.table, "key": None, "remark": following}[one.kind]
    return ahead[::-1]


def _called(values: dict[str, Any]) -> str:
    """`a.b` for a dotted key."""
    names = []
    inside: Any = values
    while isinstance(inside, dict) and len(inside) == 1:
        (name, inside), *_ = inside.items()
        names.append(name)
    return ".".join(names)
