"""What a Room is like: its noise, its echo, its clocks, and where the device's microphones sit."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oyez_hw.acoustics import SPEED_OF_SOUND_M_S, Floats


@dataclass(frozen=True, slots=True)
class Ear:
    """One microphone of the device."""

    gain_db: float = 0.0
    delay_s: float = 0.0
    """For all sound alike, as if its cable were long."""
    x_mm: float = 0.0
    """To the right of the device's middle, seen from above."""
    y_mm: float = 0.0
    """Towards its front: direction 0 degrees; 90 degrees is to the right."""
    inverted: bool = False
    """Soldered the wrong way round."""
    dead: bool = False
    """Delivers zeros."""
    offset: float = 0.0
    """Constant part of its signal (DC), as a share of full scale."""


@dataclass(frozen=True, slots=True)
class RoomSettings:
    noise_dbfs: float | None = -65.0
    seed: int = 1
    echo_gain_db: float | None = -12.0
    """The loudspeaker at the microphones; None: not heard."""
    echo_delay_s: float = 0.02
    echo_response: Floats | None = None
    """Impulse response at the microphone's rate."""
    loudspeaker_mm: tuple[float, float, float] | None = None
    """Where the loudspeaker sits, x, y, z as the ears: each hears its echo by its own distance, `echo_delay_s` being
    that of the device's middle. None: all at once."""
    ears: tuple[Ear, ...] = ()
    """One a microphone channel; empty: all alike."""
    capture_drift_ppm: float = 0.0
    """The microphones' clock runs so much fast against the room's, which is also the loudspeaker's."""
    delay_error_s: float = 0.0
    """The loudspeaker's card reports so much more delay than there is (less than none: none)."""

    def echo_later_s(self, ear: Ear) -> float:
        """By how much later than the device's middle this ear hears the loudspeaker."""
        if self.loudspeaker_mm is None:
            return 0.0
        x_mm, y_mm, z_mm = self.loudspeaker_mm
        away_mm = math.hypot(x_mm - ear.x_mm, y_mm - ear.y_mm, z_mm) - math.hypot(x_mm, y_mm, z_mm)
        return away_mm / 1000 / SPEED_OF_SOUND_M_S


def spoil(mix: Floats, ears: Sequence[Ear]) -> None:
    """Does to (frames, channels) what is wrong with each microphone, in place."""
    for channel, ear in enumerate(ears):
        if ear.dead:
            mix[:, channel] = 0
        elif ear.inverted:
            mix[:, channel] *= -1
        mix[:, channel] += np.float32(ear.offset)
