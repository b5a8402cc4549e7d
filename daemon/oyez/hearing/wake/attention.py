"""Pure: what the wake word's model has to score. In a quiet room nothing.

What is not scored at once is kept for `lead_s`. When something speech-like comes the model first gets what was kept,
then everything until `hold_s` after the last speech-like sound. No wake word is lost by that, and none heard that would
not have been, as long as the model's memory is finite (convolutions, no recurrence):

- Only whole lumps of 240 ms are left out, so a model that takes its input in strides of 30 or 80 ms keeps the phase
  that it would have had.
- `warm_s` is as long as the model's memory. Scores of that span after something was left out are not to be believed;
  from then on they are the very ones of a model that heard all.
- `hold_s` is as long: after it the model remembers nothing speech-like, and what it would say of quiet is no news.
- `lead_s` is longer than that by as much as the first speech-like moment may come after the beginning of the word.

Its items are whatever the model takes, one each 10 ms. Where the model's front end adapts without end (microWakeWord's
noise estimate takes four seconds to forget), let the front end hear everything and give its features here.
"""

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

from oyez.hearing.blocks import BLOCK_MS

LUMP = 24
"""Items: the least common multiple of the strides of microWakeWord (3) and openWakeWord (8)."""

Item = TypeVar("Item")


@dataclass(slots=True)
class Due(Generic[Item]):
    """One item that the model must be given, in order."""

    item: Item
    end_s: float
    """Monotonic time at which its last sample was captured."""
    believed: bool
    """False: the model still remembers what came before a gap; its score is to be thrown away."""


class Attention(Generic[Item]):
    """Time is the number of items: one each 10 ms."""

    def __init__(self, lead_s: float = 2.4, warm_s: float = 1.95, hold_s: float = 1.95) -> None:
        """warm_s: measured for the four shipped microWakeWord models (docs/cost.md). Raises ValueError."""
        if lead_s < warm_s:
            raise ValueError(f"a lead of {lead_s} s cannot warm a model that remembers {warm_s} s")
        self._lead, self._warm, self._hold = (_items(span_s) for span_s in (lead_s, warm_s, hold_s))
        self._kept: deque[tuple[Item, float]] = deque()
        self._left = self._cold = 0

    @property
    def awake(self) -> bool:
        """What comes next will be due at once, speech-like or not."""
        return self._left > 0

    def hear(self, item: Item, end_s: float, speechlike: bool) -> list[Due[Item]]:
        """The next 10 ms. Returns what is due now, in order: nothing, all that was kept, or this item."""
        self._kept.append((item, end_s))
        self._left = self._hold if speechlike else max(0, self._left - 1)
        if self._left or speechlike:
            return [self._due(*kept) for kept in self._take()]
        if len(self._kept) >= self._lead + LUMP:
            for _ in range(LUMP):
                self._kept.popleft()
            self._cold = self._warm
        return []

    def forget(self) -> None:
        """Nothing was heard yet, and the model was reset."""
        self._kept.clear()
        self._left = self._cold = 0

    def _take(self) -> list[tuple[Item, float]]:
        kept = list(self._kept)
        self._kept.clear()
        return kept

    def _due(self, item: Item, end_s: float) -> Due[Item]:
        believed = not self._cold
        self._cold = max(0, self._cold - 1)
        return Due(item, end_s, believed)


def _items(span_s: float) -> int:
    return round(span_s * 1000 / BLOCK_MS)
