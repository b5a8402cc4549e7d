"""The shape of sound as it crosses from a card into the house."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
"""Interleaved sound: int16, shape (frames, channels)."""


@dataclass(frozen=True, slots=True)
class PcmFormat:
    """What a card delivers or takes. `width_bits` is the card's own; samples inside the house are int16."""

    rate_hz: int
    channels: int
    width_bits: int = 16

    def __post_init__(self) -> None:
        if not 4_000 <= self.rate_hz <= 768_000:
            raise ValueError(f"rate_hz is {self.rate_hz}; a sound card runs at 4000 to 768000 Hz")
        if not 1 <= self.channels <= 64:
            raise ValueError(f"channels is {self.channels}; it must be 1 to 64")
        if self.width_bits not in (16, 24, 32):
            raise ValueError(f"width_bits is {self.width_bits}; it must be 16, 24 or 32")

    def __str__(self) -> str:
        return f"{self.rate_hz} Hz, {self.channels} channel(s), {self.width_bits} bit"


@dataclass(frozen=True, slots=True)
class Frame:
    """One period of captured sound.

    samples: int16, shape (frames, channels), never written to after it was made.
    time_s:  time.monotonic() at which the *last* sample of the period was captured.
    """

    samples: Samples
    rate_hz: int
    time_s: float

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz

    @property
    def start_s(self) -> float:
        return self.time_s - self.duration_s
