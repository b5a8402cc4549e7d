"""Captions while somebody still speaks: of two hypotheses in a row, the words on which both agree. Pure.

What was told is never taken back (deltas are append-only): the last word of a hypothesis waits for the next one.
"""

import re
from dataclasses import dataclass, field

STEP_MS = 500
"""So much new audio is worth another look."""
LONGEST_MS = 30_000
"""A turn is read again from its beginning each time; past this length it waits for its end."""


@dataclass(slots=True)
class Captions:
    """Of one item."""

    item_id: str
    busy: bool = False
    """A look is under way; two at once would bring no more."""
    _looked_ms: float = 0.0
    _last: list[str] = field(default_factory=list)
    _told: list[str] = field(default_factory=list)

    def due(self, heard_ms: float) -> bool:
        """Whether the audio of the item, heard_ms long, is to be looked at now; then it counts as looked at."""
        if self.busy or heard_ms > LONGEST_MS or heard_ms - self._looked_ms < STEP_MS:
            return False
        self.busy, self._looked_ms = True, heard_ms
        return True

    def hypothesis(self, text: str) -> str:
        """The delta that this look allows, often empty."""
        words, self.busy = text.split(), False
        agreed = _common(self._last, words[:-1])
        self._last = words
        if agreed <= len(self._told) or _common(self._told, words) < len(self._told):
            return ""
        return self._tell([_bare(word) for word in words[len(self._told) : agreed]])

    def finish(self, text: str) -> str:
        """The delta that completes what was told; empty when the end showed that something else was said."""
        words = text.split()
        return self._tell(words[len(self._told) :]) if _common(self._told, words) == len(self._told) else ""

    def _tell(self, words: list[str]) -> str:
        delta = " ".join(words)
        if delta and self._told:
            delta = f" {delta}"
        self._told += words
        return delta


def _bare(word: str) -> str:
    """Without the full stop that a recogniser puts behind the last word that it has."""
    return word.rstrip(".,!?;:")


def _common(one: list[str], other: list[str]) -> int:
    """With how many equal words both begin, whatever their case and punctuation."""
    pairs = zip(one, other, strict=False)
    return next(
        (i for i, (a, b) in enumerate(pairs) if _plain(a) != _plain(b)),
        min(len(one), len(other)),
    )


def _plain(word: str) -> str:
    return re.sub(r"[^\w']", "", word).lower()
