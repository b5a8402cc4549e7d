"""Takes that no card made: chirps at a known delay and drift, in rooms, in noise, with stamps that come late."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez_hw.acoustics import convolved
from oyez_hw.measuring.chirp import Chirp, ChirpTrain, train
from oyez_hw.measuring.take import Take

CHIRP = Chirp(0.15)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    path_s: float = 0.05
    """From when the card says that a frame is audible to the microphone."""
    drift_ppm: float = 0.0
    """The microphones' clock is so much the faster."""
    snr_db: float = 60.0
    """Power of a chirp over that of the noise."""
    capture_hz: int = 16_000
    playback_hz: int = 48_000
    seconds: float = 10.0
    response: Floats | None = None
    """Of the room, at the rate of the microphone."""
    dry: tuple[int, ...] = ()
    """Channels that do not hear the room."""
    gains: tuple[float, ...] = (1.0,)
    """One a channel; negative: inverted."""
    later_s: tuple[float, ...] = ()
    """One a channel, beyond the path."""
    seed: int = 1
    late_s: float = 0.004
    """Mean by which the program is late at both cards."""


def chirps(truth: Truth, chirp: Chirp = CHIRP) -> ChirpTrain:
    return train(chirp, truth.seconds)


def take(truth: Truth, chirp: Chirp = CHIRP) -> Take:
    """The loudspeaker keeps the true time; it starts at 0.1 s, the microphones at 0."""
    rng = np.random.default_rng(truth.seed)
    capture_hz = truth.capture_hz * (1 + truth.drift_ppm * 1e-6)
    frames = round((truth.seconds + 1.5) * truth.capture_hz)
    times_s = np.arange(frames) / capture_hz
    lead = truth.playback_hz // 5
    starts = lead + chirps(truth, chirp).starts(truth.playback_hz)
    channels = []
    for channel, gain in enumerate(truth.gains):
        later_s = truth.path_s + (truth.later_s[channel] if truth.later_s else 0.0)
        sound = np.zeros(frames)
        for start in starts:
            begins_s = 0.1 + start / truth.playback_hz + later_s
            low, high = np.searchsorted(times_s, (begins_s, begins_s + chirp.seconds))
            sound[low:high] += chirp.at(times_s[low:high] - begins_s)
        if truth.response is not None and channel not in truth.dry:
            sound = convolved(sound.astype(np.float32), truth.response.astype(np.float32))[:frames].astype(np.float64)
        channels.append(0.1 * gain * sound)
    power = float(np.square(0.1 * chirp.sampled(truth.capture_hz)).mean())
    if truth.response is not None:
        power *= float(np.square(truth.response).sum())
    noise = rng.standard_normal((frames, len(channels))) * np.sqrt(power * 10 ** (-truth.snr_db / 10))
    heard = np.stack(channels, axis=1) + noise
    return Take(
        heard=np.clip(np.rint(heard * 32768), -32768, 32767).astype(np.int16),
        capture_hz=truth.capture_hz,
        playback_hz=truth.playback_hz,
        captured=_captured(frames, capture_hz, rng, truth.late_s),
        written=_written(truth, rng),
        sound_start=lead,
    )


def room(seed: int, rate_hz: int = 16_000, decay_s: float = 0.3) -> Floats:
    """The direct way, some reflections up to 0.7 of it, and a tail that falls by 60 dB in `decay_s`."""
    rng = np.random.default_rng(seed)
    length = round(decay_s * rate_hz)
    tail = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length) * 0.03
    tail[: rate_hz // 500] = 0
    for _ in range(6):
        tail[rng.integers(rate_hz // 1000, rate_hz // 50)] += rng.uniform(-0.7, 0.7)
    tail[0] = 1.0
    return tail


def _captured(frames: int, capture_hz: float, rng: np.random.Generator, late_s: float) -> Floats:
    counts = np.arange(320, frames + 1, 320, dtype=np.float64)
    return np.stack([counts, counts / capture_hz + rng.exponential(late_s, len(counts))], axis=1)


def _written(truth: Truth, rng: np.random.Generator) -> Floats:
    """80 ms ahead, 20 ms at a time; each write and each question may come late."""
    chunk = truth.playback_hz // 50
    firsts = np.arange(0, round((truth.seconds + 1.0) * truth.playback_hz), chunk, dtype=np.float64)
    audible_s = 0.1 + firsts / truth.playback_hz
    given_s = np.maximum.accumulate(audible_s - 0.08 + np.minimum(rng.exponential(truth.late_s, len(firsts)), 0.06))
    asked_s = given_s + 1e-4
    delay = np.floor((audible_s - asked_s) * truth.playback_hz + chunk)
    told_s = asked_s + np.minimum(rng.exponential(truth.late_s, len(firsts)), 0.05)
    return np.stack([firsts, given_s, firsts + chunk, told_s, delay], axis=1)
