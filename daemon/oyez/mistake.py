"""What is wrong with the configuration, as it is told. Pure."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    path: str
    """`home.port`, `tools[0].topic`."""
    sentence: str
    unknown: bool = False
    """There is no setting of that name."""


def nearest(word: str, known: Collection[str], most: int = 1) -> list[str]:
    """What may have been meant, the likeliest first."""
    return difflib.get_close_matches(word.lower(), list(known), n=most, cutoff=0.5)


def hint(word: str, known: Collection[str], most: int = 1) -> str:
    """What may have been meant: so many at most."""
    near = nearest(word, known, most)
    return f" Did you mean {' or '.join(near)}?" if near else f" Known are: {', '.join(known)}."


def is_topic(text: str) -> bool:
    """One that can be published to."""
    return bool(text) and not any(character in "+#\0" for character in text)
