"""Pure: which pictures a report has, drawn from what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oyez_hw.doctor import svg
from oyez_hw.doctor.sound_facts import Recording
from oyez_hw.doctor.spectrogram import data_url, spectrogram_png
from oyez_hw.doctor.steered import steered_power
from oyez_hw.levels import level_dbfs

LEVEL_S = 0.05
RESPONSE_MS = 400.0
MOST_CHANNELS = 6


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    caption: str
    svg: str


def sound_plots(recording: Recording) -> list[Plot]:
    plots = [_levels(recording), _spectrogram(recording)]
    if recording.response is not None:
        plots.append(_response(recording))
    swept = recording.samples[recording.sweep_at :]
    power = steered_power(swept, recording.rate_hz, recording.microphones)
    if power is not None:
        caption = "From where the array hears the sweep of its own loudspeaker; 0 dB is the strongest direction."
        plots.append(Plot("Direction", caption, svg.polar([float(level) for level in power])))
    return plots


def latency_plot(times_ms: Sequence[float], to: str) -> Plot | None:
    """A histogram; None: there is nothing to draw."""
    if len(times_ms) < 3:
        return None
    highest = max(1.0, max(times_ms) * 1.1)
    counts, edges = np.histogram(times_ms, bins=24, range=(0.0, highest))
    most = max(1, int(counts.max()))
    across = svg.Axis("ms", 0.0, highest, svg.steps(0.0, highest))
    up = svg.Axis("connections", 0.0, float(most), [tick for tick in svg.steps(0, most, 4) if tick == int(tick)])
    drawn = svg.bars(across, up, [float(edge) for edge in edges], [int(count) for count in counts])
    return Plot("Latency", f"Time of {len(times_ms)} TCP connections to {to}.", drawn)


def _levels(recording: Recording) -> Plot:
    block = max(1, round(recording.rate_hz * LEVEL_S))
    samples = recording.samples[: len(recording.samples) // block * block]
    by_block = [level_dbfs(part) for part in np.split(samples, max(1, len(samples) // block))]
    times = [(number + 0.5) * LEVEL_S for number in range(len(by_block))]
    shown = range(min(MOST_CHANNELS, samples.shape[1]))
    curves = [(f"channel {one}", times, [levels[one] for levels in by_block]) for one in shown]
    across = _time_axis(recording)
    caption = "RMS of each channel: first the room while nobody speaks, then the sweep of the own loudspeaker."
    return Plot("Levels", caption, svg.lines(across, svg.Axis("dBFS", -110.0, 0.0, range(-100, 1, 20)), curves))


def _spectrogram(recording: Recording) -> Plot:
    half_khz = recording.rate_hz / 2000
    picture = data_url(spectrogram_png(recording.samples, 0, recording.rate_hz))
    drawn = svg.image(_time_axis(recording), svg.Axis("kHz", 0.0, half_khz, svg.steps(0, half_khz, 4)), picture)
    return Plot("Spectrogram", "Channel 0, -100 dBFS dark to -20 dBFS light. A hum is a line, a fan a haze.", drawn)


def _response(recording: Recording) -> Plot:
    assert recording.response is not None
    shown = recording.response[: round(recording.rate_hz * RESPONSE_MS / 1000)]
    peak = float(np.abs(shown).max(initial=1e-12))
    level = 20 * np.log10(np.maximum(np.abs(shown) / peak, 1e-4))
    times = [1000 * number / recording.rate_hz for number in range(len(level))]
    block = max(1, len(level) // svg.MOST_POINTS)
    highest = [float(level[start : start + block].max()) for start in range(0, len(level), block)]
    across = svg.Axis("ms after it became audible, as the card says", 0.0, RESPONSE_MS, range(0, 401, 50))
    drawn = svg.lines(across, svg.Axis("dB", -80.0, 0.0, range(-80, 1, 20)), [("", times[::block], highest)])
    return Plot("Impulse response", "From the own loudspeaker to the microphone that hears it best.", drawn)


def _time_axis(recording: Recording) -> svg.Axis:
    seconds = len(recording.samples) / recording.rate_hz
    return svg.Axis("s", 0.0, seconds, svg.steps(0, seconds))
