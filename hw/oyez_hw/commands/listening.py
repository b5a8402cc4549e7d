"""Plays chirps and hears them, for every command that measures."""

import sys
from collections.abc import Callable, Sequence

from oyez_hw.boards import Board
from oyez_hw.commands.progress import Progress
from oyez_hw.duplex import BEFORE_S, play_and_record
from oyez_hw.measuring.chirp import ChirpTrain
from oyez_hw.measuring.loop_back import Arrivals, LoopBack, TornError, arrivals_in, measured
from oyez_hw.measuring.take import Take

TRIES = 3
AFTER_S = 1.2
"""The latest arrival that is looked for, and a chirp's end."""
LEAST_DBFS = -80.0


def heard(
    board: Board, played: ChirpTrain, level_dbfs: float, text: str, among: Callable[[int], Sequence[int]]
) -> tuple[Take, Arrivals, LoopBack]:
    """Once more when overruns tore it. among: channels the card delivers -> those to ask.

    Raises HardwareError, NothingHeardError, ValueError for a level that would be silent or clip.
    """
    if not LEAST_DBFS <= level_dbfs <= 0.0:
        raise ValueError(f"--level is {level_dbfs:g}; it must be {LEAST_DBFS:g} to 0 dBFS")
    for left in range(TRIES - 1, -1, -1):
        take = _once(board, played, level_dbfs, text)
        try:
            arrivals = arrivals_in(take, played, among(take.heard.shape[1]))
            return take, arrivals, measured(take, played, arrivals)
        except TornError as error:
            if not left:
                raise
            print(f"{error}. Once more.", file=sys.stderr)
    raise AssertionError("the last try returns or raises")


def _once(board: Board, played: ChirpTrain, level_dbfs: float, text: str) -> Take:
    progress = Progress(text, played.starts_s[-1] + played.chirp.seconds + BEFORE_S + AFTER_S)
    try:
        return play_and_record(
            board.microphone,
            board.speaker,
            lambda card: played.sound(card.rate_hz, card.channels, level_dbfs),
            AFTER_S,
            on_heard=lambda _samples, done: progress.show(done),
        )
    finally:
        progress.end()
