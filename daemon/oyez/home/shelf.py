"""What the broker is owed: the last value of every retained topic, and the events since it went away. Pure."""

from collections import deque
from collections.abc import Iterable

from oyez.home.topics import Message


class Shelf:
    """Retained values are replaced, never queued. Events wait in a bounded queue and go stale."""

    def __init__(self, capacity: int = 64, life_s: float = 60.0) -> None:
        self._retained: dict[str, Message] = {}
        self._waiting: deque[tuple[float, Message]] = deque()
        self._capacity = capacity
        self._life_s = life_s
        self.dropped = 0
        """Events that nobody heard of, since the start."""

    def replace(self, messages: Iterable[Message]) -> list[Message]:
        """Keeps the new values; returns those that differ from the last."""
        changed = [message for message in messages if self._retained.get(message.topic) != message]
        self._retained.update({message.topic: message for message in changed})
        return changed

    def retained(self) -> list[Message]:
        """The last value of each topic, in the order in which the topics came."""
        return list(self._retained.values())

    def keep(self, message: Message, now: float) -> None:
        """An event that could not go. A full shelf loses what is stale, then the oldest."""
        self._drop_stale(now)
        if len(self._waiting) == self._capacity:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append((now, message))

    def take(self, now: float) -> list[Message]:
        """The events that are still worth telling, oldest first; the shelf is empty of them then."""
        self._drop_stale(now)
        fresh = [message for _, message in self._waiting]
        self._waiting.clear()
        return fresh

    def _drop_stale(self, now: float) -> None:
        while self._waiting and now - self._waiting[0][0] > self._life_s:
            self._waiting.popleft()
            self.dropped += 1
