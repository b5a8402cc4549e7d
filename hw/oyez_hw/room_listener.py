"""Pure: what a person in the room makes of the loudspeaker and of their own lines: when to speak."""

from dataclasses import dataclass
from typing import Literal

from oyez_hw.room_script import Step

AUDIBLE_DBFS = -55.0
CHIME_GAP_S = 0.25
"""Shorter than a reply and then so long silent: it was a chime, and what follows is counted anew."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The loudspeaker spoke. Room times in seconds."""

    kind: Literal["reply_begins", "reply_ends"]
    at_s: float
    """When its sound began or ended."""
    noticed_s: float
    """When that could be known."""


class Listener:
    """Told of the loudspeaker's level, window by window; tells when a reply begins and ends."""

    def __init__(self, reply_min_s: float, reply_gap_s: float) -> None:
        self._reply_min_s, self._reply_gap_s = reply_min_s, reply_gap_s
        self._sound_s = 0.0
        self._onset_s = 0.0
        self._in_reply = False
        self.last_sound_s = -1e9
        """End of the last window with sound."""

    def heard(self, start_s: float, end_s: float, level_dbfs: float) -> Reply | None:
        if level_dbfs >= AUDIBLE_DBFS:
            if not self._sound_s:
                self._onset_s = start_s
            self._sound_s += end_s - start_s
            self.last_sound_s = end_s
            if not self._in_reply and self._sound_s >= self._reply_min_s:
                self._in_reply = True
                return Reply("reply_begins", self._onset_s, end_s)
            return None
        silent_s = end_s - self.last_sound_s
        if self._in_reply and silent_s >= self._reply_gap_s:
            self._in_reply, self._sound_s = False, 0.0
            return Reply("reply_ends", self.last_sound_s, end_s)
        if not self._in_reply and silent_s >= CHIME_GAP_S:
            self._sound_s = 0.0
        return None


class Prompter:
    """Goes through the steps: which one is due, and from when it is spoken."""

    def __init__(self, steps: list[Step], silence_s: float) -> None:
        self._steps = steps
        self._silence_s = silence_s
        self._next = 0
        self._start_s: float | None = None
        self._spoken_s = 0.0
        """End of the step before."""
        self._reply_begun: Reply | None = None
        self._reply_ended: Reply | None = None

    @property
    def done(self) -> bool:
        return self._next >= len(self._steps)

    def replied(self, reply: Reply) -> None:
        """Only a reply that was noticed after the step before was spoken answers it."""
        if reply.kind == "reply_begins" and reply.noticed_s >= self._spoken_s:
            self._reply_begun, self._reply_ended = reply, None
        elif reply.kind == "reply_ends" and self._reply_begun is not None:
            self._reply_ended = reply

    def due(self, now_s: float, loudspeaker_silent_since_s: float) -> tuple[int, float] | None:
        """(number of the step, room time at which it begins: now or later); None: not yet."""
        if self._start_s is None:
            self._start_s = now_s
            self._spoken_s = now_s
        if self.done:
            return None
        step = self._steps[self._next]
        trigger_s = self._trigger_s(step, self._start_s, now_s, loudspeaker_silent_since_s)
        return None if trigger_s is None else (self._next, max(now_s, trigger_s + step.delay_s))

    def spoken(self, end_s: float) -> None:
        """The step that was due is being spoken and ends at `end_s`."""
        self._next += 1
        self._spoken_s = end_s
        self._reply_begun = self._reply_ended = None

    def _trigger_s(self, step: Step, start_s: float, now_s: float, silent_since_s: float) -> float | None:
        if step.at_s is not None:
            return start_s + step.at_s
        if step.after is None or step.after == "start":
            return start_s
        if step.after == "silence":
            quiet_s = max(self._spoken_s, silent_since_s) + self._silence_s
            return quiet_s if now_s >= quiet_s else None
        reply = self._reply_begun if step.after == "reply_begins" else self._reply_ended
        return None if reply is None else reply.at_s
