"""What a Room is like: its noise, its echo, its clocks, and where the device's microphones sit."""

from dataclasses import dataclass

from oyez_hw.acoustics import Floats


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


@dataclass(frozen=True, slots=True)
class RoomSettings:
    noise_dbfs: float | None = -65.0
    seed: int = 1
    echo_gain_db: float | None = -12.0
    """The loudspeaker at the microphones; None: not heard."""
    echo_delay_s: float = 0.02
    echo_response: Floats | None = None
    """Impulse response at the microphone's rate."""
    ears: tuple[Ear, ...] = ()
    """One a microphone channel; empty: all alike."""
    capture_drift_ppm: float = 0.0
    """The microphones' clock runs so much fast against the room's, which is also the loudspeaker's."""
    delay_error_s: float = 0.0
    """The loudspeaker's card reports so much more delay than there is (less than none: none)."""
