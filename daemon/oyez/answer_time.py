"""How long people wait: from the end of what they said to the first sound of the answer. Pure.

Counted is what the device's own gate calls speech while the tap is open, so neither the wake word nor the television
before it; and only the first sound after it, so no tool in between makes it shorter.
"""

from oyez import actions as do, events as ev

LONGEST_S = 60.0
"""What comes later is no answer to it."""


class AnswerTime:
    """Told everything in the order in which it happens."""

    def __init__(self, offset_ms: int) -> None:
        """offset_ms: so long the gate waits before it calls speech ended (hearing.offset_ms)."""
        self._offset_s = offset_ms / 1000
        self._open = False
        self._ended_s: float | None = None
        self.answer_ms: int | None = None
        """Of the last answer; None: there was none yet."""

    def note(self, fact: object, now: float) -> None:
        """fact: an event or an action. now: monotonic seconds."""
        match fact:
            case do.OpenTap():
                self._open = True
            case do.CloseTap() | do.CloseSession():
                self._open, self._ended_s = False, None
            case ev.SpeechStarted(by="gate"):
                self._ended_s = None
            case ev.SpeechStopped(by="gate") if self._open:
                self._ended_s = now - self._offset_s
            case ev.ReplyAudible() if self._ended_s is not None:
                if now - self._ended_s < LONGEST_S:
                    self.answer_ms = max(0, round((now - self._ended_s) * 1000))
                self._ended_s = None
            case _:
                pass
