"""How fast recorded sound may catch up with the present. Pure; time is an argument."""

FASTEST = 4.0
"""Times real time. A third party measured that the service silently loses sound sent faster (shared protocol notes,
CAP-B: in transcription mode; for conversations unverified, so we keep to it)."""
HEAD_START_S = 0.5
"""May go at once: a burst of one pre-roll's tail is harmless."""


class Pacer:
    """Says how long to wait before the next piece of sound may be sent.

    A leaky bucket: over any stretch of time no more goes out than the head start and FASTEST times that stretch. A
    quiet hour earns no right to a burst: a backlog after a stall late in a conversation is paced like the first.
    """

    def __init__(self, now: float) -> None:
        self._now = now
        self._ahead_s = 0.0
        """Sound sent that the pace has not yet made good."""

    def wait_s(self, piece_s: float, now: float) -> float:
        """Counts a piece of `piece_s` seconds of sound and tells how long it must wait; 0.0 mostly."""
        self._ahead_s = max(0.0, self._ahead_s - max(0.0, now - self._now) * FASTEST) + piece_s
        self._now = max(self._now, now)
        return max(0.0, (self._ahead_s - HEAD_START_S) / FASTEST)
