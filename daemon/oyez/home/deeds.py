"""Orders that are no business of the conversation: whoever does them answers them. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from oyez.events_home import Priority


@dataclass(frozen=True, slots=True)
class LabelClip:
    """What a person says of a clip in the locker."""

    clip: str
    label: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class FetchSound:
    """A sound is to be played in the room: an address to fetch it from, or the name of a file of the device's own."""

    source: str
    order_id: str | None = None
    priority: Priority = "normal"
    volume: float | None = None
    """0 to 1; None: as it is set."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Exactly one of both is given."""

    seconds: float | None
    """From now."""
    at: str | None
    """`HH:MM`, local time, the next that comes."""
    label: str = ""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class CancelTimer:
    timer_id: str | None
    """None: all of them."""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class InstallUpdate:
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class FactoryReset:
    """Forget everything that was set up, recorded and learnt here, and start again."""

    order_id: str | None = None


Deed: TypeAlias = LabelClip | FetchSound | SetTimer | CancelTimer | InstallUpdate | FactoryReset
