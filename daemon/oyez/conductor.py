"""The one task that decides: an event in, one step, orders out, one deadline.

It is the only caller of the conversation machine and the only keeper of its state. Everybody may `tell` it something;
nobody may ask it to wait.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.conversation import step
from oyez.state import State, Turns
from oyez.view import View, see

log = logging.getLogger(__name__)


class Organs(Protocol):
    """Who carries out what the conductor orders."""

    def carry_out(self, action: do.Action) -> Awaitable[None] | None:
        """Immediate orders return None; the few that take a moment (a cut: one period) are awaited in order."""

    def show(self, view: View) -> None:
        """Called whenever what an onlooker may see has changed."""


class Conductor:
    """tell() may be called from the loop's thread only; other threads go through the crossing."""

    def __init__(
        self,
        settings: Conversation,
        organs: Organs,
        view: View,
        clock: Callable[[], float],
        trace: Callable[[object], None] = lambda fact: None,
        muted: bool = False,
        turns: Turns = "service",
    ) -> None:
        """clock: monotonic seconds. turns: who says that a turn has ended, as configured."""
        self._settings = settings
        self._organs = organs
        self._clock = clock
        self._trace = trace
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self.state = State(muted=muted, turns=turns)
        self.view = view
        self.answered_s = clock()
        """When it last answered: the watchdog's proof that it lives."""

    def tell(self, event: ev.Event) -> None:
        self._trace(event)
        self._events.put_nowait(event)

    async def run(self) -> None:
        """Takes in, decides, acts, re-arms; for ever."""
        self._organs.show(self.view)
        while True:
            event = await self._next_event()
            before = self.state
            self.state, actions = step(before, event, self._clock(), self._settings)
            if self.state.phase is not before.phase:
                log.info("%s -> %s on %s", before.phase.value, self.state.phase.value, type(event).__name__)
            self._show(event, actions)
            for action in actions:
                self._trace(action)
                waiting = self._organs.carry_out(action)
                if waiting is not None:
                    await waiting
            self.answered_s = self._clock()

    async def _next_event(self) -> ev.Event:
        while True:
            wait_s = IDLE_BEAT_S
            if self.state.next_s is not None:
                wait_s = min(wait_s, max(0.0, self.state.next_s - self._clock()))
            try:
                async with asyncio.timeout(wait_s):
                    return await self._events.get()
            except TimeoutError:
                self.answered_s = self._clock()
                if self.state.next_s is not None and self.answered_s >= self.state.next_s:
                    return ev.DeadlinePassed()

    def _show(self, event: ev.Event, actions: list[do.Action]) -> None:
        view = see(self.view, self.state, event, actions)
        if view != self.view:
            self.view = view
            self._organs.show(view)


IDLE_BEAT_S = 1.0
"""With nothing to do it still answers once a second, so that the watchdog can tell idle from hung."""
