"""What chirps from a board's own loudspeaker tell of it: delay, clocks, channels, echo. Figures go into the report."""

import math

import numpy as np
import pytest

from oyez_hw import catalogue
from oyez_hw.doctor import svg
from oyez_hw.doctor.plots import Plot
from oyez_hw.measuring.channel_check import channels_in, polarity_of
from oyez_hw.measuring.findings import arrivals_us
from oyez_hw.measuring.impulse_response import figures_of
from oyez_hw.measuring.microphone_order import expected_us, order_of
from oyez_hw.pcm import PcmFormat, Samples
from tests.doubles.speech import say as speech
from tests.hardware.bench import Bench
from tests.hardware.offline import without_echo
from tests.hardware.report.collecting import Figures
from tests.hardware.taking import TRAIN, Chirped

STORY = "There was once a lighthouse at the edge of the sea, and every evening the keeper climbed its ninety steps."
MOST_DRIFT_PPM = 300.0
"""Two crystals of 100 ppm, and a margin: more is a wrong rate."""
LEAST_ERLE_DB = 6.0
ECHO_TAKES = 3


def test_the_round_trip_and_the_drift_of_the_clocks_are_found(
    measured_bench: Bench, chirps: Chirped, figures: Figures
) -> None:
    loop = chirps.loop
    figures.note("latency.round_trip_ms", np.median(loop.round_trip_ms), "ms", better="lower", tolerance=10.0)
    figures.note("latency.unexplained_ms", loop.path_ms, "ms", tolerance=2.0)
    figures.note("latency.clock_jitter_ms", loop.jitter_ms, "ms", better="lower", tolerance=0.1)
    figures.note("drift_ppm", loop.drift_ppm, "ppm", tolerance=10.0)
    figures.note("overruns", loop.overruns, better="lower")
    figures.note("underruns", loop.underruns, better="lower")
    figures.plot(trips_plot(loop.round_trip_ms))
    assert loop.found >= len(TRAIN.starts_s) // 2
    if measured_bench.truth is not None:
        assert loop.path_ms == pytest.approx(measured_bench.truth.path_ms, abs=1.0)
        assert loop.drift_ppm == pytest.approx(measured_bench.truth.drift_ppm, abs=5.0)
    assert abs(loop.drift_ppm) < MOST_DRIFT_PPM
    assert 0.0 < float(np.median(loop.round_trip_ms)) < measured_bench.most_round_trip_ms


def trips_plot(trips_ms: np.ndarray) -> Plot:
    low, high = math.floor(float(np.min(trips_ms))) - 1.0, math.ceil(float(np.max(trips_ms))) + 1.0
    counts, edges = np.histogram(trips_ms, bins=24, range=(low, high))
    across = svg.Axis("ms", low, high, svg.steps(low, high))
    up = svg.Axis("chirps", 0.0, float(counts.max()), [float(counts.max())])
    drawn = svg.bars(across, up, [float(edge) for edge in edges], [int(count) for count in counts])
    return Plot("Round trip", "From a frame's way into the card until it was captured, each chirp's.", drawn)


def test_every_channel_is_a_microphone_in_its_place(measured_bench: Bench, chirps: Chirped, figures: Figures) -> None:
    """Loop-back channels that the catalogue names are left out. Order is judged where places are known."""
    entry = catalogue.known().get(measured_bench.name)
    references = entry.capture.reference_channels if entry is not None else []
    each = [one for one in channels_in(chirps.take, chirps.found) if one.number not in references]
    kinds = {one.number: one.kind for one in each}
    digital = measured_bench.loop == "digital"
    assert set(kinds.values()) <= ({"microphone", "loop_back"} if digital else {"microphone"}), kinds
    assert not polarity_of(each).inverted, "inverted against the others"
    levels = [one.beside_others_db for one in each if one.beside_others_db is not None]
    figures.note("channels.level_spread_db", max(levels) - min(levels), "dB", better="lower", tolerance=2.0)
    figures.note("channels.noise_dbfs", max(one.noise_dbfs for one in each), "dBFS", better="lower", tolerance=4.0)
    if measured_bench.truth is not None:
        against_first = [level - levels[0] for level in levels]
        assert against_first == pytest.approx(measured_bench.truth.gains_db, abs=0.5)
    if entry is not None and entry.microphones and measured_bench.loudspeaker_mm is not None:
        places = {one.channel: (one.x_mm, one.y_mm, one.z_mm) for one in entry.microphones}
        order = order_of(arrivals_us(each), expected_us(places, measured_bench.loudspeaker_mm))
        assert order.fits, f"{order.worst_us:.0f} us off: the places or the loudspeaker's are others"
        assert not order.moved


