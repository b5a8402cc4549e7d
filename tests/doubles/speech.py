"""A voice for tests: real synthesised speech, made once a process for each sentence."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

RATE_HZ = 24_000


@cache
def _voice() -> Any:
    from hibari import Hibari

    return Hibari()


@cache
def say(text: str) -> tuple[npt.NDArray[np.int16], int]:
    """`text` as speech: int16 mono (frames,), never to be written to, and its rate in Hz (24000)."""
    sound = np.asarray(_voice()(text), dtype=np.float32)
    samples = (np.clip(sound, -1.0, 1.0) * 32_767).astype(np.int16)
    samples.setflags(write=False)
    return samples, RATE_HZ


def silence(seconds: float) -> npt.NDArray[np.int16]:
    """Digital silence at the voice's rate."""
    return np.zeros(round(seconds * RATE_HZ), dtype=np.int16)
