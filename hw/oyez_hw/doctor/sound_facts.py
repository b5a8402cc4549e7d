"""What was measured of the sound card. Pure."""

from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

from oyez_hw.pcm import Samples


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One microphone."""

    number: int
    """Of the card's capture channels, from 0."""
    noise_dbfs: float
    """RMS while nobody spoke, DC left out; -120 for none at all."""
    sweep_dbfs: float | None = None
    """RMS while the own loudspeaker swept; None: it did not."""
    peak_dbfs: float = -120.0
    dc: float = 0.0
    """Mean, as a fraction of full scale."""
    clipped_share: float = 0.0
    """Of all samples, those at the end of the scale."""
    polarity: float | None = None
    """How the low part of the sweep goes with that of the first microphone that heard it, -1 to 1; None: not known."""


class Mixer(msgspec.Struct, frozen=True, kw_only=True):
    """One element of the card's mixer."""

    name: str
    playback_percent: int | None = None
    playback_on: bool | None = None
    capture_percent: int | None = None
    capture_on: bool | None = None


class SoundFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of one listening."""

    board: str = ""
    asked_rate_hz: int = 0
    rate_hz: int = 0
    asked_channels: int = 0
    channels: tuple[Channel, ...] = ()
    """Of microphones alone: reference channels are left out."""
    microphones_wanted: int = 0
    """The highest channel that the configuration names, and one."""
    card_channels: int = 0
    rate_error_ppm: float | None = None
    """The card's clock against this machine's; None: too short to say."""
    rate_unsure_ppm: float | None = None
    """Half the width of its 95 % interval: a busy machine reads late."""
    capture_xruns: int = 0
    playback_xruns: int = 0
    swept: bool = False
    """The loudspeaker played a sweep."""
    speaker_failed: str = ""
    """Why it did not, in a sentence; empty: nobody asked it to, or it did."""
    echo_delay_ms: float | None = None
    """From audible (as the card says) to heard; None: not heard."""
    echo_clarity_db: float | None = None
    """How far the impulse response stands out of its own noise."""
    echo_dbfs: float | None = None
    """Loudest of the sweep at the loudest microphone, peak."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What the plots are drawn from."""

    samples: Samples = field(repr=False)
    rate_hz: int
    response: npt.NDArray[np.float64] | None = field(default=None, repr=False)
    """Impulse response from loudspeaker to the first microphone that hears, at `rate_hz`."""
    microphones: tuple[tuple[int, float, float], ...] = ()
    """(channel, x_mm, y_mm)."""
    sweep_at: int = 0
    """Frame at which the sweep was to be heard at the earliest."""
