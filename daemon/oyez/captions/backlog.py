"""Sound that was sent and whose caption is not final: should the session end, the next one hears it again. Pure."""

from collections import deque

BYTES_PER_MS = 48
"""PCM16 mono at 24 kHz."""
KEPT_MAX_BYTES = 60_000 * BYTES_PER_MS
"""A turn longer than a minute is heard again from its last minute on."""


class Backlog:
    """Counts as the server does: bytes since the session began."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._sound = bytearray()
        self._begins = 0
        """Where in the session the kept sound begins."""
        self._turn_end: int | None = None
        """Where the turn ended that is about to be committed, as the service's VAD says."""
        self._commits: deque[int] = deque()
        self._ends: dict[str, int] = {}

    @property
    def sent(self) -> int:
        return self._begins + len(self._sound)

    def add(self, pcm: bytes) -> None:
        """About to be sent."""
        self._sound += pcm
        self._drop_to(self.sent - KEPT_MAX_BYTES)

    def commit_asked(self) -> None:
        """We end the turn here ourselves."""
        self._commits.append(self.sent)

    def speech_stopped(self, audio_end_ms: int) -> None:
        self._turn_end = audio_end_ms * BYTES_PER_MS

    def committed(self, item_id: str) -> None:
        end = self._commits.popleft() if self._commits else self._turn_end
        self._ends[item_id] = self.sent if end is None else min(end, self.sent)
        self._turn_end = None

    def settled(self, item_id: str) -> None:
        """The item's caption is final, and so are those before it."""
        self._drop_to(self._ends.pop(item_id, 0))

    def begin_session(self) -> bytes:
        """Starts to count anew; what is to be sent first."""
        again = bytes(self._sound)
        self._begin()
        return again

    def _drop_to(self, place: int) -> None:
        surplus = place - self._begins
        if surplus > 0:
            del self._sound[:surplus]
            self._begins = place
