"""docs/seeds.md: every name in the five seed documents has its row, and every row says what is true."""

import importlib
import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from oyez_realtime import RealtimeClient

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "docs" / "seeds.md"
SEEDS = ROOT.parent / "shared" / "seeds"


class Row(NamedTuple):
    seed: str
    name: str
    ours: list[str]
    path: str
    needle: str


def php_names(text: str) -> list[str]:
    """Methods, their addresses, the classes of the namespace and what configures them."""
    classes = re.findall(r"JeedomOpenAI\\(?:Api\\|Model\\)?(\w+)", text)
    methods = re.findall(r"\*\*(\w+)\(\)\*\*", text)
    settings = re.findall(r"(?:::|->)(\w*(?:Configuration|Token))\(", text)
    return [
        *methods,
        *re.findall(r"\*\*POST\*\* (/\S+)", text),
        *classes,
        *settings,
        *re.findall(r"\[(\w+Auth)\]", text),
    ]


def voximplant_names(text: str) -> list[str]:
    """Methods, and the types in their signatures (names of two humps that stand alone on a line)."""
    return re.findall(r"^([a-z]\w*)\(", text, re.M) + re.findall(r"^([A-Z][a-z]+[A-Z]\w+),?$", text, re.M)


def node_names(text: str) -> list[str]:
    """Types, and methods with their resource."""
    return re.findall(r"^- <code><a [^>]*>(\w+)</a></code>", text, re.M) + [
        f"{resource}.{method}" for resource, method in re.findall(r"client\.realtime\.(\w+)\.<a [^>]*>(\w+)</a>", text)
    ]


def csharp_names(text: str) -> list[str]:
    """The namespace, classes, structs and enums: names that stand alone on a line below their headings."""
    headings = {"Classes", "Structs", "Enums"}
    names = re.findall(r"^\s*([A-Z]\w*(?:\.[A-Z]\w*)*)\s*$", text, re.M)
    return [*re.findall(r"Namespace (\S+)", text), *(name for name in names if name not in headings)]


def declaration_names(text: str) -> list[str]:
    """Classes, interfaces, their fields and methods, each with the names around it."""
    names: list[str] = []
    around: list[str] = []
    for line in (re.sub(r"^\s*\d+\.\s*", "", line).strip() for line in text.splitlines()):
        opened = re.match(r"(?:export )?(?:declare )?(class|interface|namespace) (\w+).*\{$", line)
        member = re.match(r"(\w+)\??(?::|\()", line)
        if line.startswith(("*", "/*")):
            continue
        if opened or (member and around):
            name = ".".join([*around, opened.group(2) if opened else member.group(1)])  # type: ignore[union-attr]
            names += [name] if not opened or opened.group(1) != "namespace" else []
        if line.endswith("{") and (opened or (member and around)):
            around.append(opened.group(2) if opened else member.group(1))  # type: ignore[union-attr]
        elif line.startswith("}") and around:
            around.pop()
    return names


FILES: dict[str, Callable[[str], list[str]]] = {
    "000": php_names,
    "001": voximplant_names,
    "002": node_names,
    "003": csharp_names,
    "004": declaration_names,
}
FEWEST = {"000": 13, "001": 14, "002": 111, "003": 48, "004": 103}
"""How many names there are: an expression that stops to match must not pass for a seed that says nothing."""


def names_of(seed: str) -> list[str]:
    """Each once, in the order of the document."""
    files = sorted(SEEDS.glob(f"{seed}_*.txt"))
    if not files:
        pytest.skip(f"there are no {SEEDS.name} beside the repository")
    return list(dict.fromkeys(FILES[seed](files[0].read_text(encoding="utf-8"))))


@cache
def rows() -> list[Row]:
    found = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [re.findall(r"`([^`]+)`", cell) for cell in line.split("|")[1:-1]]
        if len(cells) == 5 and cells[1]:
            found.append(Row(line.split("|")[1].strip(), cells[1][0], cells[2], cells[3][0], cells[4][0]))
    return found


def resolve(name: str) -> Any:
    """The module, class, function, struct field or parameter of that name. Raises LookupError when there is none."""
    path, _, parameter = name.removesuffix(")").partition("(")
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = member(found, part)
        if parameter and parameter not in inspect.signature(found).parameters:
            raise LookupError(f"{path} has no parameter {parameter}")
        return found
    raise LookupError(f"there is no module {parts[0]}")


def member(holder: Any, name: str) -> Any:
    if isinstance(holder, type) and issubclass(holder, msgspec.Struct) and name == holder.__struct_config__.tag_field:
        return holder.__struct_config__.tag
    if holder is RealtimeClient and not hasattr(holder, name):
        holder = RealtimeClient()  # what it has only once it is made
    if not hasattr(holder, name):
        raise LookupError(f"{holder!r} has no {name}")
    return getattr(holder, name)


@pytest.mark.parametrize("seed", FILES)
def test_every_name_of_the_seed_has_its_row(seed: str) -> None:
    """Nothing that the seeds name was forgotten, and no row is there for a name that they do not have."""
    names = names_of(seed)
    assert len(names) >= FEWEST[seed]
    told = [row.name for row in rows() if row.seed == seed]
    assert sorted(told) == sorted(names), f"rows missing or left over in {TABLE.name} for seed {seed}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.seed}-{row.name}")
def test_the_row_says_what_is_true(row: Row) -> None:
    """Our names can be imported, and the place that is named uses them."""
    assert row.ours
    for name in row.ours:
        resolve(name)
    text = (ROOT / row.path).read_text(encoding="utf-8")
    assert re.search(rf"(?<!\w){re.escape(row.needle)}(?!\w)", text), f"{row.path} says nothing of {row.needle}"


@pytest.mark.parametrize(
    "name", ["oyez_realtime.messages.Nobody", "oyez_realtime.messages.ServerVad.nothing", "nowhere.at_all"]
)
def test_a_name_that_is_not_ours_is_noticed(name: str) -> None:
    """The look-up is no formality."""
    with pytest.raises(LookupError):
        resolve(name)


def test_a_parameter_that_is_not_there_is_noticed() -> None:
    """Of functions too."""
    with pytest.raises(LookupError, match="no parameter"):
        resolve("oyez_realtime.rest.create_client_secret(nothing)")
