"""Watches the loop from a thread of its own: a loop that hangs cannot say so itself.

It only writes down what it sees; the watchdog acts. A call that hangs and does not let go of Python's lock holds this
thread up as well: then nobody was seen, which is told too (last_words.py).
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from oyez.last_words import LastWords
from oyez_hw.crossing import Ticker, thread_id

LOOK_S = 1.0
OURS = Path(__file__).parents[1]


class Sentinel:
    """Make and `beat` it on the loop's thread."""

    def __init__(self, words: LastWords, clock: Callable[[], float], allowed_s: float) -> None:
        """allowed_s: the longest silence of the loop."""
        self._words, self._clock, self._allowed_s = words, clock, allowed_s
        self._loop, self._beaten_s = thread_id(), clock()
        self._missed = False
        self._ticker = Ticker(self._look, LOOK_S, "oyez-sentinel")

    def start(self) -> None:
        self.beat()
        self._ticker.start()

    def stop(self) -> None:
        self._ticker.stop()

    def beat(self) -> None:
        """The loop goes round."""
        self._beaten_s = self._clock()

    def _look(self) -> None:
        silent_s = self._clock() - self._beaten_s
        if silent_s > self._allowed_s:
            self._missed = True
            where = place(sys._current_frames().get(self._loop))
            self._words.silent(
                [f"the loop has been silent for {silent_s:.1f} s, {self._allowed_s:g} s are allowed{where}"]
            )
        elif self._missed:
            self._missed = False
            self._words.silent([])


def place(frame: FrameType | None) -> str:
    """Where it hangs, in our own files: `, at oyez/cards.py:12`; empty: nowhere in them."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(OURS) or path.is_relative_to(OURS.parent / "hw"):
            return f", at {path.parent.name}/{path.name}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
