"""The only way out of the room: what is kept of the last seconds, and the tap with its hold.

Loop only. All times are monotonic seconds of capture.
"""

from collections.abc import Callable

import numpy as np

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.counters import Counters
from oyez.hearing.hold import Hold
from oyez.hearing.mixdown import Mono
from oyez.hearing.passage import Passage
from oyez.hearing.preroll import Preroll
from oyez.hearing.tap import Tap


class Outlet:
    """Blocks come in order; what leaves is in order, without a gap or a repetition."""

    def __init__(self, preroll_s: float, hold: Hold, counters: Counters) -> None:
        self.kept = Preroll(preroll_s)
        self._hold, self._counters = hold, counters
        self._passage = Passage()
        self._tap: Tap | None = None
        self._sink: Callable[[bytes], None] | None = None

    @property
    def is_open(self) -> bool:
        return self._tap is not None

    def open(self, since_s: float, sink: Callable[[bytes], None]) -> None:
        """At once what was kept since then, then each block as it comes. A tap that is open is closed first."""
        self.close()
        self._tap, self._sink = Tap(), sink
        self._passage.opened()
        self.repeat(since_s)

    def close(self) -> None:
        """Nothing leaves from here on; what did not fill a piece is forgotten."""
        self._tap = self._sink = None
        self._passage.closed()

    def give(self, block: Mono, end_s: float, *, unsure: bool) -> None:
        """The next block; silence in its place while it is held. unsure: it may be our own voice."""
        self.kept.put(block, end_s)
        if self._tap is not None:
            held = self._hold.holds(end_s - len(block) / RATE_HZ, end_s, unsure=unsure)
            self._let_out(np.zeros_like(block) if held else block)

    def given(self, until_s: float) -> None:
        """All that was captured until then was given."""
        if self._tap is not None:
            self._passage.given(until_s - self._tap.held_s)

    def repeat(self, since_s: float) -> None:
        """Lets out what was kept since then: it was held, or came before the tap was open."""
        self._let_out(self.kept.since(since_s))

    async def passed(self, time_s: float) -> None:
        """Returns when an open tap has let out all that was captured until then, or is closed."""
        await self._passage.reaches(time_s)

    def _let_out(self, samples: Mono) -> None:
        if self._tap is None:
            return
        for piece in self._tap.feed(samples):
            if self._sink is None:  # the sink closed the tap
                return
            self._counters.tap_bytes += len(piece)
            self._sink(piece)
