"""Noise suppression of what is sent: WebRTC's Wiener filter with its own noise estimate, on request only.

It is off by default, and never stands before the wake word: docs/noise.md has the figures. It is for rooms in which
noise is as loud as the voice, and for services without a `noise_reduction` of their own.
"""

from typing import Literal

from pywebrtc_audio import NoiseSuppressor as WebRtcNs

from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import Mono

Level = Literal["low", "medium", "high"]
AT_MOST_DB: dict[Level, float] = {"low": 6.0, "medium": 12.0, "high": 18.0}
"""So much is taken out of steady noise at most (the library's own steps; white noise loses 6.0, 11.6 and 17.0)."""
_STEP: dict[Level, int] = {"low": 0, "medium": 1, "high": 2}
DELAY = 96
"""Samples by which what comes out lags (measured: an overlap-add of 256 in steps of 160)."""
DELAY_S = DELAY / RATE_HZ


class NoiseSuppressor:
    """One stream, 10 ms at a time, 16 kHz mono; what comes out lags by DELAY samples. Not thread-safe.

    It needs about half a second of the room to know its noise, so it should hear the room all the time, not from a
    wake word on: it costs a fifth of the wake word.
    """

    def __init__(self, level: Level) -> None:
        self._ns = WebRtcNs(sample_rate=RATE_HZ, num_channels=1, level=_STEP[level])

    def clean(self, block: Mono) -> Mono:
        """(160,) int16 in, as much out. Raises ValueError for a block of another length."""
        if len(block) != BLOCK:
            raise ValueError(f"a block has {BLOCK} samples, not {len(block)}")
        cleaned: Mono = self._ns.process(block)
        return cleaned

    def reset(self) -> None:
        """Forgets the sound so far and the room's noise."""
        self._ns.reset()
