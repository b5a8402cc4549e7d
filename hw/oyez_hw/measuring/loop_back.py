"""Pure: from a take with a train of chirps to the round trip, its jitter, and the drift between both clocks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez_hw.measuring.chirp import ChirpTrain
from oyez_hw.measuring.clock_fit import LEAST_POINTS, Doubles, Line, line_through
from oyez_hw.measuring.pulses import FINER, finer, parabola, shifted, squeezed
from oyez_hw.measuring.take import Take

EARLIEST_S, LATEST_S = -0.35, 0.85
"""The way may take so long beyond what the card tells, or be shorter by what it tells too much."""
BIN_S = 0.001
SLACK_S = 0.006
"""Around the common delay: 200 ppm over 30 s, or a stamp that came late."""
FIRST_ARRIVAL = 0.5
"""Of the largest pulse: what comes before it and is that high is the direct way."""
BEFORE_LARGEST_S = 0.012
PIECE_S = 0.004
"""Half of what two pulses are compared by."""
MOST_MISSED = 8
"""Samples between a pulse and the line through all."""
MOST_WRONG = 2e-3
"""No crystal is: a rate that is so far off was read off stamps of a program that hardly ran."""
HEARD = 7.0
"""Times the noise: the highest of 1000 normal values is 3.2."""


class NothingHeardError(Exception):
    """Too few chirps came back for a figure. The message is for the user."""


class TornError(NothingHeardError):
    """They came back, but the sound has holes: another try may help."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Of the chirps that were heard, in one stretch without breaks."""

    channel: int
    written: npt.NDArray[np.int64]
    """Frame written at which each begins."""
    heard: Doubles
    """Frame captured, between the samples, at which each arrived by the direct way."""
    pulse_to_noise_db: float
    inverted: bool
    line: Line
    """Frames captured over frames written."""


@dataclass(frozen=True, slots=True)
class LoopBack:
    chirps: int
    found: int
    channel: int
    """The microphone that heard them best."""
    round_trip_ms: Doubles
    """Each chirp's: given to the card until captured."""
    card_ms: Doubles
    """Of that, what the card said was still before it when it was given."""
    path_ms: float
    """The rest, median: air, converters, and by how much the card's word is wrong."""
    jitter_ms: float
    """Root mean square by which pulses miss the line through all: of the clocks, not of the program."""
    drift_ppm: float
    """The microphones' clock is so much the faster."""
    drift_error_ppm: float
    """Half of its 95 % interval."""
    capture_ppm: float
    """The microphones' clock against the system's; less certain by far."""
    playback_ppm: float
    pulse_to_noise_db: float
    inverted: bool
    overruns: int
    underruns: int


def measured(take: Take, train: ChirpTrain, arrivals: Arrivals | None = None) -> LoopBack:
    """arrivals: as arrivals_in() found them, if it was asked before. Raises NothingHeardError, TornError."""
    arrivals = arrivals or arrivals_in(take, train)
    written, heard = arrivals.written, arrivals.heard
    given_s, audible_s, captured_s = take.given_s(written), take.audible_s(written), take.captured_s(heard)
    capture_hz, playback_hz = take.clock_rates(float(np.median(heard)), float(np.median(written)))
    nominal = take.capture_hz / take.playback_hz
    wrong = max(abs(capture_hz / take.capture_hz - 1), abs(playback_hz / take.playback_hz - 1))
    if wrong > MOST_WRONG and (take.capture_breaks or take.playback_breaks):
        raise TornError(f"the cards' times make no sense after {_breaks(take)}; the machine is too busy")
    return LoopBack(
        chirps=len(train.starts_s),
        found=len(heard),
        channel=arrivals.channel,
        round_trip_ms=(captured_s - given_s) * 1000,
        card_ms=(audible_s - given_s) * 1000,
        path_ms=float(np.median(captured_s - audible_s)) * 1000,
        jitter_ms=arrivals.line.spread / take.capture_hz * 1000,
        drift_ppm=(arrivals.line.slope / nominal - 1) * 1e6,
        drift_error_ppm=arrivals.line.slope_error / nominal * 1e6,
        capture_ppm=(capture_hz / take.capture_hz - 1) * 1e6,
        playback_ppm=(playback_hz / take.playback_hz - 1) * 1e6,
        pulse_to_noise_db=arrivals.pulse_to_noise_db,
        inverted=arrivals.inverted,
        overruns=len(take.capture_breaks),
        underruns=len(take.playback_breaks),
    )


