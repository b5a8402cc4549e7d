"""Two cards with clocks of their own, whose time stamps jitter, before the reference and both branches."""

import copy
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from oyez.hearing.echo.cancelling import TwoBranches
from oyez.hearing.echo.reference import Reference

Mono = npt.NDArray[np.int16]
BLOCK, CHUNK, RATE_HZ = 160, 320, 16_000
AHEAD_S = 0.1
"""What the loudspeaker's card has in its buffer."""
BEGIN_S = 1000.0


@dataclass(frozen=True)
class Heard:
    clean: Mono
    for_wake: Mono
    erle_db: float | None
    drift_ppm: float | None


@dataclass(frozen=True)
class Cards:
    ppm: float = 0.0
    """By how much the loudspeaker's clock is the faster."""
    jitter_s: float = 0.002
    """Uniform, each way, of every time stamp of both."""
    wrong_s: float = 0.0
    """The card says that sound is audible so much later than it is."""
    idle_s: float = 120.0
    """Both ran so long in silence before."""
    seed: int = 0


def hear(cards: Cards, far: Mono, mic: Mono, branches: TwoBranches) -> Heard:
    """Plays and captures; `mic` must have the same drift in it already."""
    reference, played = copy.deepcopy(idled(cards))
    rng = np.random.default_rng(cards.seed)
    clean, for_wake = [], []
    for at in range(0, len(mic) - BLOCK + 1, BLOCK):
        heard, played = step(reference, cards, rng, far, played, at)
        cancelled = branches.cancel(mic[at : at + BLOCK], heard)
        moved = branches.misplaced()
        if moved:
            reference.move(moved)
        clean.append(cancelled.clean)
        for_wake.append(cancelled.for_wake)
    return Heard(np.concatenate(clean), np.concatenate(for_wake), branches.erle_db, reference.drift_ppm)


@cache
def idled(cards: Cards) -> tuple[Reference, int]:
    """(the reference after `idle_s` of silence, number of the sample that is played next)."""
    reference, rng = Reference(), np.random.default_rng(1000 + cards.seed)
    nothing = np.zeros(0, np.int16)
    played = -round(cards.idle_s * RATE_HZ / CHUNK) * CHUNK
    for at in range(played, 0, BLOCK):
        _, played = step(reference, cards, rng, nothing, played, at)
    return reference, played


def step(
    reference: Reference, cards: Cards, rng: np.random.Generator, far: Mono, played: int, at: int
) -> tuple[Mono, int]:
    """10 ms: what is due is written to the loudspeaker's card, and what sounds beside sample `at` is taken."""
    faster = 1 + cards.ppm * 1e-6
    while played / faster < at + AHEAD_S * RATE_HZ + BLOCK:
        audible_s = BEGIN_S + played / RATE_HZ / faster + cards.wrong_s + jitter(rng, cards)
        reference.put(piece(far, played, CHUNK), audible_s)
        played += CHUNK
    return reference.take(BLOCK, BEGIN_S + at / RATE_HZ + jitter(rng, cards)), played


def jitter(rng: np.random.Generator, cards: Cards) -> float:
    return float(rng.uniform(-cards.jitter_s, cards.jitter_s))


def piece(sound: Mono, start: int, count: int) -> Mono:
    """Silence before its beginning and after its end."""
    out = np.zeros(count, np.int16)
    first, last = max(0, start), min(len(sound), start + count)
    if first < last:
        out[first - start : last - start] = sound[first:last]
    return out
