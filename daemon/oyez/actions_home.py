"""Orders that concern the house: sounds, timers, other devices. See `actions.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlayClip:
    """Let a fetched sound be heard; PlaybackFinished tells when it was."""

    clip: str


@dataclass(frozen=True, slots=True)
class DropClip:
    """It is not wanted any more, or was heard: forget it."""

    clip: str


@dataclass(frozen=True, slots=True)
class DropComing:
    """Sounds that are still being fetched are not wanted any more either: answer who ordered them."""

    why: str


@dataclass(frozen=True, slots=True)
class UseVolume:
    """The loudspeaker's volume for what is announced next; what the household set stays what it is."""

    level: float | None
    """0 to 1; None: back to what is set."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Begin to ring, over and over, or stop it."""

    on: bool


@dataclass(frozen=True, slots=True)
class AcknowledgeTimers:
    """Somebody heard them ring, or nobody did for long enough."""

    timer_ids: tuple[str, ...]
    heard: bool


@dataclass(frozen=True, slots=True)
class PlaceBid:
    """Tell the other devices how well this one heard the wake word; BidWon or BidLost follows."""

    word: str
    score: float
    snr_db: float | None
    engaged: bool = False
    """It is in conversation already, and goes on unless another one is told to answer."""
    near_db: float | None = None
    """As WakeHeard tells it."""


@dataclass(frozen=True, slots=True)
class ReportYield:
    """Tell people that another device answers the wake word."""

    word: str
    to: str


@dataclass(frozen=True, slots=True)
class RefuseSetting:
    """Tell whoever set it over MQTT that it was not done."""

    setting: str
    """`set/muted`."""
    why: str


@dataclass(frozen=True, slots=True)
class Restart:
    """End the process in order; the service manager brings it back."""
