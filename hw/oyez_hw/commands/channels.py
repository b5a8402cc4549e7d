"""`oyez-hw channels`: what each channel of the card is, and whether each microphone is where it should be."""

import argparse
from dataclasses import asdict
from typing import Any

from oyez_hw.boards import open_board
from oyez_hw.commands.cards import MEASURED_S, Known, add_both, known, place, rounded, seconds_up_to
from oyez_hw.commands.listening import heard
from oyez_hw.measuring.channel_check import Channel, channels_in
from oyez_hw.measuring.chirp import Chirp, train
from oyez_hw.measuring.findings import arrivals_us, findings
from oyez_hw.measuring.impulse_response import Responses, responses
from oyez_hw.measuring.loop_back import LoopBack
from oyez_hw.measuring.microphone_order import Order, expected_us, order_of
from oyez_hw.measuring.take import Take

SWEEP = Chirp(0.5)
LEAST_SWEEPS = 7
USUAL_CHANNELS = 2


def add_channels(command: argparse.ArgumentParser) -> None:
    add_both(command)
    command.add_argument("--seconds", type=seconds_up_to(MEASURED_S), default=6.0, help="of sweeps")
    command.add_argument("--level", type=float, default=-20.0, metavar="DBFS", help="peak of the sweeps")
    command.add_argument(
        "--loudspeaker",
        type=place,
        metavar="X,Y[,Z]",
        help="where it sits, in mm, as [[board.microphones]] of --config: then swapped microphones are found",
    )


def channels(asked: argparse.Namespace) -> dict[str, Any]:
    """Raises HardwareError, NothingHeardError, OSError, ValueError."""
    card = known(asked, capture_channels=USUAL_CHANNELS)
    take, _, found = swept(card, asked.seconds, asked.level, "sweeps from the loudspeaker")
    each = channels_in(take, found)
    order = _order(card, each, asked)
    said = findings(each, order, card.references)
    if not asked.json:
        print("\n".join(_table(each)))
        print("\n".join(f"- {one.sentence}" for one in said) or "- Nothing is wrong with any of them.")
        if order is None:
            print("- Whether microphones are swapped was not looked at: it takes --config with their places and")
            print("  --loudspeaker with its own.")
    return {
        "ok": not any(one.fault for one in said),
        "channels": rounded([asdict(one) for one in each]),
        "findings": [asdict(one) for one in said],
        "order": None if order is None else rounded(asdict(order)),
    }


def swept(card: Known, seconds: float, level_dbfs: float, text: str) -> tuple[Take, LoopBack, Responses]:
    """Plays sweeps and hears them on every channel. Raises HardwareError, NothingHeardError, ValueError."""
    played = train(SWEEP, seconds, at_least=LEAST_SWEEPS)
    take, arrivals, found = heard(open_board(card.settings), played, level_dbfs, text, card.microphones_of)
    return take, found, responses(take, played, arrivals, found.path_ms / 1000, level_dbfs)


def _order(card: Known, each: list[Channel], asked: argparse.Namespace) -> Order | None:
    if asked.loudspeaker is None:
        return None
    if len(card.places) < 2:
        raise ValueError(
            "--loudspeaker needs the places of the microphones: name a --config with [[board.microphones]]"
        )
    return order_of(arrivals_us(each), expected_us(card.places, asked.loudspeaker))


def _table(each: list[Channel]) -> list[str]:
    lines = ["channel  what        from the loudspeaker  beside others  later than first  noise       DC"]
    for one in each:
        gain = "" if one.gain_db is None else f"{one.gain_db:.1f} dB"
        beside = "" if one.beside_others_db is None else f"{one.beside_others_db:+.1f} dB"
        later = "" if one.later_us is None else f"{one.later_us:.0f} us"
        what = "inverted" if one.inverted else one.kind.replace("_", "-")
        lines.append(
            f"{one.number:>7}  {what:<10}  {gain:>20}  {beside:>13}  {later:>16}  {one.noise_dbfs:4.0f} dBFS  "
            f"{100 * one.offset:+.1f} %"
        )
    return lines
