"""Pure: three recordings of a phrase -> a detector of it, with its threshold and its estimated false accepts.

The detector is linear on a stack of embedding rows, and found in closed form: the covariance of speech in general,
which ships, says which directions tell nothing; w = S^-1 (mean of the phrase - mean of speech). That is linear
discriminant analysis with one class for all the rest: B. Hariharan, J. Malik, D. Ramanan, "Discriminative
Decorrelation for Clustering and Classification", ECCV 2012, section 2. Three recordings and their variants are enough
for a mean; hours of other speech are in the covariance without being shipped. docs/enrol.md has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oyez.hearing.enrolment.negatives import Negatives, stacked_covariance
from oyez.hearing.enrolment.recording import find_phrase, refusal
from oyez.hearing.enrolment.variants import echoing, faster, noisy, scaled
from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.embedding import FIRST_SAMPLES, RATE_HZ, ROW_S, ROW_SAMPLES, WIDTH, Floats, embed

LEAST_RECORDINGS = 3
FEWEST_ROWS, MOST_ROWS = 5, 12
RIDGE = 0.1
"""Of the mean variance, added to each direction: what synthetic speech leaves out, people may still do."""
VARIANTS = 12
BEFORE, AFTER = round(0.15 * RATE_HZ), round(0.2 * RATE_HZ)
LATEST = round(0.16 * RATE_HZ)
"""Stacks that end up to so many samples after the phrase are examples of it: two rows' time to notice."""
STRICTNESS = 0.55
"""Where the threshold lies from the score that other speech reaches once an hour (0) to the phrase's own (1).
Over the middle, because people's speech reaches higher than the synthetic speech that ships."""
LEAST_DISTANCE = 1.25
"""The phrase's own score over that of other speech; less, and it is too common to be told apart."""
COMMON = (
    "The phrase is too common, or was said in very different ways: other speech sounds as much like it. Take a longer "
    "or rarer one, and say it the same way each time."
)
_TAIL = 30
"""So many of the loudest seconds of other speech show how its scores fall off."""


class Refused(Exception):
    """A sentence for a person: why nothing was learned."""


@dataclass(frozen=True)
class Learned:
    weights: Floats
    """(rows, 96)"""
    bias: float
    threshold: float
    """Score, in standard deviations of other speech, at which the phrase counts as heard."""
    own: float
    """Score that the phrase itself reaches."""
    fa_per_hour: float
    """Estimated against the examples of other speech, by the tail of their scores."""


def learn(recordings: Sequence[Mono], negatives: Negatives, room: Sequence[Floats] = (), seed: int = 0) -> Learned:
    """recordings: int16 at 16 kHz, each with the phrase once and some quiet around it.

    room: embedding rows, each (n, 96), of what was heard while nobody called: added to the examples of other speech.
    Raises Refused when the recordings cannot serve, with a sentence. Takes about 0.5 s of a desktop's core.
    """
    for number, sound in enumerate(recordings, 1):
        if why := refusal(sound):
            raise Refused(f"Recording {number}: {why}")
    if len(recordings) < LEAST_RECORDINGS:
        raise Refused(f"{LEAST_RECORDINGS} recordings are needed; there are {len(recordings)}.")
    rows = rows_of(recordings)
    random = np.random.default_rng(seed)
    examples = [_examples(sound, rows, random) for sound in recordings]
    middle = np.tile(negatives.mean, rows)
    means = np.array([stacks.mean(axis=0) - middle for stacks in examples])
    covariance = stacked_covariance(negatives, rows)
    covariance += RIDGE * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    solved = np.linalg.solve(covariance, means.T).T
    weights = _unit(solved.mean(axis=0), means.mean(axis=0))
    return _judged(weights, middle, solved, means, recordings, [*negatives.streams, *room])


def rows_of(recordings: Sequence[Mono]) -> int:
    """How many rows the stack has: as long as the phrase."""
    spans = [find_phrase(sound) for sound in recordings]
    seconds = float(np.median([span.seconds for span in spans if span is not None]))
    return int(np.clip(round(seconds / ROW_S), FEWEST_ROWS, MOST_ROWS))


def stacked(rows: Floats, count: int) -> Floats:
    """(n, 96) -> (n - count + 1, count * 96): each row with those before it, oldest first."""
    if len(rows) < count:
        return np.zeros((0, count * WIDTH), np.float32)
    views = np.lib.stride_tricks.sliding_window_view(rows, count, axis=0)
    return views.transpose(0, 2, 1).reshape(-1, count * WIDTH)


