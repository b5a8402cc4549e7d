"""How fast recorded sound may catch up with the present. Pure; time is an argument."""

FASTEST = 4.0
"""Times real time. A third party measured that the service silently loses sound sent faster (shared protocol notes,
CAP-B: in transcription mode; for conversations unverified, so we keep to it)."""
HEAD_START_S = 0.5
"""May go at once: a burst of one pre-roll's tail is harmless."""


class Pacer:
    """Says how long to wait before the next piece of sound may be sent."""

    def __init__(self, now: float) -> None:
        self._began_s = now
        self._sent_s = 0.0

    def wait_s(self, piece_s: float, now: float) -> float:
        """Counts a piece of `piece_s` seconds of sound and tells how long it must wait; 0.0 mostly."""
        allowed_s = HEAD_START_S + (now - self._began_s) * FASTEST
        self._sent_s += piece_s
        return max(0.0, (self._sent_s - allowed_s) / FASTEST)
