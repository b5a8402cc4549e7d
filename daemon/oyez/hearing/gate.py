"""Pure: from a flag each 10 ms ("sounds like speech") to "someone began to speak" and "stopped".

It opens when `onset_ms` of the last twice as much were speech, and closes when at most a tenth of the last `offset_ms`
was. While the device itself speaks it asks for `barge_in_ms` instead, or, where barge-in is off, never opens.
"""

from collections import deque
from typing import Literal

BLOCK_MS = 10
ONSET_WINDOW = 2
"""Speech has holes: stops between consonants. So the onset is looked for in a window of twice its length."""
QUIET_SHARE = 0.1
"""A VAD flickers on noise: so much of the offset window may still look like speech."""

Edge = Literal["started", "stopped"]


class Gate:
    """Time is the number of flags: one each 10 ms."""

    def __init__(self, onset_ms: int, offset_ms: int, barge_in_ms: int | None) -> None:
        """`barge_in_ms` None: speech over a reply is not heard."""
        self._onset = _blocks(onset_ms)
        self._barge_in = None if barge_in_ms is None else _blocks(barge_in_ms)
        self._offset = _blocks(offset_ms)
        longest = max(ONSET_WINDOW * max(self._onset, self._barge_in or 0), self._offset)
        self._flags: deque[bool] = deque(maxlen=longest)
        self._open = False
        self._replying = False

    @property
    def open(self) -> bool:
        return self._open

    def hear(self, voiced: bool) -> Edge | None:
        """The flag of the next 10 ms."""
        self._flags.append(voiced)
        if self._open:
            if len(self._flags) >= self._offset and self._voiced(self._offset) <= QUIET_SHARE * self._offset:
                return self._turn("stopped")
            return None
        onset = self._barge_in if self._replying else self._onset
        if voiced and onset is not None and self._voiced(ONSET_WINDOW * onset) >= onset:
            return self._turn("started")
        return None

    def replying(self, on: bool) -> None:
        """The device begins or ends to speak. At its beginning an utterance counts as over, and is not told."""
        if on and not self._replying:
            self.reset()
        self._replying = on

    def reset(self) -> None:
        """Closed, and nothing heard yet. Tells nothing."""
        self._open = False
        self._flags.clear()

    def _voiced(self, blocks: int) -> int:
        recent = list(self._flags)[-blocks:]
        return sum(recent)

    def _turn(self, edge: Edge) -> Edge:
        self._open = edge == "started"
        self._flags.clear()
        return edge


def _blocks(span_ms: int) -> int:
    return max(1, round(span_ms / BLOCK_MS))
