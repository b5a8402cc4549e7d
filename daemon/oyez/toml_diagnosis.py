"""Why a line is no TOML, and what to write in its place, for people who never heard of TOML. Pure.

Of a line nothing is repeated but the name in front of its `=`: what stands behind may be a password.
"""

import re

from oyez.secret import mask

CURLY = "“”„‟‘’‚‛«»"
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_HEADER = re.compile(r"\s*(\[{0,2})\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*(\]{0,2})\s*(?:#.*)?$")
_CLOSED = re.compile(r"\s*(\[{1,2})\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*\]")
_TEXT = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'[^']*'")}
_TIME = re.compile(r"\d{1,2}:\d\d")
_LONGEST_NAME = 64
WORDS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


def heading(line: str) -> str:
    """As a table's heading was meant to be; empty: it was none, or nobody knows."""
    found = _HEADER.match(line)
    if found is not None and (found[1] or found[3]):
        brackets = max(len(found[1]), len(found[3]))
    elif found := _CLOSED.match(line):
        brackets = len(found[1])
    else:
        return ""
    return "[" * brackets + re.sub(r"\s", "", found[2]) + "]" * brackets


def why(statement: str) -> str:
    """statement: one that tomllib does not take, from its first line on."""
    line = statement.strip().partition("\n")[0].strip()
    if meant := heading(line):
        return f"a heading is a name between as many brackets on both sides, alone on its line: write {mask(meant)}."
    if line.startswith("["):
        return "a heading is a name between brackets and nothing else, such as [wifi]."
    name, sign, value = (part.strip() for part in line.partition("="))
    if not sign:
        return _without_sign(line)
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        return "in front of = stands one name, of letters, digits, _ and -."
    return _of_value(mask(name), value)


def _without_sign(line: str) -> str:
    name, colon, _ = line.partition(":")
    if colon and _NAME.fullmatch(name.strip()) and len(name) <= _LONGEST_NAME:
        return f"between a name and its value stands = and no colon: write {mask(name.strip())} = ..."
    return "this is no setting: write name = value, or put a # in front of a remark."


def _of_value(name: str, value: str) -> str:
    first = value[:1]
    if not value or first == "#":
        return f"behind {name} = its value is missing."
    if first in CURLY:
        return f'these are a word processor\'s quotes: write plain ones, {name} = "...".'
    if first in _TEXT:
        return _of_text(name, value, first)
    if first == "[":
        return f"the list of {name} must end with ], with commas between its parts and each text between quotes."
    if first == "{":
        return f"all of {name} = {{ ... }} must stand on one line, with commas between its parts."
    word = value.partition("#")[0].strip().lower()
    if word in WORDS:
        return f"write {name} = {WORDS[word]}, in small letters."
    if _TIME.fullmatch(word):
        return f'a time of day stands between quotes: write {name} = "{word.zfill(5)}".'
    return f'a text stands between quotes, and a number alone: write {name} = "..." for a text.'


def _of_text(name: str, value: str, quote: str) -> str:
    if value.startswith(3 * quote):
        return f"the three quotes at the end of {name} are missing."
    whole = _TEXT[quote].match(value)
    rest = value[whole.end() :].strip() if whole else ""
    if rest and not rest.startswith("#"):
        other = "'" if quote == '"' else '"'
        return (
            f"behind the value of {name} stands something more: remove it. A text that has a {quote} in it stands "
            f"between {other} and {other}."
        )
    if quote == '"' and "\\" in value:
        return f"a \\ between double quotes means something else: write {name} = '...', with single quotes."
    if whole is None:
        return f"the quote at the end is missing: write {name} = {quote}...{quote}."
    return f"in the value of {name} is a sign that nobody sees: write it anew."
