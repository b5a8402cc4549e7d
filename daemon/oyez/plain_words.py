"""What is wrong with one value of the configuration, in words for people: what to write in its place. Pure."""

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta

from oyez.addresses import JUDGE
from oyez.mistake import nearest
from oyez.secret import mask

YES = ("true", "yes", "on", "1")
NO = ("false", "no", "off", "0")
LONGEST_SHOWN = 60
_NUMBER = re.compile(r"\s*([+-]?[0-9]+)(?:[.,]([0-9]+))?\s*")


def wrong(name: str, value: Any, kind: Any) -> str:
    """The end of a sentence that begins with the setting's path; empty: nothing is wrong with it.

    name: how it is written in front of `=`; empty: an element of a list.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}: it must be a finite number."
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        ways = list(_ways(kind))
        bases = [base for base, _ in ways]
        fitting = [one for one in ways if _fits(value, one[0])]
        if not fitting or (bool in bases and isinstance(value, str) and _unquoted(value, bases)):
            return _of_type(name, value, bases)
        return _of_value(value, bases, *fitting[0])
    return _judged(value, kind)


def shown(value: Any) -> str:
    """For a sentence: short, and without what looks like a secret."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    text = mask(repr(value))
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def one_of(value: Any, choices: Sequence[Any]) -> str:
    """The nearest of them comes first."""
    names = [str(choice) for choice in choices]
    near = nearest(value, names) if isinstance(value, str) else []
    ordered = [*near, *(name for name in names if name not in near)]
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"is {shown(value)}: it must be one of {', '.join(ordered)}.{meant}"


def _ways(kind: Any, meta: Meta | None = None) -> Iterator[tuple[Any, Meta | None]]:
    """Each type that it may have, with its bounds."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _ways(get_args(kind)[0], get_args(kind)[1])
    elif origin in (UnionType, Union):
        for one in get_args(kind):
            yield from _ways(one, meta)
    elif kind is not NoneType:
        yield kind, meta


def _fits(value: Any, base: Any) -> bool:
    """Its type is right."""
    if get_origin(base) is Literal:
        return any(type(choice) is type(value) for choice in get_args(base))
    plain = {list: list, tuple: list, dict: dict}.get(get_origin(base) or base, base)
    if plain is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is plain


def _of_value(value: Any, bases: list[Any], base: Any, meta: Meta | None) -> str:
    """Its type is right, and it is none of those that are allowed."""
    if get_origin(base) is Literal:
        return one_of(value, [*(("true", "false") if bool in bases else ()), *get_args(base)])
    if meta is None:
        return f"is {shown(value)}: it must be {_named(base)}."
    if isinstance(value, str):
        return _of_text(value, meta)
    return f"is {shown(value)}: it must be {_bounds(meta)}."


def _of_text(text: str, meta: Meta) -> str:
    if meta.min_length and not text:
        return "is empty: write something between the quotes."
    if meta.max_length is not None and len(text) > meta.max_length:
        return f"has {len(text)} characters; {meta.max_length} are the most."
    such_as = f', such as "{meta.examples[0]}"' if meta.examples else ""
    return f"is {shown(text)}: it must be {meta.description or 'written otherwise'}{such_as}."


def _bounds(meta: Meta) -> str:
    if meta.ge is not None and meta.le is not None:
        return f"from {_number(meta.ge)} to {_number(meta.le)}"
    told = (("at least", meta.ge), ("above", meta.gt), ("at most", meta.le), ("below", meta.lt))
    return " and ".join(f"{words} {_number(bound)}" for words, bound in told if bound is not None)


def _number(bound: float) -> str:
    return str(int(bound)) if bound == int(bound) else str(bound)


def _of_type(name: str, value: Any, bases: list[Any]) -> str:
    """Its type is none of those that it may have."""
    expected = [get_origin(base) or base for base in bases]
    if isinstance(value, str) and (plain := _unquoted(value, bases)):
        return f"must stand without quotes: write {_set(name, plain)}."
    if list in expected or tuple in expected:
        inside = '"..."' if isinstance(value, str) else "..."
        return f"is a list: put it between [ ]: {_set(name, f'[{inside}]')}."
    if str in expected and isinstance(value, bool | int | float | date | time | datetime):
        return f"must stand between quotes: write {_set(name, _quoted(value))}."
    if str in expected and isinstance(value, list):
        return f"must be one text, without [ ]: write {_set(name, chr(34) + '...' + chr(34))}."
    return f"is {shown(value)}: it must be {' or '.join(dict.fromkeys(_named(base) for base in bases))}."


def _unquoted(text: str, bases: list[Any]) -> str:
    """What was meant by a text where none belongs; empty: nobody knows."""
    if bool in bases and text.strip().lower() in (*YES, *NO):
        return "true" if text.strip().lower() in YES else "false"
    found = _NUMBER.fullmatch(text)
    choices = [choice for base in bases if get_origin(base) is Literal for choice in get_args(base)]
    whole = int in bases or any(type(choice) is int for choice in choices)
    if found and (float in bases or (whole and found[2] is None)):
        return str(int(found[1])) + (f".{found[2]}" if found[2] else "")
    return ""


def _quoted(value: Any) -> str:
    if isinstance(value, time):
        return f'"{value.isoformat("minutes")}"'
    return f'"{shown(value)}"'


def _named(base: Any) -> str:
    """A type, as it is called among people."""
    origin = get_origin(base) or base
    if origin is Literal:
        return " or ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in get_args(base))
    if origin is tuple and Ellipsis not in get_args(base):
        return f"a list of {len(get_args(base))}"
    names: dict[Any, str] = {
        str: "a text between quotes", bool: "true or false", int: "a whole number", float: "a number",
        list: "a list, [ ... ]", tuple: "a list, [ ... ]", dict: "a table",
    }  # fmt: skip
    return names.get(origin, "a table")


def _set(name: str, value: str) -> str:
    return f"{name} = {value}" if name else value


def _judged(value: Any, kind: Any) -> str:
    """Of a kind that brings a judge along."""
    for base, meta in _ways(kind):
        if meta is not None and meta.extra and JUDGE in meta.extra and _fits(value, base):
            return mask(meta.extra[JUDGE](value))
    return ""
