"""Word error rate, as the field counts it."""

import re
from collections.abc import Sequence


def words(text: str) -> list[str]:
    """Lower case, no punctuation: how a sentence is spelt is not what was heard."""
    return re.findall(r"[a-z0-9']+", text.lower().replace("-", " "))


def word_errors(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Substitutions, deletions and insertions of the cheapest alignment (Levenshtein, 1966)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(wanted, start=1):
        above, row = row, [number]
        for at, other in enumerate(heard):
            row.append(min(above[at] + (word != other), above[at + 1] + 1, row[at] + 1))
    return row[-1]
