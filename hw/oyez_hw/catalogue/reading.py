"""From the text of a file to an Entry. Pure: every mistake is a sentence with the path of what is wrong."""

import difflib
import re
import tomllib

import msgspec

from oyez_hw.catalogue.contradictions import contradictions
from oyez_hw.catalogue.entry import Entry
from oyez_hw.catalogue.overlays import mistakes

_WHERE = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<path>.*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<field>[^`]*)`")


class CatalogueError(Exception):
    """An entry cannot be used. One sentence a mistake."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def parse(text: str, stem: str, overlays: frozenset[str]) -> Entry:
    """stem: of the file's name, which is the board's. Raises CatalogueError with every mistake that can be told."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError([f"{stem}: this is no TOML: {error}."]) from None
    try:
        entry = msgspec.convert(table, Entry)
    except msgspec.ValidationError as error:
        raise CatalogueError([f"{stem}: {_sentence(str(error))}"]) from None
    found = [*contradictions(entry), *mistakes(entry.boot.config_txt, overlays)]
    if entry.name != stem:
        found.append(f"name is {entry.name}, and the file is called {stem}: one board, one name.")
    if found:
        raise CatalogueError([f"{stem}: {mistake}" for mistake in found])
    return entry


def _sentence(told: str) -> str:
    """msgspec's words with the path in front, and a guess at what was meant."""
    where = _WHERE.match(told)
    what, path = (where["what"], where["path"]) if where else (told, "")
    if unknown := _UNKNOWN.search(what):
        return f"{_joined(path, unknown['field'])} is unknown.{_hint(unknown['field'])}"
    if missing := _MISSING.search(what):
        return f"{_joined(path, missing['field'])} is missing."
    return f"{path or 'the whole'}: {what[:1].lower()}{what[1:]}."


def _joined(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _hint(word: str) -> str:
    """Over the fields of all tables: the path says which one it was."""
    known = {field for struct in _structs(Entry) for field in struct.__struct_fields__}
    near = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""


def _structs(struct: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    found: set[type[msgspec.Struct]] = set()
    waiting: list[object] = [struct]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
            found.add(kind)
            waiting += [field.type for field in msgspec.structs.fields(kind)]
        waiting += getattr(kind, "__args__", ())
    return found
