"""Who wants to be told of which events."""

import inspect
import logging
from collections.abc import Callable
from typing import Any

from oyez_realtime.tolerance import ServerEvent

logger = logging.getLogger(__name__)

Listener = Callable[[Any], object]
ALL = "*"


class Listeners:
    """Called in the order in which they were added, in the loop; a call must not block."""

    def __init__(self) -> None:
        self._by_type: dict[str, list[Listener]] = {}

    def add(self, event_type: str, listener: Listener) -> None:
        """event_type: a wire name, or `*` for all. Adding the same listener twice has no effect.

        Raises TypeError for what cannot be called, and for coroutine functions: use the iterator to await.
        """
        if not callable(listener):
            raise TypeError(f"the listener for {event_type} is {listener!r}, which cannot be called; give a function")
        if inspect.iscoroutinefunction(listener):
            raise TypeError(f"the listener for {event_type} is a coroutine function; give a plain one or iterate")
        known = self._by_type.setdefault(event_type, [])
        if listener not in known:
            known.append(listener)

    def remove(self, event_type: str, listener: Listener) -> None:
        """One that was never added is no error. Safe while events are being told."""
        known = self._by_type.get(event_type, [])
        if listener in known:
            known.remove(listener)

    def tell(self, event: ServerEvent) -> None:
        """A listener that raises is logged; the others and the session go on."""
        for listener in (*self._by_type.get(event.type, ()), *self._by_type.get(ALL, ())):
            try:
                listener(event)
            except Exception:
                logger.exception("A listener for %s raised; the session goes on without it for this event", event.type)
