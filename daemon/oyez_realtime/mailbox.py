"""Events that wait for the iterator."""

import asyncio
from collections import deque

from oyez_realtime.tolerance import ServerEvent


class Mailbox:
    """Bounded: before anybody reads, the oldest are forgotten; once somebody reads, being full is told by `put`.

    Events come faster than they are spoken, so a reader must be able to lag behind by a whole reply.
    """

    UNREAD_MAX = 1_000
    READ_MAX = 20_000

    def __init__(self) -> None:
        self._events: deque[ServerEvent] = deque()
        self._news = asyncio.Event()
        self._closed = False
        self._is_awaited = False
        self.has_reader = False
        self.forgotten = 0
        """Events that nobody read in time, before there was a reader."""
        self.lost = 0
        """Events that did not fit because the reader lags behind."""

    def put(self, event: ServerEvent) -> bool:
        """False: the reader is too far behind; the event was not taken."""
        if not self.has_reader and len(self._events) >= self.UNREAD_MAX:
            self._events.popleft()
            self.forgotten += 1
        if len(self._events) >= self.READ_MAX:
            self.lost += 1
            return False
        self._events.append(event)
        self._news.set()
        return True

    def close(self) -> None:
        """What is in it can still be read."""
        self._closed = True
        self._news.set()

    async def get(self) -> ServerEvent | None:
        """The next event; None when there will be no more. Raises RuntimeError while another call waits: of two
        readers each would miss what the other gets."""
        if self._is_awaited:
            raise RuntimeError("another reader waits for this client's events; iterate once, or add listeners")
        self.has_reader = True
        while not self._events:
            if self._closed:
                return None
            self._news.clear()
            self._is_awaited = True
            try:
                await self._news.wait()
            finally:
                self._is_awaited = False
        return self._events.popleft()
