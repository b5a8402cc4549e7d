"""Pure: the way from the loudspeaker to each microphone as an impulse response, and what it says."""

import math
from dataclasses import dataclass

import numpy as np

from oyez_hw.measuring.chirp import Chirp, ChirpTrain
from oyez_hw.measuring.clock_fit import Doubles
from oyez_hw.measuring.loop_back import FIRST_ARRIVAL, Arrivals
from oyez_hw.measuring.pulses import FINER, finer, parabola, shifted, squeezed
from oyez_hw.measuring.take import Take

BEFORE_S = 0.03
"""Of the response, before the first microphone hears anything: its noise, and how much the loudspeaker distorts."""
LENGTH_S = 0.4
"""After it: as long as the echo canceller's filter."""
HIGHEST_HARMONIC = 4
PULSE_S = 0.004
"""A pulse and its ringing, each way."""
DECAYED_DB = 30.0


@dataclass(frozen=True, slots=True)
class Responses:
    sound: Doubles
    """(channels, n) at `rate_hz`; gain 1 in the chirp's band is a pulse of `unit_energy`."""
    rate_hz: int
    start_s: float
    """Of the first sample, after the moment at which the card says that a sound is audible."""
    unit_energy: float
    distortion: Doubles
    """(channels,): energy of the harmonics 2 to 4 over that of the response."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one channel's response."""

    arrival_s: float
    """First arrival, after the card's word."""
    gain_db: float
    """From digital loudspeaker to digital microphone, over the chirp's band."""
    length_s: float
    """After the first arrival; by then all but DECAYED_DB of the energy has come, or it is lost in noise."""
    to_noise_db: float
    """The largest swing over the response's own noise."""


def responses(take: Take, train: ChirpTrain, arrivals: Arrivals, path_s: float, level_dbfs: float) -> Responses:
    """The mean of all chirps heard, clocks made equal. path_s: as LoopBack has it. level_dbfs: they were played at."""
    true_hz = arrivals.line.slope * take.playback_hz
    before, length = round(BEFORE_S * take.capture_hz), round(LENGTH_S * take.capture_hz)
    places = arrivals.line.at(arrivals.written)
    sound, distortion = [], []
    for channel in take.heard.T.astype(np.float64) / 32768:
        curve = squeezed(channel, train.chirp, true_hz)
        mean = np.mean([_cut(curve, place - before, before + length) for place in places], axis=0)
        sound.append(mean)
        distortion.append(_distortion(curve, places, mean, before, train.chirp, take.capture_hz))
    one = squeezed(np.pad(train.chirp.sampled(true_hz), take.capture_hz // 20), train.chirp, true_hz)
    return Responses(
        sound=np.array(sound) / 10 ** (level_dbfs / 20),
        rate_hz=take.capture_hz,
        start_s=path_s - before / take.capture_hz,
        unit_energy=float(one @ one),
        distortion=np.array(distortion),
    )


def figures_of(responses: Responses, channel: int) -> Figures:
    sound, rate_hz = responses.sound[channel], responses.rate_hz
    quiet = sound[: round((BEFORE_S - 2 * PULSE_S) * rate_hz)]
    noise = float(np.median(np.abs(quiet)) * 1.4826) + 1e-12
    first = first_arrival(sound)
    begin = max(0, round(first - PULSE_S / 4 * rate_hz))
    energy = np.square(sound[begin:]) - noise**2
    whole = max(float(energy.sum()), 1e-20)
    left = 1 - np.cumsum(energy) / whole
    gone = np.nonzero(left <= 10 ** (-DECAYED_DB / 10))[0]
    return Figures(
        arrival_s=responses.start_s + first / rate_hz,
        gain_db=10 * math.log10(whole / responses.unit_energy),
        length_s=max(0.0, float(begin + (gone[0] if len(gone) else len(energy)) - first) / rate_hz),
        to_noise_db=20 * math.log10(max(float(np.abs(sound).max()) / noise, 1e-6)),
    )


def first_arrival(sound: Doubles) -> float:
    """Where the first swing of half the largest's height peaks, between the samples."""
    rough = int(np.argmax(np.abs(sound) >= FIRST_ARRIVAL * np.abs(sound).max()))
    low = max(0, rough - 32)
    piece = sound[low : low + 64]
    size = np.abs(finer(np.pad(piece, 32)))[32 * FINER : -32 * FINER]
    top = int(np.argmax(size >= FIRST_ARRIVAL * np.abs(sound).max()))
    while top + 1 < len(size) and size[top + 1] >= size[top]:
        top += 1
    return low + (top + parabola(size, top)) / FINER


def _cut(curve: Doubles, begin: float, length: int) -> Doubles:
    """`length` samples from between two samples on, zero where there are none."""
    whole = math.floor(begin)
    piece = np.zeros(length)
    first, last = max(0, whole), min(len(curve), whole + length)
    if first < last:
        piece[first - whole : last - whole] = curve[first:last]
    return shifted(piece, begin - whole)


def _distortion(curve: Doubles, places: Doubles, mean: Doubles, before: int, chirp: Chirp, rate_hz: int) -> float:
    half = round(PULSE_S * rate_hz)
    pulse = mean[max(0, before - half) : before + half]
    whole = float(pulse @ pulse) + 1e-20
    found = 0.0
    for order in range(2, HIGHEST_HARMONIC + 1):
        lead = chirp.harmonic_lead_s(order) * rate_hz
        cuts = [_cut(curve, place - lead - half, 2 * half) for place in places]
        harmonic = np.mean(cuts, axis=0)
        noise = np.mean(np.var(cuts, axis=0)) / len(cuts) * len(harmonic)
        found += max(0.0, float(harmonic @ harmonic) - float(noise))
    return found / whole
