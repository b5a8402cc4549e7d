"""Facts that come from the house: orders of people and programs, timers, other devices. See `events.py`."""

from dataclasses import dataclass
from typing import Literal

Priority = Literal["normal", "urgent"]
"""normal: waits for the end of a conversation, and is refused in quiet hours; urgent: at once, always."""


@dataclass(frozen=True, slots=True)
class MuteAsked:
    muted: bool


@dataclass(frozen=True, slots=True)
class MuteSwitched:
    """The mute switch on the device was moved, or stood so when the device started."""

    on: bool
    """The microphone is to be off."""


@dataclass(frozen=True, slots=True)
class MuteWished:
    """Mute the microphone when the conversation is over: the user asked for it and is to hear the answer."""


@dataclass(frozen=True, slots=True)
class VolumeAsked:
    level: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class BrightnessAsked:
    level: float
    """Of the device's lights, 0 (dark) to 1."""


@dataclass(frozen=True, slots=True)
class ListenAsked:
    """Listen now, as if the wake word had been said."""

    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Be quiet and go to sleep."""

    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class SayAsked:
    text: str
    order_id: str | None = None
    priority: Priority = "normal"
    volume: float | None = None
    """0 to 1, for this text alone; None: as it is set."""


@dataclass(frozen=True, slots=True)
class PlayAsked:
    """A sound was fetched and decoded and is to be heard; it needs no line."""

    clip: str
    """Its name with whoever fetched it."""
    seconds: float
    order_id: str | None = None
    priority: Priority = "normal"
    volume: float | None = None
    """0 to 1, for this sound alone; None: as it is set."""


@dataclass(frozen=True, slots=True)
class AskAsked:
    """Speak a question, listen, and tell the asker what was answered; the service answers nothing."""

    question: str
    order_id: str | None = None
    priority: Priority = "normal"
    volume: float | None = None
    answer_s: float = 8.0
    """So long for the first word of the answer."""


@dataclass(frozen=True, slots=True)
class FollowUpAsked:
    """Whether to listen again after a reply without a wake word."""

    on: bool


@dataclass(frozen=True, slots=True)
class RestartAsked:
    """End the process in order; the service manager brings it back."""

    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """They began or ended."""

    on: bool
    sentence: str = ""
    """Until when, for whoever is refused."""


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer or an alarm has come: ring until somebody hears it."""

    timer_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class TimerGone:
    """It was taken away while it rang."""

    timer_id: str


@dataclass(frozen=True, slots=True)
class RivalsKnown:
    """Whether there are other devices in the house that may hear the same wake word, and a broker to agree over."""

    any: bool


@dataclass(frozen=True, slots=True)
class BidWon:
    """Of all devices that heard the wake word this one answers."""


@dataclass(frozen=True, slots=True)
class BidLost:
    to: str
    """Device id of the one that answers."""


@dataclass(frozen=True, slots=True)
class LineFellBack:
    """The voice service is away: the local server in the house answers from here on."""

    sentence: str
    """What this means, to be said once."""


@dataclass(frozen=True, slots=True)
class LineReturned:
    """The voice service is there again: the next conversation is with it."""
