"""Pure: what ships about speech in general: its mean and covariance over time, and examples, as embedding rows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from oyez.hearing.wake.embedding import ROW_S, WIDTH, Floats

NEGATIVES = Path(__file__).parent.parent / "models" / "negatives.npz"
LAGS = 16
"""Covariances reach over 15 rows, 1.2 s: the longest phrase is so many rows long."""


@dataclass(frozen=True)
class Negatives:
    mean: Floats
    """(96,)"""
    covariances: Floats
    """(LAGS, 96, 96): [k] is E[x(t) x(t + k)'] of centred rows."""
    streams: tuple[Floats, ...]
    """Examples: each (n, 96), rows that follow each other."""

    @property
    def seconds(self) -> float:
        return sum(len(stream) for stream in self.streams) * ROW_S


@cache
def shipped() -> Negatives:
    """Made of synthetic speech by tests/training/negatives.py."""
    with np.load(NEGATIVES) as file:
        rows = file["examples"].astype(np.float32) * file["step"]
        streams = tuple(np.split(rows, file["ends"][:-1]))
        return Negatives(file["mean"], file["covariances"].astype(np.float32), streams)


def stacked_covariance(negatives: Negatives, rows: int) -> NDArray[np.float64]:
    """Of `rows` rows in a stack, (rows * 96, rows * 96): block Toeplitz, for speech is stationary."""
    whole = np.zeros((rows, WIDTH, rows, WIDTH))
    for early in range(rows):
        for late in range(early, rows):
            block = negatives.covariances[late - early]
            whole[early, :, late, :] = block
            whole[late, :, early, :] = block.T
    return whole.reshape(rows * WIDTH, rows * WIDTH)
