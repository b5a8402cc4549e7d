"""What Home Assistant is to know of the device now, and what it is to forget. Pure.

1. An entity is announced from the moment on at which it has something to show, and after a restart at once.
2. An entity that was announced and cannot be any more is removed, by its platform alone, for this run of the daemon.
3. A document that was announced for another id or under another prefix is taken back; under another id only when that
   device is off: a copied SD card knows the original's id, too.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from oyez.config import Device, Home
from oyez.home import discovery, topics
from oyez.home.announced import Announced, Place
from oyez.home.entities.catalogue import announced, possible
from oyez.home.entities.entity import Known
from oyez.home.topics import Message


class Announcer:
    def __init__(self, home: Home, device: Device, version: str, before: Announced) -> None:
        """before: what was announced when this device last ran."""
        self._home, self._device, self._version = home, device, version
        self._root = topics.base(device.id)
        here = Place(home.discovery_prefix, device.id)
        self._book = before.moved(here)
        # All that could be announced, as if there were values and words for it.
        can_be = {entity.key: entity for entity in possible(self._root, Known(words=("any",), texts=home.publish_text))}
        self._gone = {
            key: platform for key, platform in self._book.components.items() if home.discovery and key not in can_be
        }
        values = frozenset(can_be[key].needs for key in self._book.components if key in can_be)
        self._known = Known(texts=home.publish_text, values=values)

    @property
    def document(self) -> Message:
        """Switched off, discovery takes an earlier announcement back."""
        prefix = self._home.discovery_prefix
        if not self._home.discovery:
            return discovery.removal(prefix, self._device.id)
        return discovery.announcement(
            prefix, self._device.id, self._device.name, self._version, self._known, self._gone
        )

    @property
    def book(self) -> Announced:
        """To be remembered once the document was published."""
        if not self._home.discovery:
            return Announced(left=self._book.left)
        components = {entity.key: entity.platform for entity in announced(self._root, self._known)}
        return Announced(self._book.place, components, self._book.left)

    def learn(self, picture: Mapping[str, Any], words: Collection[str]) -> Message | None:
        """The document again, where there is more to announce. picture: the state document. words: to choose from."""
        known = replace(
            self._known,
            words=tuple(sorted(words)),
            currency=str(_value(picture, "money.currency") or self._known.currency),
            values=self._known.values | self._values(picture),
        )
        if known == self._known:
            return None
        self._known = known
        return self.document

    def _values(self, picture: Mapping[str, Any]) -> frozenset[str]:
        needed = {entity.needs for entity in possible(self._root, self._known)} - {""}
        return frozenset(place for place in needed if _value(picture, place) is not None)

    @property
    def left(self) -> tuple[Place, ...]:
        """Where an announcement is to be taken back."""
        return self._book.left

    def take_back(self, place: Place) -> Iterator[Message]:
        """Takes everything retained of the device away that it was then, once."""
        self._book = self._book.taken_back(place)
        yield discovery.removal(place.prefix, place.device_id)
        if place.device_id != self._device.id:
            yield from topics.nothing_retained(place.device_id)


def _value(picture: Mapping[str, Any], place: str) -> Any:
    value: Any = picture
    for name in place.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
