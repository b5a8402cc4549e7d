"""`oyez-hw calibrate`: measures the board once, as it stands, and keeps what the daemon can use."""

import argparse
import math
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from oyez_hw.boards import Board, open_board
from oyez_hw.calibration_file import be_writable, write_calibration
from oyez_hw.commands.cards import MEASURED_S, Known, add_both, known, place, rounded, seconds_up_to
from oyez_hw.commands.channels import SWEEP, USUAL_CHANNELS
from oyez_hw.commands.listening import LEAST_DBFS, heard
from oyez_hw.measuring.calibration import Calibration, Step, gains_db, trouble_at, volume_for, ways_of
from oyez_hw.measuring.channel_check import channels_in
from oyez_hw.measuring.chirp import Chirp, train
from oyez_hw.measuring.findings import findings
from oyez_hw.measuring.impulse_response import figures_of, responses
from oyez_hw.measuring.loop_back import NothingHeardError
from oyez_hw.ports import HardwareError

TRIED = Chirp(0.3)
STEP_DB = 6.0
QUIETEST_DBFS = -36.0
BELOW_SAFE_DB = 3.0
"""The long measurement is made so much below the loudest that was well."""
DEFAULT_STATE = "/var/lib/oyez"


def add_calibrate(command: argparse.ArgumentParser) -> None:
    add_both(command)
    command.add_argument("--seconds", type=seconds_up_to(MEASURED_S), default=8.0, help="of the sweeps at the end")
    command.add_argument("--loudest", type=float, default=-6.0, metavar="DBFS", help="peak that is tried at most")
    command.add_argument(
        "--loudspeaker", type=place, metavar="X,Y[,Z]", help="where it sits, in mm, as [[board.microphones]]"
    )
    command.add_argument("--state", type=Path, metavar="DIR", help=f"keep it there; usual: {DEFAULT_STATE}")


def calibrate(asked: argparse.Namespace) -> dict[str, Any]:
    """Raises HardwareError, NothingHeardError, OSError, ValueError."""
    if not QUIETEST_DBFS <= asked.loudest <= 0.0:
        raise ValueError(f"--loudest is {asked.loudest:g}; it must be {QUIETEST_DBFS:g} to 0 dBFS")
    card = known(asked, capture_channels=USUAL_CHANNELS)
    state = _state(asked.state)
    be_writable(state)
    board = open_board(card.settings)
    steps, limited_by = _climb(board, card, asked.loudest)
    safe_dbfs, volume = steps[-1].level_dbfs, _volume(board)
    level_dbfs = max(LEAST_DBFS, safe_dbfs - BELOW_SAFE_DB)
    played = train(SWEEP, asked.seconds, at_least=7)
    take, arrivals, loop = heard(board, played, level_dbfs, "sweeps from the loudspeaker", card.microphones_of)
    found = responses(take, played, arrivals, loop.path_ms / 1000, level_dbfs)
    channels = channels_in(take, found)
    gains, by = gains_db(channels, _distances_mm(card, asked))
    start_s, ways = ways_of(found, channels, gains)
    figures = [figures_of(found, way.channel) for way in ways]
    made = Calibration(
        board=card.settings.name,
        capture_device=card.settings.capture_device,
        playback_device=card.settings.playback_device,
        date=datetime.now().astimezone().isoformat(timespec="seconds"),
        volume=volume,
        gains_by=by,
        path_ms=round(min(one.arrival_s for one in figures) * 1000, 3),
        start_ms=start_s * 1000,
        echo_db=round(float(np.median([way.level_db for way in ways])), 2),
        echo_length_ms=round(float(np.median([one.length_s for one in figures])) * 1000, 1),
        drift_ppm=round(loop.drift_ppm, 3),
        drift_error_ppm=round(loop.drift_error_ppm, 3),
        distortion_db=round(_db(max(float(found.distortion[way.channel]) for way in ways)), 1),
        noise_dbfs=round(float(np.median([channels[way.channel].noise_dbfs for way in ways])), 1),
        safe_dbfs=safe_dbfs,
        safe_volume=round(volume_for(safe_dbfs, volume), 2),
        limited_by=limited_by,
        ways=ways,
    )
    path = write_calibration(state, made)
    faults = [one.sentence for one in findings(channels, None, card.references) if one.fault]
    if not asked.json:
        print("\n".join([*_sentences(made), *(f"- {one}" for one in faults), f"Kept in {path}."]))
    plain = msgspec.to_builtins(made)
    plain["ways"] = [{key: value for key, value in way.items() if key != "response"} for way in plain["ways"]]
    return {"ok": not faults, "file": str(path), "faults": faults, **rounded(plain)}


