"""Pure: what may stop a reply on this device, as configured and as its board can bear."""

from oyez.config import Board, Hearing
from oyez.config_hearing import BargeIn


def barge_in_mode(hearing: Hearing, board: Board) -> BargeIn:
    """Who cannot take its own voice out of what it hears would be stopped by it: there only words stop a reply."""
    cancels = hearing.echo_cancellation or board.clean_channel is not None
    return "wake_word" if hearing.barge_in == "speech" and not cancels else hearing.barge_in


def words_count(mode: BargeIn, *, replying: bool) -> bool:
    """Whether a wake or stop word that is heard now is to be told."""
    return not (replying and mode == "off")
