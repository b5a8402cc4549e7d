"""The only threads, and what sound crosses them in: nobody else may import threading.

Inbox: from a card's thread into the loop. Outbox: from the loop to a card's thread. Both are bounded and counted.
`capture.py` and `playback.py` are made of these.
"""

import asyncio
import contextlib
import logging
import os
import resource
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache, partial

from oyez_hw.faults import Fault
from oyez_hw.pcm import Frame, Samples
from oyez_hw.ports import HardwareError

log = logging.getLogger(__name__)

JOIN_S = 2.0
"""A card's thread comes back within a period; one that hangs in its driver is left behind after this."""


def guard() -> AbstractContextManager[bool]:
    """A re-entrant lock, for what several threads share."""
    return threading.RLock()


def call_in(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *args: object) -> None:
    """From a card's thread. A loop that is already closed has nobody left to tell."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(callback, *args)


def thread_id() -> int:
    """Of the thread that asks, as `sys._current_frames` names it."""
    return threading.get_ident()


RTPRIO = 5
"""Priority of the threads that read and write the cards: above all usual threads, below the kernel's."""


def go_first() -> bool:
    """The calling thread is scheduled ahead of all usual ones (SCHED_RR). False: it may not.

    Only where the service manager grants it on purpose (LimitRTPRIO=), and not wherever root runs a test."""
    if resource.getrlimit(resource.RLIMIT_RTPRIO)[0] < RTPRIO:
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(RTPRIO))
    except OSError:
        return False
    return True


@cache
def _tell_usual() -> None:
    """Once in a process."""
    log.info("The sound threads run at usual priority (no LimitRTPRIO): on a busy board sound may stutter.")


def _ahead(target: Callable[[], None]) -> None:
    if not go_first():
        _tell_usual()
    target()


class Worker:
    """A named daemon thread. `target` catches what it raises: nobody else would see it."""

    def __init__(self, target: Callable[[], None], name: str, *, first: bool = False) -> None:
        """first: it is to be scheduled ahead of others, where that is allowed."""
        work = partial(_ahead, target) if first else target
        self._thread = threading.Thread(target=work, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        self._thread.join(JOIN_S)

    async def over(self) -> bool:
        """As join(), without holding up the loop. False: it hangs."""
        await asyncio.to_thread(self.join)
        return not self.alive

    def require_over(self, ending: bool, name: str) -> None:
        """Before another is started. Raises RuntimeError when nobody ended this one, HardwareError when it hangs."""
        if not ending and self.alive:
            raise RuntimeError(f"this {name} runs already: stop() it before it is started again")
        self.join()
        if self.alive:
            raise HardwareError(
                "the sound card's driver hangs and does not come back: unplug the card or restart", Fault.HUNG
            )


class Inbox:
    """Frames from the capture thread to the loop. Holds `buffer_s`; past it the oldest is dropped and counted."""

    def __init__(self, loop: asyncio.AbstractEventLoop, buffer_s: float) -> None:
        self._loop = loop
        self._buffer_s = buffer_s
        self._lock = threading.Lock()
        self._frames: deque[Frame] = deque()
        self._held_s = 0.0
        self._ended = False
        self._changed = asyncio.Event()
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        """From the capture thread. Never blocks."""
        with self._lock:
            self._frames.append(frame)
            self._held_s += frame.duration_s
            while self._held_s > self._buffer_s and len(self._frames) > 1:
                self._held_s -= self._frames.popleft().duration_s
                self.dropped += 1
        call_in(self._loop, self._changed.set)

    def end(self) -> None:
        """From the capture thread: what is held may still be taken, nothing more comes."""
        with self._lock:
            self._ended = True
        call_in(self._loop, self._changed.set)

    async def get(self) -> Frame | None:
        """In the loop: the oldest frame, or None after the end."""
        while True:
            with self._lock:
                if self._frames:
                    frame = self._frames.popleft()
                    self._held_s -= frame.duration_s
                    return frame
                if self._ended:
                    return None
            self._changed.clear()  # a set() for what came since the look is still queued in the loop: nothing is missed
            await self._changed.wait()


class OutboxFull(HardwareError):
    """More sound was queued than the Outbox holds. Nothing of the refused chunk was taken."""


class Outbox:
    """Sound from the loop to the playback thread, each frame numbered in the order in which it was put."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._changed = threading.Condition()
        self._woken = False
        self._chunks: deque[tuple[int, Samples]] = deque()
        self._held_frames = 0
        self._put_frames = 0

    @property
    def held_frames(self) -> int:
        return self._held_frames

    @property
    def put_frames(self) -> int:
        """The index that the next frame will have."""
        return self._put_frames

    def put(self, samples: Samples, rate_hz: int) -> int:
        """The index of the first frame. Raises OutboxFull past the limit; nothing is taken then."""
        with self._changed:
            if self._held_frames + len(samples) > self._limit_s * rate_hz:
                raise OutboxFull(f"more than {self._limit_s:g} s of sound are queued: wait until some was played")
            start = self._put_frames
            if len(samples):
                self._chunks.append((start, samples))
            self._put_frames += len(samples)
            self._held_frames += len(samples)
            self._wake()
        return start

    def take(self, most_frames: int) -> tuple[int, Samples] | None:
        """The next frames with the index of their first; None when there are none."""
        with self._changed:
            if not self._chunks:
                return None
            start, samples = self._chunks.popleft()
            if len(samples) > most_frames:
                self._chunks.appendleft((start + most_frames, samples[most_frames:]))
                samples = samples[:most_frames]
            self._held_frames -= len(samples)
            return start, samples

    def forget(self) -> None:
        """All that was put and not taken. Its indices are passed over; whoever waits is woken."""
        with self._changed:
            self._chunks.clear()
            self._held_frames = 0
            self._wake()

    def wake(self) -> None:
        """Ends the wait of the playback thread."""
        with self._changed:
            self._wake()

    def wait(self, timeout_s: float) -> None:
        """In the playback thread: until something was put, forgotten or woken since the last wait."""
        with self._changed:
            if not self._woken:
                self._changed.wait(timeout_s)
            self._woken = False

    def _wake(self) -> None:
        self._woken = True
        self._changed.notify_all()


class Ticker:
    """Calls `work` every `period_s` in a thread of its own. What `work` raised ends it and is kept in `error`."""

    def __init__(self, work: Callable[[], None], period_s: float, name: str) -> None:
        self._work, self._period_s = work, period_s
        self._stopping = threading.Event()
        self.error: Exception | None = None
        self._name = name
        self._worker: Worker | None = None

    def start(self) -> None:
        self._worker = Worker(self._run, self._name)

    def stop(self) -> None:
        """Idempotent; waits for the work in hand."""
        self._stopping.set()
        if self._worker is not None:
            self._worker.join()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(self._period_s):
                self._work()
        except Exception as error:
            self.error = error
