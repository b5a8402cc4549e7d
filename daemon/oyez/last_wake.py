"""Why the device woke, in words: for who asks it aloud. Pure; in memory only."""

from dataclasses import dataclass
from datetime import datetime

from oyez.actions import ReportWake

BYTES_PER_S = 48_000
"""What leaves through the tap: PCM16, mono, 24 kHz."""
NEVER = "I have not woken since I was started."
_SIDES = ("front", "front right", "right", "back right", "back", "back left", "left", "front left")


@dataclass(frozen=True, slots=True)
class _Wake:
    heard: ReportWake | None
    """None: nobody said a wake word, a button or an order woke it."""
    at: datetime
    tap_bytes: int
    """All that had ever left the ears by then."""


class LastWake:
    """Told by the house, in the order in which it happens."""

    def __init__(self, locker: bool = False) -> None:
        """locker: whether clips are kept."""
        self._locker = locker
        self._heard: ReportWake | None = None
        self._wake: _Wake | None = None
        self._clip = ""

    def heard(self, report: ReportWake) -> None:
        """A wake word; whether it opens the tap comes next."""
        self._heard, self._clip = report, ""

    def kept(self, clip: str, word: str) -> None:
        """The locker holds a clip of a wake with this word."""
        if self._wake is not None and self._wake.heard is not None and self._wake.heard.word == word:
            self._clip = clip

    def opened(self, now: datetime, tap_bytes: int) -> None:
        """Sound leaves the ears from here on. now: local time. tap_bytes: all that ever left before."""
        self._wake = _Wake(self._heard, now, tap_bytes)
        self._heard = None

    def why(self, now: datetime, tap_bytes: int) -> str:
        """Sentences to be read aloud. tap_bytes: all that ever left by now."""
        if self._wake is None:
            return NEVER
        wake = self._wake
        sent_s = max(0, tap_bytes - wake.tap_bytes) / BYTES_PER_S
        sent = f"Since then {sent_s:.0f} seconds of sound were sent to the speech service."
        return " ".join([self._cause(wake.heard, ago(now, wake.at)), sent, *self._evidence(wake.heard)])

    def _cause(self, heard: ReportWake | None, when: str) -> str:
        if heard is None:
            return f"{when} somebody pressed the button or sent an order; I heard no wake word."
        told = f"{when} I heard {heard.word.replace('_', ' ')!r} with a score of {heard.score:.2f}"
        if heard.threshold:
            told += f", where {heard.threshold:.2f} is enough"
        if heard.snr_db is not None:
            told += f", {heard.snr_db:.0f} decibels above the noise of the room"
        if heard.direction_deg is not None:
            told += f", from the {side(heard.direction_deg)}"
        return told + "."

    def _evidence(self, heard: ReportWake | None) -> list[str]:
        if heard is None:
            return []
        if self._clip:
            return [f"Clip {int(self._clip)} of it is kept in the locker on this device; nobody else has it."]
        return ["No recording of it is kept" + ("." if self._locker else ": the locker is off.")]


def side(direction_deg: float) -> str:
    """0 is the board's front, 90 its right."""
    return _SIDES[round(direction_deg / 45.0) % len(_SIDES)]


def ago(now: datetime, then: datetime) -> str:
    """In words, to be read aloud."""
    seconds = max(0.0, (now - then).total_seconds())
    if seconds < 90:
        return f"{seconds:.0f} seconds ago"
    return f"{seconds / 60:.0f} minutes ago" if seconds < 5400 else f"{seconds / 3600:.0f} hours ago"