def arrivals_in(take: Take, train: ChirpTrain, among: Sequence[int] = ()) -> Arrivals:
    """By the channel that hears best, of those `among` (empty: of all). Raises NothingHeardError."""
    written = take.sound_start + train.starts(take.playback_hz)
    expected = _expected(take, written)
    asked = list(among) or list(range(take.heard.shape[1]))
    curves = [squeezed(take.heard[:, one].astype(np.float64) / 32768, train.chirp, take.capture_hz) for one in asked]
    found = [_common_delay(curve, expected, take.capture_hz) for curve in curves]
    best = int(np.argmax([score for _, score in found]))
    rough = expected + found[best][0] * take.capture_hz
    pulses = _Pulses(curves[best], take.capture_hz)
    heard, height = pulses.largest(rough)
    loud = height > HEARD * pulses.noise
    keep = loud & _longest_stretch(take, written, heard, loud)
    if keep.sum() < LEAST_POINTS:
        raise _too_few(take, len(written), int(loud.sum()), int(keep.sum()))
    written, heard = written[keep], heard[keep]
    rough_line = line_through(written.astype(np.float64), heard, least_spread=0.05)
    shape, first = pulses.common_shape(rough_line.at(written[rough_line.used]))
    exact = pulses.against(shape, rough_line.at(written)) + first
    line = line_through(written.astype(np.float64), exact, least_spread=0.01)
    top = float(shape[len(shape) // 2 + round(first)])
    return Arrivals(
        channel=asked[best],
        written=written[line.used],
        heard=exact[line.used],
        pulse_to_noise_db=20 * math.log10(abs(top) / pulses.noise + 1e-12),
        inverted=top < 0,
        line=line,
    )


class _Pulses:
    def __init__(self, curve: Doubles, rate_hz: int) -> None:
        self._curve, self._rate_hz = curve, rate_hz
        self._half = 1 << int(np.ceil(np.log2(PIECE_S * rate_hz)))
        self.noise = float(np.median(np.abs(curve)) * 1.4826) + 1e-9

    def largest(self, rough: Doubles) -> tuple[Doubles, Doubles]:
        """(place, height) of the largest swing near each of these."""
        slack = round(SLACK_S * self._rate_hz)
        places, heights = np.zeros(len(rough)), np.zeros(len(rough))
        for number, middle in enumerate(np.rint(rough).astype(int)):
            low, high = max(0, middle - slack), min(len(self._curve), middle + slack)
            if low < high:
                places[number] = low + int(np.argmax(np.abs(self._curve[low:high])))
                heights[number] = abs(self._curve[int(places[number])])
        return places, heights

    def common_shape(self, places: Doubles) -> tuple[Doubles, float]:
        """(mean of the pulses around these places, where in it the first arrival lies, in samples from its middle)."""
        reach = max(self._half, 1 << int(np.ceil(np.log2(BEFORE_LARGEST_S * self._rate_hz))))
        shape = np.mean([self._piece(place, reach) for place in places], axis=0)
        size = np.abs(finer(shape))
        top = int(np.argmax(size >= FIRST_ARRIVAL * size.max()))
        while top + 1 < len(size) and size[top + 1] >= size[top]:
            top += 1
        return np.asarray(shape), (top + parabola(size, top)) / FINER - reach

    def against(self, shape: Doubles, places: Doubles) -> Doubles:
        """Where each pulse really lies: at its place and as much later as it fits the common shape best."""
        reach = len(shape) // 2
        wanted = np.conj(np.fft.rfft(shape))
        result = np.zeros(len(places))
        for number, place in enumerate(places):
            fit = finer(np.fft.irfft(np.fft.rfft(self._piece(place, reach)) * wanted))
            around = np.roll(fit, MOST_MISSED * FINER)[: 2 * MOST_MISSED * FINER]
            top = int(np.argmax(around))
            result[number] = place + (top + parabola(around, top)) / FINER - MOST_MISSED
        return result

    def _piece(self, place: float, reach: int) -> Doubles:
        whole = round(place)
        low, high = whole - reach, whole + reach
        piece = np.zeros(2 * reach)
        first, last = max(0, low), min(len(self._curve), high)
        piece[first - low : last - low] = self._curve[first:last]
        return shifted(piece, place - whole)


def _expected(take: Take, written: npt.NDArray[np.int64]) -> Doubles:
    """Captured frames at which they would arrive if the card told the truth and there were no way between."""
    frames = np.arange(0, len(take.heard), take.capture_hz // 4, dtype=np.float64)
    times_s = np.maximum.accumulate(take.captured_s(frames))
    audible_s = take.audible_s(written)
    beyond = np.maximum(0, audible_s - times_s[-1]) * take.capture_hz
    return np.asarray(np.interp(audible_s, times_s, frames) + beyond)


def _common_delay(curve: Doubles, expected: Doubles, rate_hz: int) -> tuple[float, float]:
    """(seconds by which most arrivals are later than expected, how much it stands out)."""
    size = np.abs(curve)
    bin_frames = round(BIN_S * rate_hz)
    bins = size[: len(size) // bin_frames * bin_frames].reshape(-1, bin_frames).max(axis=1)
    # Logarithms: one loud bang does not outweigh many chirps.
    bins = np.log(np.maximum(bins / (np.median(bins) + 1e-12), 0.1))
    wide = np.max([np.roll(bins, by) for by in range(-2, 3)], axis=0)
    delays = np.arange(round(EARLIEST_S / BIN_S), round(LATEST_S / BIN_S))
    at = np.rint(expected / bin_frames).astype(int)[:, None] + delays[None, :]
    score = np.where((at >= 0) & (at < len(wide)), wide[np.clip(at, 0, len(wide) - 1)], 0.0).mean(axis=0)
    best = int(np.argmax(score))
    plateau = slice(max(0, best - 2), best + 8)
    common = np.average(delays[plateau], weights=score[plateau] >= score[best] - 0.02)
    return float(common * BIN_S), float(score[best] - np.median(score))


def _longest_stretch(
    take: Take, written: npt.NDArray[np.int64], heard: Doubles, loud: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Those between the same two breaks, where most were heard."""
    stretch = np.searchsorted(take.playback_breaks, written) * (len(take.capture_breaks) + 1)
    stretch = stretch + np.searchsorted(take.capture_breaks, heard)
    return np.asarray(stretch == np.bincount(stretch, weights=loud).argmax())


def _too_few(take: Take, chirps: int, loud: int, whole: int) -> NothingHeardError:
    if take.capture_breaks or take.playback_breaks:
        return TornError(
            f"{loud} of {chirps} chirps came back, no more than {whole} in a row: {_breaks(take)} tore the sound; the "
            "machine is too busy"
        )
    return NothingHeardError(
        f"the microphones heard {loud} of {chirps} chirps: turn the loudspeaker up, look whether it plays (`oyez-hw "
        f"play`) and whether the microphone hears (`oyez-hw levels`), and close what else uses the card"
    )


def _breaks(take: Take) -> str:
    return f"{len(take.capture_breaks)} overrun(s) and {len(take.playback_breaks)} underrun(s)"
