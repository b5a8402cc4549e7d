"""What labelled clips say about a word's threshold: false rejects against false accepts, and a proposal. Pure.

The clips are no fair sample of the room: only what came near the threshold is in the locker. So the shares compare
thresholds with each other; they are not the shares of all that is ever said.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from oyez.hearing.locker.clips import Clip

ENOUGH = 10
"""Clips of either label. Below it the 95 % interval of a share is wider than 0.5, and no curve means much."""
LOWEST, HIGHEST = 0.01, 0.99
"""A threshold of 0 or 1 is none."""
Z_95 = 1.959964
"""Of the normal distribution, two-sided."""


@dataclass(frozen=True, slots=True)
class Share:
    """of / n, with its 95 % interval."""

    of: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.of / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold and what would have become of the labelled clips under it."""

    threshold: float
    false_rejects: Share
    """Clips labelled true that would not have woken it."""
    false_accepts: Share
    """Clips labelled false that would have."""

    @property
    def cost(self) -> float:
        return self.false_rejects.value + self.false_accepts.value


@dataclass(frozen=True, slots=True)
class Fit:
    word: str
    points: tuple[Point, ...]
    """In ascending order of the threshold."""
    present: float
    """The threshold under which the newest clip was kept."""
    proposed: float | None
    """None: too few labels."""
    sentence: str
    """For a person: what to do, or what is missing."""
    vetoed: int
    """Labelled clips that no threshold would change: something else than the score held them back."""


def wilson(of: int, n: int) -> Share:
    """The score interval (E. B. Wilson, JASA 22, 1927, p. 209-212): right for few clips, where the usual one is not."""
    if n == 0:
        return Share(of, n, 0.0, 1.0)
    share, z2 = of / n, Z_95 * Z_95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # At the ends the interval touches them; what is left over is rounding.
    return Share(of, n, 0.0 if of == 0 else middle - half, 1.0 if of == n else middle + half)


def words_of(clips: Iterable[Clip]) -> list[str]:
    return sorted({clip.facts.word for clip in clips})


def fit(word: str, clips: Sequence[Clip]) -> Fit:
    """clips: of any word, in the order in which they were kept. Unsure ones do not count. At least one is of `word`."""
    ours = [clip for clip in clips if clip.facts.word == word]
    judged = [clip for clip in ours if not clip.facts.vetoed]
    said = [clip.facts.score for clip in judged if clip.label == "true"]
    not_said = [clip.facts.score for clip in judged if clip.label == "false"]
    vetoed = sum(clip.facts.vetoed and clip.label in ("true", "false") for clip in ours)
    present = ours[-1].facts.threshold
    points = tuple(_point(threshold, said, not_said) for threshold in _candidates([*said, *not_said], present))
    if min(len(said), len(not_said)) < ENOUGH:
        sentence = (
            f"Too few labels to say: {len(said)} true and {len(not_said)} false, and {ENOUGH} of each are needed. "
            "Label more clips, or leave the locker on for longer."
        )
        return Fit(word, points, present, None, sentence, vetoed)
    best = _best(points, present)
    return Fit(word, points, present, best.threshold, _advice(best, _point(present, said, not_said)), vetoed)


def _candidates(scores: Sequence[float], present: float) -> list[float]:
    """Thresholds that tell two scores apart: the middles between neighbours; besides them the ends, and the present."""
    rungs = sorted({min(max(score, LOWEST), HIGHEST) for score in (*scores, LOWEST, HIGHEST)})
    middles = [round((low + high) / 2, 4) for low, high in pairwise(rungs)]
    return sorted({LOWEST, *middles, present, HIGHEST})


def _point(threshold: float, said: Sequence[float], not_said: Sequence[float]) -> Point:
    missed = sum(score < threshold for score in said)
    fired = sum(score >= threshold for score in not_said)
    return Point(threshold, wilson(missed, len(said)), wilson(fired, len(not_said)))


def _best(points: Sequence[Point], present: float) -> Point:
    """The smallest sum of both shares (Youden, Cancer 3 (1950), p. 32); of equals the one that changes least."""
    return min(points, key=lambda point: (round(point.cost, 9), abs(point.threshold - present)))


def _advice(best: Point, now: Point) -> str:
    if best.cost >= now.cost:
        return f"The threshold of {now.threshold:g} is as good as any: leave it."
    return (
        f"A threshold of {best.threshold:g} in place of {now.threshold:g}: of these clips it misses "
        f"{best.false_rejects.of} of {best.false_rejects.n} (now {now.false_rejects.of}) and fires falsely on "
        f"{best.false_accepts.of} of {best.false_accepts.n} (now {now.false_accepts.of})."
    )
