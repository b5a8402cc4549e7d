"""What `oyez-hw calibrate` found out of this board, put to use: gains of the microphones, a first filter for the echo.

What the operator wrote wins: a gain in `[[board.microphones]]` stays.
"""

import logging
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from oyez.config_hearing import Board, Hearing
from oyez.errors import ConfigError
from oyez.hearing.array.channels import channels_of
from oyez.hearing.blocks import BLOCK
from oyez.hearing.echo.cancelling import LAG_BORDERS, WANTED_LAG
from oyez.hearing.echo.kalman import PARTITIONS, Floats, KalmanFilter
from oyez.hearing.echo.wake_branch import Learned
from oyez.hearing_care import FirstEcho
from oyez_hw.calibration_file import path_of, read_calibration
from oyez_hw.measuring.calibration import MOST_GAIN_DB, RATE_HZ, Calibration

log = logging.getLogger(__name__)

UNSURE = np.float32(0.05)
"""Of the power that an unknown way is expected to have: bands in which the sweep was silent can still be learned."""


def put_to_use(board: Board, hearing: Hearing, state: Path | None, volume: float) -> tuple[Board, FirstEcho | None]:
    """(the board with measured gains, what the echo canceller may begin with). volume: of the household, 0 to 1.

    A calibration that cannot be used is logged, and all is as if there were none.
    """
    cards = (board.name, board.capture_device, board.playback_device)
    try:
        found = read_calibration(state, *cards) if state else None
        if state is None or found is None:
            return board, None
        written_s = path_of(state, *cards).stat().st_mtime
        ready = with_gains(board, found)
        first = first_echo(found, ready, hearing, volume)
    except (OSError, ValueError, OverflowError) as error:
        # Figures that cannot be are a damaged file's: no reason to end a daemon that would read them again.
        log.warning("The calibration is left out (%s): gains and echo are as if it had not been measured.", error)
        return board, None
    log.info("Gains and echo are as `oyez-hw calibrate` measured them on %s.", found.date)
    return ready, None if first is None else FirstEcho(*first, written_s)


def with_gains(board: Board, found: Calibration | None) -> Board:
    """Places of which none has a gain get those that were measured. Raises ValueError: gains that cannot be."""
    if found is None or found.gains_by == "direct" or any(place.gain_db for place in board.microphones):
        return board
    gains = {way.channel: way.gain_db for way in found.ways}
    if any(abs(gain_db) > MOST_GAIN_DB for gain_db in gains.values()):
        raise ValueError("its gains cannot be")
    return replace(
        board,
        microphones=[replace(place, gain_db=gains.get(place.channel, 0.0)) for place in board.microphones],
    )


def first_echo(found: Calibration, board: Board, hearing: Hearing, volume: float) -> tuple[Learned, int] | None:
    """What the echo canceller may begin with, and by how many samples the reference is to be moved: see
    NearEnd.begin_with() and move(). volume: of the household, 0 to 1. None: it measured other channels.

    Raises ValueError, OverflowError: figures that cannot be."""
    try:
        microphones = channels_of(board, hearing, board.capture_channels).microphones
    except ConfigError:
        return None
    ways = [way for way in found.ways if way.channel in microphones]
    if not ways or len(ways) < len(microphones) / 2:
        return None
    length = min(len(way.sound) for way in ways)
    mean = np.mean([way.sound[:length] * 10 ** (way.gain_db / 20 * _beamed(board)) for way in ways], axis=0)
    gain = (volume / found.volume) ** 3 if found.volume > 0 else 0.0
    return _learned((mean * gain).astype(np.float32), round(found.start_ms * RATE_HZ / 1000), found.path_ms)


def _beamed(board: Board) -> bool:
    """Gains are only used where microphones have places."""
    return bool(board.microphones)


def _learned(response: Floats, start: int, path_ms: float) -> tuple[Learned, int]:
    """start: of the response after its reference, in samples."""
    lag = round(path_ms * RATE_HZ / 1000)
    moved = 0 if LAG_BORDERS[0] <= lag <= LAG_BORDERS[1] else -((lag - WANTED_LAG) // BLOCK) * BLOCK
    begin, whole = start + moved, np.zeros(PARTITIONS * BLOCK, np.float32)
    kept = response[max(0, -begin) : len(whole) - begin]
    whole[max(0, begin) : max(0, begin) + len(kept)] = kept
    weights = np.fft.rfft(whole.reshape(PARTITIONS, BLOCK), 2 * BLOCK, axis=1)
    return np.stack([weights.real, weights.imag, UNSURE * KalmanFilter().spread]).astype(np.float32), moved
