"""The voice of the person in the demo: synthesised, and deeper than the voice that answers."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from oyez.errors import OyezError
from oyez_hw.wav import write_wav

RATE_HZ = 16_000
DEPTH = 0.85
"""Pitch and pace of the visitor against the answering voice. Measured: hey_jarvis scores 0.996 of 0.97 needed at 0.80
to 1.00 and fails at 1.12, where the synthetic voice turns childlike."""

SILENT = 0.01
"""Of the peak: -40 dB."""


class Visitor:
    """Speaks sentences. Loading takes about half a second."""

    def __init__(self) -> None:
        try:
            from hibari import Hibari
        except ImportError as error:
            raise OyezError(
                "The demo's voice is not installed: install Oyez with its extra `local` (make setup does), "
                "or give recordings with --say."
            ) from error
        self._voice: Any = Hibari()

    def say(self, text: str) -> npt.NDArray[np.int16]:
        """int16, shape (n,), 16 kHz, peak at -3 dBFS."""
        sound = np.asarray(self._voice(text, seed=0, speed=1 / DEPTH), dtype=np.float32)
        deeper = soxr.resample(sound, 24_000, RATE_HZ / DEPTH, quality="HQ")
        loud = np.abs(deeper) / np.abs(deeper).max()
        spoken = np.flatnonzero(loud > SILENT)  # so that the figures count from the true end of the speech
        return np.asarray(deeper[spoken[0] : spoken[-1]] / np.abs(deeper).max() * 0.7 * 32_767, dtype=np.int16)

    def record(self, text: str, path: Path) -> Path:
        write_wav(path, self.say(text)[:, np.newaxis], RATE_HZ)
        return path
