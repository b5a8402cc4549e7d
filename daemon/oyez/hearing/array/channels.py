"""Pure: which channels of the card are listened to, and what for."""

from dataclasses import dataclass

from oyez.config_hearing import Board, Hearing, MicrophonePlace
from oyez.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Channels:
    microphones: tuple[int, ...]
    """Channels of the card that become one."""
    places: tuple[MicrophonePlace, ...]
    """One a microphone; empty: unknown."""
    references: tuple[int, ...]
    """Channels that carry what the loudspeaker plays."""
    beam: bool
    """Several microphones, and they are to be used as an array; otherwise their mean is taken."""


def channels_of(board: Board, hearing: Hearing, delivered: int) -> Channels:
    """delivered: channels that the card really delivers. Raises ConfigError for one that it does not."""
    references = tuple(board.reference_channels)
    _require(references, delivered, "board.reference_channels")
    if hearing.channel is not None:
        _require((hearing.channel,), delivered, "hearing.channel")
        return Channels((hearing.channel,), (), references, beam=False)
    if board.clean_channel is not None:
        _require((board.clean_channel,), delivered, "board.clean_channel")
        return Channels((board.clean_channel,), (), references, beam=False)
    places = tuple(board.microphones)
    named = tuple(place.channel for place in places)
    _require(named, delivered, "board.microphones")
    if len(set(named)) < len(named) or set(named) & set(references):
        raise ConfigError(
            ["board.microphones: a channel stands there twice, or is a reference as well: name each once"]
        )
    microphones = named or tuple(channel for channel in range(delivered) if channel not in references)
    if not microphones:
        raise ConfigError(["board.reference_channels: every channel is a reference, none is left for a microphone"])
    return Channels(microphones, places, references, beam=len(microphones) > 1 and hearing.beam != "off")


def _require(wanted: tuple[int, ...], delivered: int, key: str) -> None:
    missing = [channel for channel in wanted if channel >= delivered]
    if missing:
        raise ConfigError(
            [
                f"{key}: microphone {missing[0]} was asked for, but the card delivers only {delivered} (from 0): "
                "choose another or leave it out"
            ]
        )
