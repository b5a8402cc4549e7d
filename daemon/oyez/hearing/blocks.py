"""Pure: sound in lumps of any size, cut into blocks of 10 ms, each with its time."""

from collections.abc import Iterator

import numpy as np

from oyez.hearing.mixdown import Mono

RATE_HZ = 16_000
"""The ears' own rate: what the wake word, the VAD and the echo canceller were made for."""
BLOCK = 160
BLOCK_MS = 10


class Blocks:
    """Keeps what does not fill a block until the next lump."""

    def __init__(self) -> None:
        self._rest: Mono = np.zeros(0, np.int16)

    def cut(self, samples: Mono, end_s: float) -> Iterator[tuple[Mono, float]]:
        """(block, time of its end). `end_s`: time at which the last of `samples` was captured."""
        sound = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(sound) - len(sound) % BLOCK
        self._rest = sound[whole:]
        for start in range(0, whole, BLOCK):
            after = len(sound) - start - BLOCK
            yield sound[start : start + BLOCK], end_s - after / RATE_HZ

    def clear(self) -> None:
        self._rest = np.zeros(0, np.int16)