def test_the_loudspeaker_is_heard_and_does_not_distort(
    measured_bench: Bench, chirps: Chirped, figures: Figures
) -> None:
    best = chirps.arrivals.channel
    one = figures_of(chirps.found, best)
    distortion_db = 10 * math.log10(max(float(chirps.found.distortion[best]), 1e-9))
    figures.note("echo.level_db", one.gain_db, "dB", tolerance=3.0)
    figures.note("echo.length_ms", one.length_s * 1000, "ms", tolerance=30.0)
    figures.note("loudspeaker.distortion_db", distortion_db, "dB", better="lower", tolerance=3.0)
    figures.plot(response_plot(chirps))
    assert one.to_noise_db > 18.0
    assert distortion_db < -20.0, "10 % of harmonics: it is broken, or too loud"
    if measured_bench.truth is not None:
        gain_db = measured_bench.truth.echo_db + measured_bench.truth.gains_db[best]
        assert one.gain_db == pytest.approx(gain_db, abs=1.0)


def response_plot(chirps: Chirped) -> Plot:
    sound, rate_hz = chirps.found.sound[chirps.arrivals.channel], chirps.found.rate_hz
    level = 20 * np.log10(np.maximum(np.abs(sound) / np.abs(sound).max(), 1e-4))
    block = max(1, len(level) // svg.MOST_POINTS)
    highest = [float(level[at : at + block].max()) for at in range(0, len(level), block)]
    times_ms = [1000 * (chirps.found.start_s + at / rate_hz) for at in range(0, len(level), block)]
    across = svg.Axis("ms after the card's word", times_ms[0], times_ms[-1], svg.steps(times_ms[0], times_ms[-1]))
    drawn = svg.lines(across, svg.Axis("dB", -80.0, 0.0, range(-80, 1, 20)), [("", times_ms, highest)])
    return Plot("Impulse response", f"From the loudspeaker to microphone {chirps.arrivals.channel}.", drawn)


@pytest.mark.long_on_virtual
def test_the_echo_of_a_reply_is_taken_out(measured_bench: Bench, figures: Figures) -> None:
    """By the daemon's own canceller, of what the board really heard; the last half, when it has learned the room."""

    played = spoken(measured_bench.formats[1])
    for _ in range(ECHO_TAKES):  # a busy machine that starves the card tears the echo
        take = measured_bench.take(lambda _: played, 0.3)
        if not take.capture_breaks and not take.playback_breaks:
            break
    heard, clean = without_echo(take, played)
    late = slice(len(heard) // 2, round(len(heard) * 0.95))
    erle_db = 10 * math.log10(power(heard[late]) / power(clean[late]))
    figures.note("echo.erle_db", erle_db, "dB", better="higher", tolerance=3.0)
    assert erle_db > LEAST_ERLE_DB


def spoken(card: PcmFormat) -> Samples:
    pytest.importorskip("hibari", reason="the voice that speaks the reply is not installed (extra `local`)")
    sound, rate_hz = speech(STORY)
    mono = np.interp(np.arange(0, len(sound), rate_hz / card.rate_hz), np.arange(len(sound)), sound)
    return np.repeat(np.rint(mono * 0.5).astype(np.int16)[:, None], card.channels, axis=1)


def power(sound: np.ndarray) -> float:
    return float(np.mean(np.square(sound.astype(np.float64)))) + 1e-3
