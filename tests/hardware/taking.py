"""Chirps through a board's loudspeaker into its microphones: one take answers many questions."""

from dataclasses import dataclass

from oyez_hw.measuring.chirp import Chirp, train
from oyez_hw.measuring.impulse_response import Responses, responses
from oyez_hw.measuring.loop_back import Arrivals, LoopBack, TornError, arrivals_in, measured
from oyez_hw.measuring.take import Take
from tests.hardware.bench import Bench

TRAIN = train(Chirp(0.3), 4.0, at_least=8)
LEVEL_DBFS = -20.0
AFTER_S = 1.2
"""The latest arrival that is looked for, and a chirp's end."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class Chirped:
    take: Take
    arrivals: Arrivals
    loop: LoopBack
    found: Responses


def chirped(bench: Bench) -> Chirped:
    """Again where a busy machine tore the sound. Raises NothingHeardError."""
    for left in range(TRIES - 1, -1, -1):
        take = bench.take(lambda card: TRAIN.sound(card.rate_hz, card.channels, LEVEL_DBFS), AFTER_S)
        try:
            arrivals = arrivals_in(take, TRAIN)
            loop = measured(take, TRAIN, arrivals)
            return Chirped(take, arrivals, loop, responses(take, TRAIN, arrivals, loop.path_ms / 1000, LEVEL_DBFS))
        except TornError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")
