"""Through which loudspeakers a sentence is tried to be said, best first. Pure."""

from collections.abc import Iterator

from oyez.config import Config
from oyez_hw.board_settings import settings_of
from oyez_hw.boards import BoardSettings
from oyez_hw.catalogue import known
from oyez_hw.detection import detect
from oyez_hw.machine import Card, Snapshot, device_name


def loudspeakers(config: Config | None, machine: Snapshot) -> Iterator[BoardSettings]:
    """config: of the daemon, settled for this machine; None: there is none, or it is wrong, or its board is away.

    Whatever plays will do where the right one does not: a device in trouble must be heard."""
    if config is not None and config.board.name != "simulated":
        yield of_board(config)
    found = detect(machine, known().values()).chosen
    if found is not None:
        settings = settings_of(known()[found.name], found)
        yield BoardSettings(
            playback_device=settings["playback_device"],
            playback_rate_hz=settings["playback_rate_hz"],
            playback_channels=settings["playback_channels"],
            playback_width_bits=settings["playback_width_bits"],
        )
    for card in sorted(machine.cards, key=_rank):
        if card.plays:
            device = next(pcm.device for pcm in card.pcms if pcm.plays)
            yield BoardSettings(playback_device=f"plug{device_name(card, device)}")


def of_board(config: Config) -> BoardSettings:
    """Without its mixer: what it was set to is left."""
    board = config.board
    return BoardSettings(
        playback_device=board.playback_device,
        playback_rate_hz=board.playback_rate_hz,
        playback_channels=board.playback_channels,
        playback_width_bits=board.playback_width_bits,
    )


def _rank(card: Card) -> tuple[bool, bool, int]:
    """A board's before the Pi's own jack; a screen's last."""
    return card.id.lower().startswith(("vc4hdmi", "hdmi")), card.on_every_pi, card.number
