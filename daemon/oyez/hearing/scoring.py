"""The ears' worker: native models in a thread of their own, GIL freed; beyond its bound some is skipped."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from oyez.hearing.counters import Counters

MOST_WAITING = 24
"""Frames that may wait for the worker; past it scoring is skipped, never the tap."""

Result = TypeVar("Result")


class Scoring:
    """Methods are for the loop's thread alone."""

    def __init__(self, counters: Counters, clock: Callable[[], float]) -> None:
        self._counters, self._clock = counters, clock
        self._worker: ThreadPoolExecutor | None = None
        self._jobs: dict[asyncio.Future[Any], int] = {}
        """And how many frames each scores."""
        self._epoch = 0
        """Counts forgettings: what was scored of sound from before one is not believed."""
        self._excused_until_s = 0.0
        self.failure: BaseException | None = None
        """What a model raised; its owner raises it again where somebody can act on it."""

    @property
    def idle(self) -> bool:
        """The worker has nothing to do."""
        return not self._jobs

    @property
    def proof_s(self) -> float:
        """When sound was last scored, or now while something is in hand that may take its time: proof of life."""
        return max(self._counters.last_scored_s, min(self._clock(), self._excused_until_s))

    def score_here(self, work: Callable[[], Result], then: Callable[[Result], None], frames: int) -> None:
        """As score(), at once on the loop: for less than a millisecond of work, and only while the worker is idle."""
        assert self.idle
        try:
            result = work()
        except Exception as error:  # raised again by its owner, as if it came from the worker
            self.failure = error
            return
        self._counters.frames_scored += frames
        self._counters.last_scored_s = self._clock()
        then(result)

    def score(self, work: Callable[[], Result], then: Callable[[Result], None], frames: int) -> None:
        """`work` in the worker, `then` on the loop with its answer, unless all was forgotten meanwhile.

        frames: of sound that it scores, for the counters. Skipped and counted when too much waits already.
        """
        if sum(self._jobs.values()) + frames > MOST_WAITING:
            self._counters.scoring_skipped += frames
            return
        epoch = self._epoch

        def scored(result: Result) -> None:
            self._counters.frames_scored += frames
            self._counters.last_scored_s = self._clock()
            if epoch == self._epoch:
                then(result)

        self.run(work, scored, frames)

    def run(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None] = lambda result: None,
        frames: int = 0,
        takes_s: float = 0.0,
    ) -> None:
        """As score(), but never skipped and always believed. takes_s: so long nothing may be scored because of it."""
        if takes_s:
            self._excused_until_s = self._clock() + takes_s
        if self._worker is None:
            self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="oyez-ears")
        job = asyncio.get_running_loop().run_in_executor(self._worker, work)
        self._jobs[job] = frames
        job.add_done_callback(lambda done: self._ended(done, then, excused=takes_s > 0.0))

    def forget(self) -> None:
        """What is being scored now will not be believed."""
        self._epoch += 1

    async def settled(self) -> None:
        """Waits until all that was handed over so far has been done."""
        while self._jobs:
            await asyncio.wait(set(self._jobs))

    def close(self) -> None:
        """Ends the worker. Idempotent."""
        if self._worker is not None:
            self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = None

    def _ended(self, job: "asyncio.Future[Result]", then: Callable[[Result], None], excused: bool) -> None:
        del self._jobs[job]
        if excused:
            self._excused_until_s = self._clock()
        if job.cancelled():
            return
        error = job.exception()
        if error is not None:
            self.failure = error
            return
        then(job.result())
