"""Which card a command uses, from its arguments."""

import argparse
from pathlib import Path
from typing import Any

from oyez_hw.boards import Board, BoardSettings, open_board


def add_microphone(command: argparse.ArgumentParser, channels: int = 1) -> None:
    _add_board(command)
    _add_format(command, "microphone", rate_hz=16_000, channels=channels)
    command.set_defaults(capture_device="", playback_device="", playback_rate=48_000, playback_channels=2)


def add_loudspeaker(command: argparse.ArgumentParser) -> None:
    """Rate and channels 0: as in the file that is played. Their names are those of the microphone's elsewhere."""
    _add_board(command)
    command.add_argument("--rate", type=int, dest="playback_rate", default=0, help="Hz to ask for; 0: the file's")
    command.add_argument("--channels", type=int, dest="playback_channels", default=0, help="to ask for; 0: the file's")
    command.set_defaults(capture_device="", playback_device="", rate=16_000, channels=1)


def add_both(command: argparse.ArgumentParser, channels: int = 1) -> None:
    _add_board(command)
    command.add_argument("--capture-device", default="", metavar="DEVICE", help="the microphone, where it is another")
    command.add_argument("--playback-device", default="", metavar="DEVICE", help="the loudspeaker, where it is another")
    _add_format(command, "microphone", rate_hz=16_000, channels=channels)
    command.add_argument("--playback-rate", type=int, default=48_000, help="Hz to ask of the loudspeaker")
    command.add_argument("--playback-channels", type=int, default=2, help="to ask of the loudspeaker")


def _add_board(command: argparse.ArgumentParser) -> None:
    command.add_argument("--board", choices=("alsa", "simulated"), default="alsa", help="which drivers")
    command.add_argument("--room-script", default="", metavar="FILE", help="of the simulated board, see docs/room.md")
    command.add_argument("--device", default="default", help="as `oyez-hw list` prints it")


def _add_format(command: argparse.ArgumentParser, part: str, rate_hz: int, channels: int) -> None:
    command.add_argument("--rate", type=int, default=rate_hz, help=f"Hz to ask of the {part}")
    command.add_argument("--channels", type=int, default=channels, help=f"to ask of the {part}")


def settings_of(asked: argparse.Namespace) -> BoardSettings:
    """Raises ValueError for what no card has."""
    settings = BoardSettings(
        name=asked.board,
        capture_device=asked.capture_device or asked.device,
        playback_device=asked.playback_device or asked.device,
        capture_rate_hz=asked.rate,
        capture_channels=asked.channels,
        playback_rate_hz=asked.playback_rate,
        playback_channels=asked.playback_channels,
        room_script=asked.room_script and str(Path(asked.room_script).absolute()),
    )
    _ = settings.capture_format, settings.playback_format
    return settings


def open_cards(asked: argparse.Namespace) -> Board:
    """Opens nothing yet. Raises HardwareError, ValueError."""
    return open_board(settings_of(asked))


def rounded(value: Any, digits: int = 3) -> Any:
    """Figures for a JSON object: no more digits than they have."""
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, dict):
        return {key: rounded(one, digits) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one, digits) for one in value]
    return value
