"""Facts that the ears tell: what was heard in the room. See `events.py`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class WakeHeard:
    word: str
    """Name of the wake word, e.g. `hey_jarvis`."""
    score: float
    """0 to 1."""
    phrase_end_s: float
    """Monotonic time at which the wake phrase ended: the request begins here."""
    threshold: float = 0.0
    """The score had to reach it."""
    snr_db: float | None = None
    """The phrase above the room's noise floor; None: not known."""
    direction_deg: float | None = None
    """Where it came from: 0 is the board's front, 90 its right; None: one microphone cannot tell."""
    near_db: float | None = None
    """How near it was said, to be compared with that of other devices; None: not known."""


@dataclass(frozen=True, slots=True)
class StopHeard:
    """A stop word."""

    word: str
    score: float
    """0 to 1."""
    threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class SpeechSuspected:
    """Over a reply: it sounds as if somebody had begun to speak. A SpeechStarted or a SpeechDismissed follows soon."""


@dataclass(frozen=True, slots=True)
class SpeechDismissed:
    """What was suspected was a cough, a clatter, the television: nobody speaks to us."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Someone began to speak, by the device's own gate or by the server's VAD."""

    by: Literal["gate", "server"] = "gate"
    item_id: str = ""
    """Under which the service will tell what was said (TextHeard), where it knows that already."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    by: Literal["gate", "server"] = "gate"


@dataclass(frozen=True, slots=True)
class EnrolmentHeard:
    """While a phrase is enrolled: one recording of it was taken, or refused."""

    name: str
    taken: int
    """Recordings so far."""
    wanted: int
    why: str = ""
    """Why it was refused, for a person; empty: it was taken."""


@dataclass(frozen=True, slots=True)
class EnrolmentEnded:
    name: str
    ok: bool
    sentence: str
    """What became of it, for a person: its estimated false accepts, or why it failed."""
    order_id: str | None = None
    wakes: bool = True
    """False: it is a stop word."""
