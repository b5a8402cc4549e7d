"""Who wants to see what comes on which topics, beside the device's own orders. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from paho.mqtt.client import topic_matches_sub

from oyez.home.packets import Incoming

Watcher = Callable[[Incoming], None]


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """One wish; two of them for one pattern are two."""

    pattern: str
    on_message: Watcher


class Watchers:
    def __init__(self) -> None:
        self._watches: list[Watch] = []

    @property
    def patterns(self) -> list[str]:
        """Each once, in the order in which they came."""
        return list(dict.fromkeys(watch.pattern for watch in self._watches))

    def add(self, pattern: str, on_message: Watcher) -> Watch:
        watch = Watch(pattern, on_message)
        self._watches.append(watch)
        return watch

    def remove(self, watch: Watch) -> bool:
        """Whether nobody wants its pattern any more."""
        self._watches.remove(watch)
        return watch.pattern not in self.patterns

    def take(self, incoming: Incoming) -> bool:
        """Whether anybody wanted it; who did has it."""
        wanting = [watch for watch in self._watches if topic_matches_sub(watch.pattern, incoming.topic)]
        for watch in wanting:
            watch.on_message(incoming)
        return bool(wanting)
