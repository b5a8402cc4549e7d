"""An asyncio loop whose time stands still while anybody works, and jumps to the next timer when nobody does.

Sockets stay honest: time jumps only when none of this process's sockets has news. On loopback what was written can be
read at once, so both ends of a socket may live on this loop. Work in an executor's threads holds time as well. Other
processes (a broker) are not seen; the bound on the pace keeps them in step.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

MOST_PACE = 60.0
"""Seconds of the loop in one of the machine, at most: an answer of a broker after 5 ms comes within 0.3 s."""


class _Selector(selectors.DefaultSelector):
    """Asks the sockets without waiting; where they have no news, time jumps instead."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped_s = 0.0
        self.working = 0
        """Jobs in executors, and whoever holds the time."""
        self._began_s = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if found or timeout is None or timeout <= 0.0:
            return found or (super().select(None) if timeout is None else [])
        if self.working:
            return super().select(timeout)
        ahead_s = (self.jumped_s + timeout) / MOST_PACE - (time.monotonic() - self._began_s)
        if ahead_s > 0.0 and (found := super().select(ahead_s)):
            return found
        self.jumped_s += timeout
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumps = _Selector()
        super().__init__(self._jumps)
        self.slow_callback_duration = 1.0

    def time(self) -> float:
        """Seconds since the loop was made, as far as anybody waited."""
        return self._jumps.jumped_s

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        self._jumps.working += 1
        job = super().run_in_executor(executor, func, *args)
        job.add_done_callback(self._worked)
        return job

    @contextmanager
    def held(self) -> Iterator[None]:
        """Time stands still meanwhile: another process is waited for."""
        self._jumps.working += 1
        try:
            yield
        finally:
            self._jumps.working -= 1

    def _worked(self, job: object) -> None:
        self._jumps.working -= 1


@contextmanager
def held() -> Iterator[None]:
    """Time stands still on the running loop, which must be a JumpingLoop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop), "only a JumpingLoop's time can be held"
    with loop.held():
        yield
