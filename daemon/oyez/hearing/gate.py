"""Pure: from a flag each 10 ms ("sounds like speech") to "someone began to speak" and "stopped".

It opens when `onset_ms` of the last twice as much were speech, and closes when at most a tenth of the last `offset_ms`
was. While the device itself speaks it first *suspects*, when it is told to or `barge_in_ms` were speech, so that the
reply can be paused at once. Then it opens after `barge_in_ms` of speech, or dismisses what turns out to be a cough,
within `answer_ms`. Where barge-in is off, it does nothing while the device speaks.
"""

from collections import deque
from typing import Literal

BLOCK_MS = 10
ONSET_WINDOW = 2
"""Speech has holes: stops between consonants. So the onset is looked for in a window of twice its length."""
QUIET_SHARE = 0.1
"""A VAD flickers on noise: so much of the offset window may still look like speech."""
CREDIT_MS = 100
"""Of what was heard before the suspicion no more counts for the verdict: our own voice may be in it."""
SETTLE_MS = 100
"""So long after it our own voice may still sound: within it nothing counts."""
HOLE_MS = 150
"""Longer than the stop of a consonant: what was heard before such a silence is another utterance."""
HUSH_MS = 300
"""Longer than a stop or a short breath within a sentence: who is suspected and so long silent, spoke no sentence."""

Edge = Literal["suspected", "dismissed", "started", "stopped"]


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
        self._suspected: int | None = None
        """Blocks since the suspicion; None: there is none."""
        self._hush = 0
        self._age = 0

    @property
    def open(self) -> bool:
        return self._open

    @property
    def suspects(self) -> bool:
        return self._suspected is not None

    @property
    def answer_ms(self) -> int:
        """After a suspicion "started" or "dismissed" comes within this."""
        return ONSET_WINDOW * (self._barge_in or 0) * BLOCK_MS + SETTLE_MS

    @property
    def utterance_ms(self) -> int:
        """How long ago that began which made it open last: the first flag of speech of it."""
        return self._age * BLOCK_MS

    def hear(self, voiced: bool, *, suspect: bool = False) -> Edge | None:
        """The flag of the next 10 ms. suspect: over a reply, it begins to look as if somebody spoke to us."""
        self._flags.append(voiced)
        if self._open:
            self._age += 1
            if len(self._flags) >= self._offset and self._voiced(self._offset) <= QUIET_SHARE * self._offset:
                return self._turn("stopped")
            return None
        if self._replying:
            return self._over_reply(voiced, suspect)
        if voiced and self._voiced(ONSET_WINDOW * self._onset) >= self._onset:
            return self._turn("started")
        return None

    def replying(self, on: bool) -> None:
        """The device begins or ends to speak. At its beginning an utterance counts as over, and is not told. At its end
        a suspicion is forgotten, and what was heard of it counts for the next onset."""
        if on and not self._replying:
            self.reset()
        self._replying, self._suspected = on, None

    def reset(self) -> None:
        """Closed, and nothing heard yet. Tells nothing."""
        self._open, self._suspected = False, None
        self._flags.clear()

    def _over_reply(self, voiced: bool, suspect: bool) -> Edge | None:
        if self._barge_in is None:
            return None
        if self._suspected is None:
            if suspect or self._voiced(ONSET_WINDOW * self._barge_in) >= self._barge_in:
                self._suspected = self._hush = 0
                self._age = self._utterance()
                self._flags = deque(list(self._flags)[-_blocks(CREDIT_MS) :], self._flags.maxlen)
                return "suspected"
            return None
        self._suspected += 1
        self._age += 1
        if self._suspected <= _blocks(SETTLE_MS):
            self._flags.pop()
        self._hush = 0 if voiced else self._hush + 1
        if voiced and self._voiced(ONSET_WINDOW * self._barge_in) >= self._barge_in:
            return self._turn("started")
        if self._hush * BLOCK_MS >= HUSH_MS or self._suspected * BLOCK_MS >= self.answer_ms:
            return self._turn("dismissed")
        return None

    def _voiced(self, blocks: int) -> int:
        recent = list(self._flags)[-blocks:]
        return sum(recent)

    def _turn(self, edge: Edge) -> Edge:
        if edge == "started" and self._suspected is None:
            self._age = self._utterance()
        self._open, self._suspected = edge == "started", None
        self._flags.clear()
        return edge

    def _utterance(self) -> int:
        """Blocks since the first flag of speech before which there was a long hole, or nothing is known."""
        begun = 0
        for age, flag in enumerate(reversed(self._flags), 1):
            if flag:
                begun = age
            elif age - begun > _blocks(HOLE_MS):
                break
        return begun


def _blocks(span_ms: int) -> int:
    return max(1, round(span_ms / BLOCK_MS))
