"""On which line of a TOML text each key stands: what tomllib does not tell. Pure.

The text has been parsed by tomllib before: this reader need not judge it, only find its keys.
"""

import re

_BARE_OR_QUOTED = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_BARE_OR_QUOTED}(?:\s*\.\s*{_BARE_OR_QUOTED})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=\s*(.*)$", re.DOTALL)
_PART = re.compile(_BARE_OR_QUOTED)


def key_lines(text: str) -> dict[str, int]:
    """Path (`home.port`, `tools[0].name`) -> line number from 1. Keys inside inline tables are not listed."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    closing = ""
    for number, line in enumerate(text.splitlines(), 1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if header := _HEADER.match(line):
            table = _enter(header[2], header[1] == "[[", counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            path = _join(table, key[1])
            lines.setdefault(path, number)
            closing = _opened(key[2])
    return lines


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """The line of `path` or of the nearest thing around it."""
    while path:
        if path in lines or f"{path}[0]" in lines:
            return lines.get(path, lines.get(f"{path}[0]"))
        path = re.sub(r"(\.[^.\[]*|\[\d+\]|^[^.\[]*)$", "", path)
    return None


def _enter(dotted: str, is_array: bool, counts: dict[str, int]) -> str:
    """The path of the table that a header opens; `tools.x` below an array of tables means its last element."""
    path = ""
    parts = _parts(dotted)
    for position, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        if is_array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _join(table: str, dotted: str) -> str:
    return ".".join(([table] if table else []) + _parts(dotted))


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _opened(value: str) -> str:
    """The quotes that a multi-line string waits for, if `value` leaves one open."""
    for quotes in ('"""', "'''"):
        if value.startswith(quotes) and quotes not in value[3:]:
            return quotes
    return ""
