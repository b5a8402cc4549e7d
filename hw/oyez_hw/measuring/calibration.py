"""Pure: what is kept of a board once it was measured: gains, the way of the echo, how loud it may play."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from oyez_hw.acoustics import resampled
from oyez_hw.measuring.channel_check import Channel
from oyez_hw.measuring.clock_fit import Doubles
from oyez_hw.measuring.impulse_response import Figures, Responses, figures_of

RATE_HZ = 16_000
"""Of what is kept: the rate at which the daemon listens."""
BEFORE_S = 0.003
"""Kept before the first arrival."""
LENGTH_S = 0.4
MOST_GAIN_DB = 12.0
"""A microphone that needs more is broken, and more would only bring up its noise."""
MOST_DISTORTION_DB = -20.0
MOST_PEAK_DBFS = -3.0
MOST_COMPRESSION_DB = 1.5
VERSION = 1
GainsBy = Literal["room", "distance", "direct"]
"""room: by sound from all sides. distance: by the direct sound, what the way costs taken out. direct: by that alone,
and the nearer microphone counts as the louder: not to be used for a beam."""


class Way(msgspec.Struct, frozen=True):
    """From the loudspeaker to one microphone, at RATE_HZ."""

    channel: int
    gain_db: float
    """What its signal is to be corrected by, so that all are alike."""
    level_db: float
    """From digital loudspeaker to digital microphone."""
    inverted: bool
    scale: float
    """Amplitude of one step of `response`."""
    response: bytes
    """int16, little-endian."""

    @property
    def sound(self) -> Doubles:
        return np.frombuffer(self.response, "<i2").astype(np.float64) * self.scale


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    version: int = VERSION
    board: str
    """board.name of the configuration."""
    capture_device: str
    playback_device: str
    date: str
    """ISO 8601, by the device's clock."""
    volume: float
    """Of the loudspeaker while it was measured, 0 to 1."""
    gains_by: GainsBy
    path_ms: float
    """From the moment at which the card says that a sound is audible to the first microphone: the air, and what the
    card does not tell. Negative: it tells too much."""
    start_ms: float
    """Of the first sample of each response, from the same moment."""
    echo_db: float
    """The median microphone's level."""
    echo_length_ms: float
    drift_ppm: float
    drift_error_ppm: float
    distortion_db: float
    noise_dbfs: float
    """The median microphone's, in the silence before."""
    safe_dbfs: float
    """Peak up to which it was tried and all was well."""
    safe_volume: float
    """At which full scale is played with that peak, 0 to 1."""
    limited_by: str
    """What ended the climb; empty: nothing did."""
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One level that was tried."""

    level_dbfs: float
    heard: bool
    peak_dbfs: float = -120.0
    """Of the loudest microphone."""
    distortion_db: float = -120.0
    gain_db: float = -120.0


def trouble_at(step: Step, before: Sequence[Step]) -> str:
    """Why the loudspeaker should not be louder than the step before; empty: it may."""
    if not step.heard:
        return ""
    if step.peak_dbfs > MOST_PEAK_DBFS:
        return "the microphones are near their full scale"
    if step.distortion_db > MOST_DISTORTION_DB:
        return f"the loudspeaker distorts ({100 * 10 ** (step.distortion_db / 20):.0f} %)"
    quieter = [one.gain_db for one in before if one.heard]
    if quieter and step.gain_db < float(np.median(quieter)) - MOST_COMPRESSION_DB:
        return "the loudspeaker does not get louder any more"
    return ""


def volume_for(peak_dbfs: float, volume: float) -> float:
    """At which full scale is as loud as that peak at this volume. 0 to 1, as the daemon's, whose curve is cubic."""
    return min(1.0, volume * 10 ** (peak_dbfs / 60))


def gains_db(channels: Sequence[Channel], distances_mm: Mapping[int, float]) -> tuple[dict[int, float], GainsBy]:
    """What each microphone is to be corrected by. distances_mm: to the loudspeaker; empty: not known."""
    microphones = [one for one in channels if one.kind == "microphone" and one.beside_others_db is not None]
    beside = {one.number: one.beside_others_db or 0.0 for one in microphones}
    if microphones and microphones[0].by_room:
        by: GainsBy = "room"
    elif beside and all(number in distances_mm for number in beside):
        by = "distance"
        beside = {number: level + 20 * math.log10(distances_mm[number]) for number, level in beside.items()}
    else:
        by = "direct"
    middle = float(np.median(list(beside.values()))) if beside else 0.0
    return {
        number: round(min(MOST_GAIN_DB, max(-MOST_GAIN_DB, middle - level)), 1) for number, level in beside.items()
    }, by


def ways_of(found: Responses, channels: Sequence[Channel], gains: Mapping[int, float]) -> tuple[float, tuple[Way, ...]]:
    """(start of the responses after the card's word in s, each microphone's way)."""
    microphones = [one for one in channels if one.kind == "microphone"]
    figures: dict[int, Figures] = {one.number: figures_of(found, one.number) for one in microphones}
    start_s = max(found.start_s, min((one.arrival_s for one in figures.values()), default=0.0) - BEFORE_S)
    ways = []
    for one in microphones:
        sound = found.sound[one.number][round((start_s - found.start_s) * found.rate_hz) :]
        # A response is a sound of samples of the other rate: to filter alike, it is scaled by the rates.
        kept = resampled(sound.astype(np.float32), found.rate_hz, RATE_HZ) * (found.rate_hz / RATE_HZ)
        kept = kept[: round(LENGTH_S * RATE_HZ)]
        scale = max(float(np.abs(kept).max()), 1e-9) / 32_767
        ways.append(
            Way(
                channel=one.number,
                gain_db=gains.get(one.number, 0.0),
                level_db=round(figures[one.number].gain_db, 2),
                inverted=one.inverted,
                scale=scale,
                response=np.rint(kept / scale).astype("<i2").tobytes(),
            )
        )
    return start_s, tuple(ways)
