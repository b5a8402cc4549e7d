"""Pure: where in a recording the phrase is, and whether it can serve as an example; why not, in a sentence."""

from dataclasses import dataclass

import numpy as np

from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.embedding import RATE_HZ

FRAME = RATE_HZ // 100
SHORTEST_S = 0.35
"""A shorter phrase, about one syllable, is contained in many words."""
LONGEST_S = 2.0
QUIETEST_DBFS = -50.0
"""Of the phrase itself: quieter, and a 16-bit microphone delivers little more than its own noise."""
LEAST_SNR_DB = 10.0
CLIPPED = 32_000
MOST_CLIPPED = 0.005
"""Share of samples at the end of the range."""
PAUSE_S = 0.25
"""A longer gap is not within a phrase."""
EDGE_DB = 30.0
"""Under its loudest 10 ms a phrase begins and ends; less where the room is louder."""
FLOOR_MARGIN_DB = 6.0


@dataclass(frozen=True, slots=True)
class Span:
    """Samples of the phrase, from `start` up to `end`."""

    start: int
    end: int
    snr_db: float

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / RATE_HZ


def find_phrase(sound: Mono) -> Span | None:
    """The stretch with most energy over the room's noise, gaps up to PAUSE_S included; None: nothing stands out."""
    levels = levels_db(sound)
    if len(levels) < 10:
        return None
    smooth = np.convolve(levels, np.ones(3) / 3, "same")
    floor, top = float(np.percentile(smooth, 10)), float(smooth.max())
    loud = smooth > max(top - EDGE_DB, floor + FLOOR_MARGIN_DB)
    runs = _runs(loud, round(PAUSE_S * 100))
    if not runs:
        return None
    power = 10 ** (levels / 10)
    first, last = max(runs, key=lambda run: float(power[run[0] : run[1]].sum()))
    loudness = 10 * np.log10(power[first:last].mean())
    return Span(first * FRAME, last * FRAME, float(loudness - floor))


def levels_db(sound: Mono) -> np.ndarray:
    """dBFS of each 10 ms, not under -100."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64) / 32_768
    levels: np.ndarray = 10 * np.log10((frames**2).mean(axis=1) + 1e-10)
    return levels


def refusal(sound: Mono) -> str:
    """Why this recording cannot be an example, for a person; empty: it can."""
    span = find_phrase(sound)
    if span is None or span.snr_db < LEAST_SNR_DB:
        return "The phrase does not stand out from the noise around it. Come closer, or make the room quieter."
    spoken = sound[span.start : span.end]
    if float(np.sqrt((spoken.astype(np.float64) ** 2).mean())) < 32_768 * 10 ** (QUIETEST_DBFS / 20):
        return "The recording is too quiet. Come closer, or speak up."
    if float((np.abs(spoken.astype(np.int32)) >= CLIPPED).mean()) > MOST_CLIPPED:
        return "The recording is distorted: too loud for the microphone. Step back, or turn its gain down."
    if span.seconds < SHORTEST_S:
        return (
            f"The phrase is too short: {span.seconds:.1f} s are hidden in many words. "
            "Take one of three syllables or more, such as two words."
        )
    if span.seconds > LONGEST_S:
        return f"The phrase is too long: {span.seconds:.1f} s, and at most {LONGEST_S:g} s can be learned."
    return ""


def _runs(loud: np.ndarray, gap: int) -> list[tuple[int, int]]:
    """(first, after the last) of each stretch of True; those with at most `gap` between them are one."""
    (places,) = np.nonzero(loud)
    if not len(places):
        return []
    breaks = np.nonzero(np.diff(places) > gap)[0]
    starts = [places[0], *places[breaks + 1]]
    ends = [*places[breaks], places[-1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]
