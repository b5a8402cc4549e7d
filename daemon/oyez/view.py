"""What an onlooker may know of the device at one moment: the whole of `oyez/<id>/state`."""

from typing import Literal

import msgspec

Phase = Literal["idle", "listening", "thinking", "speaking", "muted"]


class Trouble(msgspec.Struct, frozen=True):
    """Something is wrong and the device says so."""

    kind: str
    """backend_away, token_refused, line_away, line_refused, line_lost, hardware, ..."""
    sentence: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Frozen, so that equality says whether there is anything to publish."""

    state: Phase = "idle"
    muted: bool = False
    volume: float = 0.6
    """0 to 1."""
    wake_word: str = ""
    last_heard: str = ""
    last_said: str = ""
    trouble: Trouble | None = None
