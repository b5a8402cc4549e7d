"""A device that got another id or another prefix takes its old announcements back, so that no ghost of it stays."""

from collections.abc import Callable
from typing import Protocol

from oyez.home import topics
from oyez.home.announced import AnnouncedFile, Place
from oyez.home.announcer import Announcer
from oyez.home.connection import Incoming
from oyez.home.topics import Message
from oyez.home.watchers import Watch


class Post(Protocol):
    """What the broker does for it."""

    def watch(self, pattern: str, on_message: Callable[[Incoming], None]) -> Watch: ...
    def unwatch(self, watch: Watch) -> None: ...
    def send(self, message: Message) -> None: ...


class MovingOut:
    def __init__(self, post: Post, device_id: str, announcer: Announcer, file: AnnouncedFile) -> None:
        self._post, self._device_id, self._announcer, self._file = post, device_id, announcer, file
        self._leaving: dict[Place, Watch] = {}

    def leave(self) -> None:
        """Call on each new connection."""
        for place in self._announcer.left:
            self._leave(place)

    def _leave(self, place: Place) -> None:
        """Under another id only once that device is known to be off: it may be another one, alive."""
        if place.device_id == self._device_id:
            self._take_back(place)
        elif place not in self._leaving:
            topic = f"{topics.base(place.device_id)}/availability"
            self._leaving[place] = self._post.watch(topic, lambda incoming: self._leave_if_off(place, incoming))

    def _leave_if_off(self, place: Place, incoming: Incoming) -> None:
        if incoming.payload == topics.OFFLINE:
            self._post.unwatch(self._leaving.pop(place))
            self._take_back(place)
            self._file.keep(self._announcer.book)

    def _take_back(self, place: Place) -> None:
        for message in self._announcer.take_back(place):
            self._post.send(message)
