"""Which card a command uses: what its arguments say, else the configuration that they name, else the usual."""

import argparse
import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec

from oyez_hw import catalogue
from oyez_hw.board_settings import AUTO, PLAIN, filled, settings_for
from oyez_hw.boards import Board, BoardSettings, open_board
from oyez_hw.probe import snapshot

Place = tuple[float, float, float]
"""x, y, z in mm, as in `[[board.microphones]]`."""
MEASURED_S = 60.0
"""Longest measurement. All of it is in memory: of eight channels at 48 kHz 46 MB, and more to look at it."""
LISTENED_S = 86_400.0
_FIELDS = tuple(field.name for field in fields(BoardSettings))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the card before it is measured."""

    settings: BoardSettings
    places: dict[int, Place]
    """Channel -> where its microphone sits; empty: not known."""
    references: tuple[int, ...]
    """Channels that carry what is played."""

    def microphones_of(self, delivered: int) -> list[int]:
        """Of so many channels."""
        return [channel for channel in range(delivered) if channel not in self.references]


def add_microphone(command: argparse.ArgumentParser) -> None:
    _add_board(command)
    _add_format(command, "capture")


def add_loudspeaker(command: argparse.ArgumentParser) -> None:
    _add_board(command)
    _add_format(command, "playback")


def add_both(command: argparse.ArgumentParser) -> None:
    _add_board(command)
    command.add_argument("--capture-device", metavar="DEVICE", help="the microphone, where it is another")
    command.add_argument("--playback-device", metavar="DEVICE", help="the loudspeaker, where it is another")
    _add_format(command, "capture")
    command.add_argument("--playback-rate", type=int, dest="playback_rate_hz", help="Hz to ask of the loudspeaker")
    command.add_argument("--playback-channels", type=int, help="to ask of the loudspeaker")


def _add_board(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--board", dest="name", metavar="NAME", help="as `oyez-hw list` names it; auto: which is there"
    )
    command.add_argument("--room-script", metavar="FILE", help="of the simulated board, see docs/room.md")
    command.add_argument("--device", help="as `oyez-hw list` prints it")
    command.add_argument("--config", type=Path, metavar="FILE", help="take [board] of this configuration")


def _add_format(command: argparse.ArgumentParser, part: str) -> None:
    what = "microphone" if part == "capture" else "loudspeaker"
    command.add_argument("--rate", type=int, dest=f"{part}_rate_hz", help=f"Hz to ask of the {what}")
    command.add_argument("--channels", type=int, dest=f"{part}_channels", help=f"to ask of the {what}")


def known(asked: argparse.Namespace, **usual: Any) -> Known:
    """usual: settings where arguments, configuration and catalogue say nothing.

    Raises HardwareError: the board is not there, and cannot be named before. Raises OSError, ValueError.
    """
    written = _board_of(asked.config) if asked.config else {}
    written.update({} if asked.device is None else {"capture_device": asked.device, "playback_device": asked.device})
    written.update({name: vars(asked)[name] for name in _FIELDS if vars(asked).get(name) is not None})
    if asked.room_script is not None:
        written["room_script"] = str(Path(asked.room_script).absolute())
    table = filled(written, _of_catalogue(str(written.get("name", PLAIN[0])), written))
    try:
        fields_of = {**usual, **{name: table[name] for name in _FIELDS if name in table}}
        settings = msgspec.convert(fields_of, BoardSettings)
        _ = settings.capture_format, settings.playback_format
        if not 5 <= settings.period_ms <= 100:
            raise ValueError(f"period_ms is {settings.period_ms}; it must be 5 to 100")
        places = {
            int(one["channel"]): (float(one["x_mm"]), float(one["y_mm"]), float(one.get("z_mm", 0.0)))
            for one in table.get("microphones", [])
        }
        return Known(settings, places, tuple(int(one) for one in table.get("reference_channels", [])))
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        why = error if isinstance(error, msgspec.ValidationError) else repr(error)
        raise ValueError(f"{asked.config}: [board] is wrong ({why}): `oyez check-config` says where") from error


def _of_catalogue(name: str, written: dict[str, Any]) -> dict[str, Any]:
    if name not in (*PLAIN, AUTO) and name not in catalogue.known():
        raise ValueError(f"no board is called {name}: known are auto, alsa, {', '.join(catalogue.known())}")
    return {} if name in PLAIN else settings_for(name, snapshot(), written)


def open_cards(asked: argparse.Namespace, **usual: Any) -> Board:
    """Opens nothing yet. Raises HardwareError, OSError, ValueError."""
    return open_board(known(asked, **usual).settings)


def place(text: str) -> Place:
    """`X,Y` or `X,Y,Z` in mm. Raises ArgumentTypeError."""
    try:
        parts = [float(part) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) not in (2, 3) or not all(math.isfinite(part) for part in parts):
        raise argparse.ArgumentTypeError(f"{text} is no place: X,Y or X,Y,Z in mm")
    return parts[0], parts[1], parts[2] if len(parts) == 3 else 0.0


def seconds_up_to(most_s: float) -> Callable[[str], float]:
    """An argument's type: past it the sound would not fit into a small board's memory, or onto its card."""

    def seconds(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0.0 <= value <= most_s:
            raise argparse.ArgumentTypeError(f"{text} is no time: it must be 0 to {most_s:g} seconds")
        return value

    return seconds


def rounded(value: Any, digits: int = 4) -> Any:
    """Figures for a JSON object: no more digits than they have."""
    if isinstance(value, float):
        return round(value, digits)
    if isinstance(value, dict):
        return {key: rounded(one, digits) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one, digits) for one in value]
    return value


def _board_of(path: Path) -> dict[str, Any]:
    try:
        board = tomllib.loads(path.read_text(encoding="utf-8")).get("board", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no TOML file ({error}): `oyez check-config` says where") from error
    if not isinstance(board, dict):
        raise ValueError(f"{path}: board is no table: `oyez check-config` says more")
    return board
