"""Pure: from what a card gave to the figures that are judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez_hw.doctor.sound_facts import Channel
from oyez_hw.levels import level_dbfs
from oyez_hw.measuring.chirp import Chirp
from oyez_hw.measuring.clock_fit import earliest_line
from oyez_hw.measuring.pulses import squeezed
from oyez_hw.pcm import Samples

Doubles = npt.NDArray[np.float64]
FULL_SCALE = 32_700
"""From here on a sample counts as clipped: 16-bit converters end a little before 32767."""
HEARD_DB = 10.0
"""The sweep stands so far out of the noise at a microphone that hears it. Our choice."""
POLARITY_LOW_HZ, POLARITY_HIGH_HZ = 200.0, 800.0
POLARITY_WITHIN_S = 0.00035
"""What sound needs for 12 cm, wider than any board; at 800 Hz it is less than a third of a period."""
SETTLING_S, LEAST_S = 0.4, 1.5
"""A card's clock is looked at after its start, for so long at least."""
CLEAR_DB = 20.0
"""Under it a peak may be noise: of 300 times noise alone the highest reached 14.3 dB."""


def channels_of(quiet: Samples, swept: Samples | None, rate_hz: int, numbers: list[int]) -> tuple[Channel, ...]:
    """quiet: while nobody spoke; swept: while the loudspeaker did; (frames, channels). numbers: of the microphones."""
    noise = level_dbfs(_centred(quiet))
    loud = level_dbfs(_centred(swept)) if swept is not None else None
    whole = quiet if swept is None else np.concatenate((quiet, swept))
    polarity = _polarities(swept, rate_hz, _hearing(noise, loud, numbers)) if swept is not None else {}
    found = []
    for number in numbers:
        samples = whole[:, number].astype(np.int32)
        found.append(
            Channel(
                number=number,
                noise_dbfs=round(noise[number], 1),
                sweep_dbfs=None if loud is None else round(loud[number], 1),
                peak_dbfs=round(peak_dbfs(whole[:, number]), 1),
                dc=round(float(samples.mean()) / 32768, 5),
                clipped_share=round(float(np.count_nonzero(np.abs(samples) >= FULL_SCALE)) / len(samples), 6),
                polarity=polarity.get(number),
            )
        )
    return tuple(found)


def hears(channel: Channel) -> bool:
    """It heard the sweep well."""
    return rise_db(channel) > HEARD_DB


def rise_db(channel: Channel) -> float:
    """What the sweep adds to its noise."""
    return -120.0 if channel.sweep_dbfs is None else channel.sweep_dbfs - channel.noise_dbfs


def peak_dbfs(samples: Samples) -> float:
    peak = float(np.abs(samples.astype(np.int32)).max(initial=0)) / 32768
    return 20 * float(np.log10(max(peak, 1e-6)))


@dataclass(frozen=True, slots=True)
class Echo:
    """Of the own loudspeaker at one microphone."""

    response: Doubles
    """Impulse response, from the moment at which the card says that the sound was audible."""
    delay_s: float
    clarity_db: float
    """How far its peak stands out of what is no echo."""
    peak_dbfs: float


def echo_of(heard: Samples, channel: int, rate_hz: int, sweep: Chirp) -> Echo:
    """heard: from the moment at which the sweep became audible."""
    sound = heard[:, channel].astype(np.float64) / 32768
    whole = squeezed(sound - sound.mean(), sweep, rate_hz)
    response = whole[: max(1, len(whole) - round(sweep.seconds * rate_hz))]  # later only parts of it were heard
    delay_s = int(np.argmax(np.abs(response))) / rate_hz
    return Echo(response, delay_s, clarity_db(response), peak_dbfs(heard[:, channel]))


def echo_is_clear(echo: Echo) -> bool:
    return echo.clarity_db >= CLEAR_DB


def clarity_db(response: Doubles) -> float:
    """Its highest peak over its noise, for which the median stands, since no single echo moves that."""
    peak = float(np.abs(response).max(initial=0.0))
    floor = float(np.median(np.abs(response))) / 0.6745 if len(response) else 0.0  # of normal noise: its deviation
    return 20 * float(np.log10(peak / floor)) if peak > 0 and floor > 0 else 0.0


def agreement(one: Doubles, other: Doubles, rate_hz: int) -> float:
    """The strongest correlation of the low band of both at a lag that a board allows, -1 to 1."""
    size = 1 << (len(one) + len(other)).bit_length()
    band = np.fft.rfftfreq(size, 1 / rate_hz)
    chosen = (band >= POLARITY_LOW_HZ) & (band <= POLARITY_HIGH_HZ)
    first = np.where(chosen, np.fft.rfft(one, size), 0)
    second = np.where(chosen, np.fft.rfft(other, size), 0)
    energy = float(np.sqrt(np.sum(np.abs(first) ** 2) * np.sum(np.abs(second) ** 2)))
    if energy == 0.0:
        return 0.0
    together = np.fft.irfft(first * np.conj(second), size) * size / (2 * energy)
    lags = max(1, round(POLARITY_WITHIN_S * rate_hz))
    near = np.concatenate((together[: lags + 1], together[-lags:]))
    return float(np.clip(near[np.argmax(np.abs(near))], -1.0, 1.0))


def rate_error_ppm(captured: Doubles, breaks: Sequence[int], rate_hz: int) -> tuple[float, float] | None:
    """(the card's clock against this machine's, half the width of its 95 % interval). None: too little to say.

    captured: (reads, 2), frames read so far and monotonic time. breaks: frames read when sound was lost; the longest
    stretch between them counts.
    """
    frames, times_s = captured[captured[:, 0] > rate_hz * SETTLING_S].T
    inner = [at for at in breaks if len(frames) and at > frames[0]]
    stretches = np.split(np.arange(len(frames)), np.searchsorted(frames, inner, side="right"))
    longest = max(stretches, key=len)
    if len(longest) < 2 or frames[longest[-1]] - frames[longest[0]] < rate_hz * LEAST_S:
        return None
    try:
        line = earliest_line(frames[longest], times_s[longest], rate_hz)
    except ValueError:
        return None
    return (1 / (line.slope * rate_hz) - 1) * 1e6, line.slope_error / line.slope * 1e6


def _hearing(noise: list[float], loud: list[float] | None, numbers: list[int]) -> list[int]:
    return [] if loud is None else [number for number in numbers if loud[number] > noise[number] + HEARD_DB]


def _polarities(swept: Samples, rate_hz: int, hearing: list[int]) -> dict[int, float]:
    """Against the first that hears."""
    if len(hearing) < 2:
        return {}
    sound = _centred(swept).astype(np.float64)
    return {number: round(agreement(sound[:, number], sound[:, hearing[0]], rate_hz), 2) for number in hearing}


def _centred(samples: Samples) -> Samples:
    """Without its DC, which would hide that there is nothing else."""
    mean = np.rint(samples.mean(axis=0)) if len(samples) else 0
    return np.clip(samples - mean, -32768, 32767).astype(np.int16)
