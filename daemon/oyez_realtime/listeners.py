"""Who wants to be told of which events."""

import difflib
import inspect
import logging
from collections.abc import Callable
from typing import Any

from oyez_realtime.tolerance import SERVER_EVENT_TYPES, ServerEvent

logger = logging.getLogger(__name__)

Listener = Callable[[Any], object]
ALL = "*"


class Listeners:
    """Called in the order in which they were added, in the loop; a call must not block.

    Coroutine functions are refused: who would await them, and would the next event wait? The iterator is for that.
    """

    def __init__(self) -> None:
        self._by_type: dict[str, list[Listener]] = {}
        self._blamed: list[Listener] = []
        self.faults = 0
        """Calls that raised; each listener is logged at its first."""

    def add(self, event_type: str, listener: Listener) -> None:
        """event_type: a name of EventType that a server says, or `*` for all. Adding a listener twice has no effect.

        Raises TypeError for what cannot be called and for coroutine functions, ValueError for a name that no server
        says.
        """
        if not isinstance(event_type, str):
            raise TypeError(f"{event_type!r} is no name of a listener's event; give one of EventType, or '*'")
        if not callable(listener):
            raise TypeError(f"the listener for {event_type} is {listener!r}, which cannot be called; give a function")
        if inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(type(listener).__call__):
            raise TypeError(f"the listener for {event_type} is a coroutine function; give a plain one or iterate")
        if event_type != ALL and event_type not in SERVER_EVENT_TYPES:
            near = difflib.get_close_matches(event_type, SERVER_EVENT_TYPES, 1)
            raise ValueError(
                f"no server says {event_type!r}" + (f"; do you mean {near[0]!r}?" if near else "; see EventType")
            )
        known = self._by_type.setdefault(event_type, [])
        if listener not in known:
            known.append(listener)

    def remove(self, event_type: str, listener: Listener) -> None:
        """One that was never added is no error. Safe while events are being told: it is not called any more."""
        known = self._by_type.get(event_type, [])
        if listener in known:
            known.remove(listener)

    def tell(self, event: ServerEvent) -> None:
        """A listener that raises is logged once, with its name; the others and the session go on."""
        for event_type in (str(event.type), ALL):
            known = self._by_type.get(event_type, [])
            for listener in tuple(known):
                if listener in known:
                    self._call(listener, event)

    def _call(self, listener: Listener, event: ServerEvent) -> None:
        try:
            result = listener(event)
            if inspect.iscoroutine(result):
                result.close()
                raise TypeError("it returned a coroutine, which nobody awaits; give a plain function or iterate")
        except Exception:
            self.faults += 1
            if listener not in self._blamed:
                self._blamed.append(listener)
                name = getattr(listener, "__qualname__", None) or repr(listener)
                logger.exception("The listener %s for %s raised; the session goes on", name, event.type)
