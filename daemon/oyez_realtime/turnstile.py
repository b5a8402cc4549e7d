"""One at a time: requests that the server answers in order or refuses while another runs wait here for their turn."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    event_id: str
    text: str


class Turnstile:
    """`blocked` says whether the way is closed by something else, e.g. by a response that is running."""

    QUEUE_MAX = 64

    def __init__(self) -> None:
        self._queue: deque[Waiting] = deque()
        self.inside: Waiting | None = None
        """The one that was sent and is not yet answered."""
        self._left: Waiting | None = None

    def enter(self, request: Waiting) -> None:
        """Raises OverflowError when too many wait: the server has long stopped answering."""
        if len(self._queue) >= self.QUEUE_MAX:
            raise OverflowError(f"{self.QUEUE_MAX} requests wait for the server; it does not answer: close the session")
        self._queue.append(request)

    def next(self, blocked: bool = False) -> str | None:
        """The text to send now, when somebody waits and the way is free."""
        if self.inside is not None or blocked or not self._queue:
            return None
        self.inside = self._queue.popleft()
        return self.inside.text

    def answered(self, event_id: str | None = None) -> str | None:
        """The one inside leaves, if it is the one named (or whoever it is). Returns its event id."""
        if self.inside is None or event_id not in (None, self.inside.event_id):
            return None
        self._left, self.inside = self.inside, None
        return self._left.event_id

    def back(self, event_id: str) -> bool:
        """A request was refused because the way was not free: it is first in the queue again.

        It may have been taken for answered: what the server began of its own accord looks like an answer.
        """
        if self.inside is not None and self.inside.event_id == event_id:
            refused, self.inside = self.inside, None
        elif self._left is not None and self._left.event_id == event_id:
            refused, self._left = self._left, None
        else:
            return False
        self._queue.appendleft(refused)
        return True

    def abandon(self) -> list[str]:
        """Nobody will be answered any more: event ids of all who waited."""
        ids = [request.event_id for request in ([self.inside] if self.inside else []) + list(self._queue)]
        self._queue.clear()
        self.inside = None
        return ids