def once_an_hour(scores: Sequence[NDArray[np.float64]]) -> tuple[float, float, float]:
    """(level, e-fold, hours): other speech exceeds `level` once an hour, and e times less for each `e-fold` above.

    scores: one a row of 80 ms. The loudest of each second count, their tail taken as exponential.
    """
    second = round(1 / ROW_S)
    peaks = np.concatenate([_peaks(each, second) for each in scores])
    hours = len(peaks) * second * ROW_S / 3600
    highest = np.sort(peaks)[::-1][: _TAIL + 1]
    fold = max(float((highest[:-1] - highest[-1]).mean()), 1e-3)
    return float(highest[-1] + fold * np.log(max(len(highest) - 1, 1) / hours)), fold, hours


def _judged(
    weights: NDArray[np.float64],
    middle: Floats,
    solved: NDArray[np.float64],
    means: NDArray[np.float64],
    recordings: Sequence[Mono],
    others: Sequence[Floats],
) -> Learned:
    """The threshold, between what other speech reaches and what each recording does when the rest have to find it."""
    rows = len(weights) // WIDTH
    level, fold, _ = once_an_hour([(stacked(stream, rows) - middle) @ weights for stream in others])
    own, alone = [], []
    for place, sound in enumerate(recordings):
        stacks = stacked(embed(surrounded(sound)), rows) - middle
        rest = np.arange(len(recordings)) != place
        own.append(float((stacks @ weights).max()))
        alone.append(float((stacks @ _unit(solved[rest].mean(axis=0), means[rest].mean(axis=0))).max()))
    if float(np.median(alone)) < level:
        raise Refused(COMMON)
    if min(alone) < level:
        odd = int(np.argmin(alone)) + 1
        raise Refused(f"Recording {odd} does not sound like the others. Say the same phrase the same way each time.")
    reached = (float(np.mean(own)) + float(np.median(alone))) / 2
    if reached < LEAST_DISTANCE * level:
        raise Refused(COMMON)
    threshold = level + STRICTNESS * (reached - level)
    rate = float(np.exp(-(threshold - level) / fold))
    bias = -float(middle @ weights)
    return Learned(weights.astype(np.float32).reshape(rows, WIDTH), bias, threshold, reached, rate)


def surrounded(sound: Mono) -> Mono:
    """With silence before and after it, so that every stack of its phrase is whole."""
    before = np.zeros(FIRST_SAMPLES + MOST_ROWS * ROW_SAMPLES, np.int16)
    return np.concatenate([before, sound, np.zeros(AFTER + ROW_SAMPLES, np.int16)])


def _unit(direction: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scaled so that other speech scores with a standard deviation of one: w'Sw = w'm, as Sw = m."""
    scaled_direction: NDArray[np.float64] = direction / np.sqrt(direction @ mean)
    return scaled_direction


def _peaks(scores: NDArray[np.float64], second: int) -> NDArray[np.float64]:
    peaks: NDArray[np.float64] = scores[: len(scores) // second * second].reshape(-1, second).max(axis=1)
    return peaks


def _examples(sound: Mono, rows: int, random: np.random.Generator) -> Floats:
    """Stacks of all variants of one recording that end with the phrase, (n, rows * 96)."""
    span = find_phrase(sound)
    assert span is not None, "refusal() has seen it"
    start = max(0, span.start - BEFORE)
    spoken, end = sound[start : span.end + AFTER], span.end - start
    found = []
    for number in range(VARIANTS):
        variant, ends_at = _variant(spoken, end, number, random)
        stacks = stacked(embed(variant), rows)
        at = FIRST_SAMPLES + ROW_SAMPLES * (np.arange(len(stacks)) + rows - 1)
        found.append(stacks[(at >= ends_at) & (at <= ends_at + LATEST)])
    return np.concatenate(found)


def _variant(spoken: Mono, end: int, number: int, random: np.random.Generator) -> tuple[Mono, int]:
    """(sound, where the phrase ends in it): the first ones as it was, the others elsewhere; never on the same 80 ms."""
    tempo = 1.0 if number < 3 else float(random.uniform(0.92, 1.08))
    sound = spoken if number < 3 else faster(spoken, tempo)
    before = FIRST_SAMPLES + MOST_ROWS * ROW_SAMPLES + int(random.integers(ROW_SAMPLES))
    hiss = np.rint(random.normal(0, random.uniform(1, 20), before + len(sound) + 2 * LATEST)).astype(np.int16)
    hiss[before : before + len(sound)] = sound
    whole = hiss
    if number % 3 == 1:
        whole = echoing(whole, float(random.uniform(0.15, 0.7)), random)
    if number % 3:
        whole = noisy(whole, float(random.choice([5, 10, 15, 20, 30])), random)
    return scaled(whole, float(random.uniform(-10, 6))), before + round(end / tempo)
