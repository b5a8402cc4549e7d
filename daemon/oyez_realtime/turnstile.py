"""One at a time: requests that the server answers in order or refuses while another runs wait here for their turn."""

from bisect import insort
from collections import deque
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Waiting:
    event_id: str
    text: str


class Turnstile:
    """`blocked` says whether the way is closed by something else, e.g. by a response that is running."""

    QUEUE_MAX = 64

    def __init__(self) -> None:
        self._queue: list[tuple[int, Waiting]] = []
        self._numbers = count()
        self._inside: tuple[int, Waiting] | None = None
        self._left: deque[tuple[int, Waiting]] = deque(maxlen=self.QUEUE_MAX)

    @property
    def inside(self) -> Waiting | None:
        """The one that was sent and is not yet answered."""
        return None if self._inside is None else self._inside[1]

    def __len__(self) -> int:
        """How many wait."""
        return len(self._queue)

    def enter(self, request: Waiting) -> None:
        """Raises OverflowError when too many wait: the server has long stopped answering; ValueError for an event id
        that is in use, for nobody could tell whose answer comes."""
        if any(request.event_id == other.event_id for other in self._all()):
            raise ValueError(f"the event id {request.event_id!r} waits for its answer; give every request its own")
        if len(self._queue) >= self.QUEUE_MAX:
            raise OverflowError(f"{self.QUEUE_MAX} requests wait for the server; it does not answer: close the session")
        self._queue.append((next(self._numbers), request))

    def _all(self) -> list[Waiting]:
        inside = [] if self._inside is None else [self._inside]
        return [waiting for _, waiting in inside + self._queue]

    def next(self, blocked: bool = False) -> str | None:
        """The text to send now, when somebody waits and the way is free."""
        if self._inside is not None or blocked or not self._queue:
            return None
        self._inside = self._queue.pop(0)
        return self._inside[1].text

    def answered(self, event_id: str | None = None) -> str | None:
        """The one inside leaves, if it is the one named (or whoever it is). Returns its event id."""
        if self._inside is None or event_id not in (None, self._inside[1].event_id):
            return None
        left, self._inside = self._inside, None
        self._left.append(left)
        return left[1].event_id

    def back(self, event_id: str) -> bool:
        """A request was refused because the way was not free: it waits again, in its old place.

        It may have been taken for answered: what the server began of its own accord looks like an answer.
        """
        if self._inside is not None and self._inside[1].event_id == event_id:
            refused, self._inside = self._inside, None
        else:
            found = next((left for left in self._left if left[1].event_id == event_id), None)
            if found is None:
                return False
            self._left.remove(found)
            refused = found
        insort(self._queue, refused, key=lambda waiting: waiting[0])
        return True

    def abandon(self) -> list[str]:
        """Nobody will be answered any more: event ids of all who waited."""
        ids = [request.event_id for _, request in ([self._inside] if self._inside else []) + self._queue]
        self._queue.clear()
        self._left.clear()
        self._inside = None
        return ids
