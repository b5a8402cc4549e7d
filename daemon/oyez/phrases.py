"""Whether somebody said one of certain phrases and nothing else. Pure."""

import unicodedata
from collections.abc import Iterable


def says_one_of(text: str, phrases: Iterable[str]) -> bool:
    """Case, punctuation and spacing do not matter: a transcript has them as it likes."""
    said = _bare(text)
    return bool(said) and any(said == _bare(phrase) for phrase in phrases)


def _bare(text: str) -> str:
    letters = "".join(character for character in text.casefold() if not unicodedata.category(character).startswith("P"))
    return " ".join(letters.split())
