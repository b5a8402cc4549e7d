"""A table of the configuration held against the struct that it is to become: every mistake, and what is right of it.
Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from oyez.mistake import Mistake, hint
from oyez.plain_words import one_of, shown, wrong

NOTHING = object()
"""What is left of a value of which nothing can be used."""
_NAMED = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")


def examine(path: str, value: Any, kind: Any) -> Iterator[Mistake]:
    """What is wrong with `value` as a `kind` (a Section, or what one of its fields may be), down to the leaves."""
    if structs := _structs(kind):
        yield from _examine_table(path, value, structs)
    elif _element(kind) is not None:
        yield from _examine_list(path, value, kind)
    elif get_origin(kind) is dict and isinstance(value, dict):
        for key, element in value.items():
            yield from examine(f"{path}.{key}", element, get_args(kind)[1])
    elif sentence := wrong("" if path.endswith("]") else path.rpartition(".")[2], value, kind):
        yield Mistake(path, sentence)


def sound(value: Any, kind: Any) -> Any:
    """What of `value` is right, or NOTHING: it can be converted. Of a list it is all or nothing, so that elements keep
    their places; but a table in a list may lack what was wrong in it."""
    if structs := _structs(kind):
        return _sound_table(value, structs)
    element = _element(kind)
    if element is not None and isinstance(value, list):
        kept = [sound(one, element) for one in value]
        return NOTHING if any(one is NOTHING for one in kept) else kept
    if get_origin(kind) is dict and isinstance(value, dict):
        named = {key: sound(one, get_args(kind)[1]) for key, one in value.items()}
        return {key: one for key, one in named.items() if one is not NOTHING}
    return value if next(examine("", value, kind), None) is None else NOTHING


def apart(mistakes: Iterable[Mistake], told: Collection[Mistake]) -> Iterator[Mistake]:
    """Those that hold whatever was meant where `told` found a mistake: who knows only half judges wrongly."""
    unclear = {one.path for one in told}
    named = {re.sub(r"\[\d+\]", "", path) for path in unclear}
    for one in mistakes:
        about = _NAMED.findall(one.sentence)
        if not any(_overlap(one.path, path) for path in unclear) and not any(
            _overlap(word, path) for word in about for path in named
        ):
            yield one


def _overlap(path: str, other: str) -> bool:
    """One is the other, or stands in it."""
    return path == other or path.startswith((f"{other}.", f"{other}[")) or other.startswith((f"{path}.", f"{path}["))


def _structs(kind: Any) -> tuple[type[msgspec.Struct], ...]:
    """Tables of which it must be one; empty: it is none."""
    kinds = get_args(kind) if get_origin(kind) is UnionType else (kind,)
    return kinds if all(isinstance(one, type) and issubclass(one, msgspec.Struct) for one in kinds) else ()


def _element(kind: Any) -> Any:
    """Of a list of any length; None: it is none."""
    arguments = get_args(kind)
    if get_origin(kind) is list or (get_origin(kind) is tuple and arguments[1:] == (Ellipsis,)):
        return arguments[0]
    return None


def _examine_list(path: str, value: Any, kind: Any) -> Iterator[Mistake]:
    element = _element(kind)
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from examine(f"{path}[{number}]", one, element)
    elif isinstance(value, dict) and _structs(element):
        yield Mistake(path, f"may stand here several times: write [[{path}]], with two brackets on each side.")
    else:
        yield Mistake(path, wrong(path.rpartition(".")[2], value, kind))


def _examine_table(path: str, value: Any, kinds: tuple[type[msgspec.Struct], ...]) -> Iterator[Mistake]:
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        yield Mistake(path, f"stands here once: write [{path}], with one bracket on each side.")
        return
    if not isinstance(value, dict):
        yield Mistake(path, f"must be a table, [{path}], and not {shown(value)}.")
        return
    by_name, name = _names(value, kinds)
    if not isinstance(name, str) or name not in by_name:
        yield Mistake(f"{path}.kind", one_of(name, list(by_name)))
        return
    hints = get_type_hints(by_name[name], include_extras=True)
    for key, element in value.items():
        below = f"{path}.{key}" if path else key
        if key in hints:
            yield from examine(below, element, hints[key])
        elif key != "kind" or len(kinds) == 1:
            yield Mistake(below, f"is unknown.{hint(key, hints)}", unknown=True)
    for field in msgspec.structs.fields(by_name[name]):
        if field.required and field.name not in value:
            yield Mistake(f"{path}.{field.name}", "is missing.")


def _sound_table(value: Any, kinds: tuple[type[msgspec.Struct], ...]) -> Any:
    by_name, name = _names(value, kinds) if isinstance(value, dict) else ({}, "")
    if not isinstance(name, str) or name not in by_name:
        return NOTHING
    hints = get_type_hints(by_name[name], include_extras=True)
    kept = {key: sound(element, hints[key]) for key, element in value.items() if key in hints}
    kept = {key: element for key, element in kept.items() if element is not NOTHING}
    if any(field.required and field.name not in kept for field in msgspec.structs.fields(by_name[name])):
        return NOTHING
    return kept if len(kinds) == 1 else {**kept, "kind": name}


def _names(
    value: dict[str, Any], kinds: tuple[type[msgspec.Struct], ...]
) -> tuple[dict[str, type[msgspec.Struct]], Any]:
    """A table of several kinds says by its `kind` which it is; without one it is the first."""
    if len(kinds) == 1:
        return {"": kinds[0]}, ""
    by_name = {str(one.__struct_config__.tag): one for one in kinds}
    return by_name, value.get("kind", next(iter(by_name)))
