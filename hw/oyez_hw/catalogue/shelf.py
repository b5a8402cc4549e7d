"""The files beside this one, read once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from oyez_hw.catalogue.entry import Entry
from oyez_hw.catalogue.overlays import names
from oyez_hw.catalogue.reading import CatalogueError, parse

FOLDER = Path(__file__).parent


@cache
def known() -> Mapping[str, Entry]:
    """Every board by its name, in the order of names. Raises CatalogueError: a file that shipped is broken."""
    overlays = shipped_overlays()
    read: dict[str, Entry] = {}
    mistakes: list[str] = []
    for file in sorted(FOLDER.glob("*.toml"), key=lambda one: one.stem):
        try:
            read[file.stem] = parse(file.read_text("utf-8"), file.stem, overlays)
        except CatalogueError as error:
            mistakes += error.mistakes
    if mistakes:
        raise CatalogueError(mistakes)
    return MappingProxyType(read)


@cache
def board_names() -> tuple[str, ...]:
    """Without reading the files."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.toml")))


@cache
def shipped_overlays() -> frozenset[str]:
    return names((FOLDER / "overlays.txt").read_text("utf-8"))
