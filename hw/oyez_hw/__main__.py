"""oyez-hw: the board alone, no conversation.

Exit codes: 0 well, 1 the card failed or has a fault, 2 usage, 78 set-up is missing, 130 Ctrl-C.
"""

import argparse
import json
import sys
from typing import Any

from oyez_hw.alsa_pcm import alsa
from oyez_hw.commands.boards import add_board, board, list_boards
from oyez_hw.commands.calibrate import add_calibrate, calibrate
from oyez_hw.commands.channels import add_channels, channels
from oyez_hw.commands.latency import add_latency, latency
from oyez_hw.commands.mixer import add_mixer, mixer
from oyez_hw.commands.sound import add_levels, add_play, add_record, levels, play, record
from oyez_hw.doctor.command import add_arguments as add_doctor, doctor
from oyez_hw.measuring.loop_back import NothingHeardError
from oyez_hw.ports import HardwareError

INTERRUPTED = 130
"""As shells count it: 128 and SIGINT."""


def list_cards(asked: argparse.Namespace) -> dict[str, Any]:
    module = alsa()
    found: dict[str, Any] = {
        "cards": [" ".join(module.card_name(index)) for index in module.card_indexes()],
        "capture": module.pcms(pcmtype=module.PCM_CAPTURE),
        "playback": module.pcms(pcmtype=module.PCM_PLAYBACK),
    }
    boards = list_boards(asked.json)
    if not asked.json:
        for part in ("capture", "playback"):
            print(f"{part}:", *(found[part] or ["(none)"]), sep="\n  ")
    return {**found, **boards}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="oyez-hw", description="The board alone: its cards, microphone, loudspeaker.")
    commands = parser.add_subparsers(dest="command", required=True)
    _command(commands, "list", list_cards, "boards that are recognised, cards and the names of their PCMs")
    add_board(_command(commands, "board", board, "what is known of a board, with sources and lines for config.txt"))
    add_record(_command(commands, "record", record, "microphones to WAV, with a meter of each"))
    add_play(_command(commands, "play", play, "WAV to loudspeaker"))
    add_levels(_command(commands, "levels", levels, "live level, peak and clipping of each microphone"))
    add_latency(_command(commands, "latency", latency, "round trip, jitter and drift, by chirps from the loudspeaker"))
    add_channels(_command(commands, "channels", channels, "what each channel is: order, polarity, dead, loop-back"))
    add_calibrate(_command(commands, "calibrate", calibrate, "gains, echo and safe volume, kept for the daemon"))
    add_mixer(
        _command(commands, "mixer", mixer, "sets the mixer of the board that is there as the catalogue says, once")
    )
    add_doctor(_command(commands, "doctor", doctor, "what is wrong with this board, and what to do about it"))
    return parser


def _command(commands: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    command.add_argument("--json", action="store_true", help="one JSON object as the last line of standard output")
    return command


def main(argv: list[str] | None = None) -> int:
    asked = _parser().parse_args(argv)
    try:
        if asked.command not in ("board", "doctor", "mixer") and getattr(asked, "name", None) != "simulated":
            alsa()
    except HardwareError as error:
        print(f"oyez-hw: {error}", file=sys.stderr)
        return 78
    try:
        said = asked.run(asked)
    except (HardwareError, NothingHeardError, OSError, ValueError) as error:
        print(f"oyez-hw: {error}", file=sys.stderr)
        return 2 if isinstance(error, ValueError) else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    if asked.json:
        print(json.dumps(said))
    return 1 if said.get("ok") is False else 0


if __name__ == "__main__":
    sys.exit(main())
