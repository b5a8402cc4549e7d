"""What a board offers, as protocols. Drivers implement them; the simulated Room is one of the drivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from oyez_hw.faults import Fault
from oyez_hw.pcm import Frame, PcmFormat, Samples


class HardwareError(Exception):
    """A card is absent, busy, gone, or does not offer what was asked.

    The message says in one sentence what happened, what it means and what to do.
    """

    def __init__(self, message: str, fault: Fault = Fault.FAILED, unwell_s: float = 0.0) -> None:
        """unwell_s: so long it had been going on when it was found out."""
        super().__init__(message)
        self.fault, self.unwell_s = fault, unwell_s


class Microphone(Protocol):
    """Read by the capture thread alone, but for `xruns`."""

    xruns: int
    """Overruns since open; each is survived and means lost sound."""

    def open(self) -> PcmFormat:
        """Opens the card and tells what it really delivers. Raises HardwareError."""

    def read(self) -> Frame:
        """Blocks for one period. Raises HardwareError when the card is gone."""

    def close(self) -> None:
        """Idempotent."""


class Speaker(Protocol):
    """Written by the playback thread alone, but for `xruns`."""

    xruns: int
    """Underruns since open."""

    def open(self) -> PcmFormat:
        """Opens the card and tells what it really takes. Raises HardwareError."""

    def write(self, samples: Samples) -> None:
        """Blocks until the card has taken all of (frames, channels). Raises HardwareError when it is gone."""

    def delay_frames(self) -> int:
        """Frames written and not yet audible."""

    def drop(self) -> int:
        """Silences the card at once: forgets what was written and is not yet audible; returns how many frames."""

    def close(self) -> None:
        """Idempotent; never waits for the buffer to drain."""


class Volume(Protocol):
    """0.0 (silent) to 1.0 (the board's loudest), as a listener perceives it."""

    def get(self) -> float: ...

    def set(self, level: float) -> None:
        """Raises HardwareError when the mixer is gone, ValueError outside 0 to 1."""


class Colour(NamedTuple):
    """Light that leaves a lamp, 0.0 (none) to 1.0 (the lamp's most), linear: half is half the photons."""

    red: float
    green: float
    blue: float


DARK = Colour(0.0, 0.0, 0.0)


class Lights(Protocol):
    """For the loop alone; a picture is out within a few milliseconds."""

    def open(self) -> None:
        """Opens the lamps, dark. Raises HardwareError."""

    def show(self, picture: Sequence[Colour]) -> None:
        """One colour a lamp, in their order on the board. Raises HardwareError when they are gone."""

    def close(self) -> None:
        """Dark, where that can still be done. Idempotent."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A contact opened or closed, or bounced."""

    button: int
    """Its place in the board's list."""
    closed: bool
    time_s: float
    """time.monotonic() when it happened, not when it was read."""


class Buttons(Protocol):
    """For the loop alone. What bounces is told as it bounces: `presses.py` makes sense of it."""

    def open(self) -> Mapping[int, bool]:
        """Which contacts are closed now, by their place in the list. Raises HardwareError."""

    def fileno(self) -> int:
        """Readable while there are edges to read."""

    def read(self) -> Sequence[Edge]:
        """What happened since, in order; never waits. Raises HardwareError when they are gone."""

    def close(self) -> None:
        """Idempotent."""
