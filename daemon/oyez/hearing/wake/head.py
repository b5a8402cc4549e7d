"""Pure: small networks that say from rows of the speech embedding whether a phrase has just ended.

Trained on synthetic speech alone by tests/training/make_wake_heads.py; weights in models/wake_heads.npz.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).parent.parent / "models" / "wake_heads.npz"
ROWS = 8
"""That a head looks at: 775 ms and seven steps of 80 ms, 1.3 s; longer than the longest phrase said slowly."""


class Head:
    """relu(rows * first + bias) * second + bias: one hidden layer, on rows brought to mean 0 and deviation 1."""

    def __init__(self, mean: Floats, scale: Floats, first: Floats, bias: Floats, second: Floats, offset: float) -> None:
        """mean, scale: (96,). first: (ROWS * 96, hidden). bias, second: (hidden,)."""
        self._mean, self._scale = mean, scale
        self._first, self._bias, self._second, self._offset = first, bias, second, offset

    def logit(self, rows: Floats) -> float:
        """Log odds that the phrase ended within the last 0.4 s of `rows` (ROWS, 96), oldest first."""
        seen = ((rows - self._mean) * self._scale).reshape(-1)
        hidden = np.maximum(seen @ self._first + self._bias, np.float32(0))
        return float(hidden @ self._second) + self._offset


@cache
def shipped(word: str) -> Head | None:
    """The head of a shipped word; None: there is none."""
    with np.load(WEIGHTS) as file:
        if f"{word}.first" not in file.files:
            return None
        parts = {part: file[f"{word}.{part}"].astype(np.float32) for part in ("first", "bias", "second", "offset")}
        mean, scale = file["mean"].astype(np.float32), file["scale"].astype(np.float32)
    return Head(mean, scale, parts["first"], parts["bias"], parts["second"], float(parts["offset"][0]))
