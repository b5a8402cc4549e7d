"""Pure: the last seconds of sound as all wake words share them: features, and embedding rows for whoever asks."""

from collections import deque

import numpy as np

from oyez.hearing.blocks import BLOCK
from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.embedding import FIRST_SAMPLES, ROW_SAMPLES, Embedder, Floats
from oyez.hearing.wake.head import ROWS
from oyez.hearing.wake.micro import Features, MicroFeatures

PAST_ROWS = 5
"""Rows of before the question: a candidate's first rows reach 0.4 s back."""
KEPT_BLOCKS = (FIRST_SAMPLES + (ROWS + PAST_ROWS) * ROW_SAMPLES) // BLOCK + 1
UNASKED_BLOCKS = 100
"""Asked nothing for so long, the embedder rests: it costs twice as much as a wake word."""


class WakeSound:
    """Fed every block once; the engines look at it. Rows lie on one grid, so they do not depend on who asks when."""

    def __init__(self) -> None:
        self._made = MicroFeatures()
        self._kept: deque[Mono] = deque(maxlen=KEPT_BLOCKS)
        self.features: list[Features] = []
        """Of the last block."""
        self._embedder = Embedder()
        self.reset()

    def reset(self) -> None:
        self._made.reset()
        self._kept.clear()
        self.features = []
        self.blocks = 0
        """Since the reset."""
        self._rows: deque[Floats] = deque(maxlen=ROWS + PAST_ROWS)
        self._given = 0
        """Blocks since the reset that the embedder has."""
        self._asked = -UNASKED_BLOCKS
        self._awake = False
        self.row_count = 0
        """Changes when rows() has something new."""

    def make(self, block: Mono) -> list[Features]:
        """The features of the next block, which may be put later, or never: they adapt to the room, and must not miss
        any of it."""
        return self._made.feed(block)

    def put(self, block: Mono, features: list[Features] | None = None) -> None:
        """block: 10 ms at 16 kHz. features: as make() gave them; None: they are made now."""
        self.features = self._made.feed(block) if features is None else features
        self._kept.append(block)
        self.blocks += 1
        if self._awake and self.blocks - self._asked > UNASKED_BLOCKS:
            self._awake = False
            self._rows.clear()

    def rows(self) -> list[Floats]:
        """The windows (ROWS, 96) that ended within the last 0.4 s, oldest first; none in the first 1.4 s."""
        self._make_rows()
        whole = list(self._rows)
        return [np.stack(whole[at : at + ROWS]) for at in range(len(whole) - ROWS + 1)]

    def new_rows(self, since: int) -> list[Floats]:
        """Rows (96,) made since row_count was `since`; to be asked at every block by whoever wants them all."""
        self._make_rows()
        count = min(self.row_count - since, len(self._rows))
        return list(self._rows)[len(self._rows) - count :]

    def _make_rows(self) -> None:
        self._asked = self.blocks
        if not self._awake:
            self._wake_up()
        missing = self.blocks - self._given
        if missing:
            made = self._embedder.feed(np.concatenate(list(self._kept)[-missing:]))
            self._rows.extend(made)
            self.row_count += len(made)
            self._given = self.blocks

    def _wake_up(self) -> None:
        """Begins where a row of the grid begins."""
        self._awake = True
        self._embedder.reset()
        oldest = self.blocks - len(self._kept)
        self._given = oldest + -oldest % (ROW_SAMPLES // BLOCK)