def _climb(board: Board, card: Known, loudest_dbfs: float) -> tuple[list[Step], str]:
    """Ever louder, until something says stop. Raises NothingHeardError when even the loudest is not heard."""
    steps: list[Step] = []
    level_dbfs, silence = QUIETEST_DBFS, NothingHeardError("")
    while level_dbfs <= loudest_dbfs + 1e-9:
        try:
            step = _try(board, card, level_dbfs)
        except NothingHeardError as error:
            step, silence = Step(level_dbfs, heard=False), error
        if trouble := trouble_at(step, steps):
            if not any(one.heard for one in steps):
                raise NothingHeardError(f"already at {level_dbfs:g} dBFS {trouble}: turn the card's own volume down")
            return steps, trouble
        steps.append(step)
        level_dbfs += STEP_DB
    if not steps[-1].heard:
        raise silence
    return steps, ""


def _try(board: Board, card: Known, level_dbfs: float) -> Step:
    played = train(TRIED, 0.0, at_least=6)
    take, arrivals, loop = heard(board, played, level_dbfs, f"at {level_dbfs:g} dBFS", card.microphones_of)
    found = responses(take, played, arrivals, loop.path_ms / 1000, level_dbfs)
    # Of each moment the loudest channel: what one microphone loses by clipping the others do not show.
    peak = int(np.abs(take.heard[:, card.microphones_of(take.heard.shape[1])].astype(np.int32)).max())
    best = arrivals.channel
    return Step(
        level_dbfs,
        heard=True,
        peak_dbfs=20 * math.log10(max(peak, 1) / 32_768),
        distortion_db=_db(float(found.distortion[best])),
        gain_db=figures_of(found, best).gain_db,
    )


def _distances_mm(card: Known, asked: argparse.Namespace) -> dict[int, float]:
    if asked.loudspeaker is None:
        return {}
    return {channel: max(1.0, math.dist(at, asked.loudspeaker)) for channel, at in card.places.items()}


def _volume(board: Board) -> float:
    try:
        return board.volume.get()
    except HardwareError:
        return 1.0


def _state(asked: Path | None) -> Path:
    """systemd's STATE_DIRECTORY may name several, the first is ours."""
    return asked or Path(os.environ.get("STATE_DIRECTORY", "").split(os.pathsep)[0] or DEFAULT_STATE)


def _db(power: float) -> float:
    return 10 * math.log10(max(power, 1e-12))


def _sentences(made: Calibration) -> list[str]:
    how = {
        "room": "by the room's sound",
        "distance": "by the direct sound, distances taken out",
        "direct": "by the direct sound; without places or an audible room they are not used for a beam",
    }[made.gains_by]
    lines = [f"gains ({how}):"]
    lines += [f"  channel {way.channel}: {way.gain_db:+.1f} dB" for way in made.ways]
    limit = f": louder, {made.limited_by}" if made.limited_by else " and no louder was tried"
    return [
        *lines,
        f"echo        {made.echo_db:.1f} dB at the microphones, {made.echo_length_ms:.0f} ms long, first heard "
        f"{made.path_ms:.1f} ms after the card's word",
        f"distortion  {made.distortion_db:.0f} dB (harmonics 2 to 4)",
        f"drift       {made.drift_ppm:.2f} ppm +- {made.drift_error_ppm:.2f}",
        f"safe        up to {made.safe_dbfs:g} dBFS, volume {made.safe_volume:.2f}{limit}",
    ]
