"""Pure: a microWakeWord model's word, confirmed or refused by a head on the speech embedding; one score of both.

The model alone loses words whose score stays under its cut-off, in noise and in echoing rooms: of the development
recordings 97 to 100 % of them rise above 0.2 all the same. Of what does, the head knows most sound-alikes apart.
"""

import math
from collections import deque

from oyez.hearing.wake.head import Head
from oyez.hearing.wake.micro import MicroModel
from oyez.hearing.wake.sound import WakeSound

CANDIDATE = 0.2
"""Model scores above it are worth the head's while: it then costs as much as two words, for a second or two."""
TOGETHER_BLOCKS = 40
"""Model and head need not be at their highest in the same moment: the best of the last 0.4 s count."""
HEAD_MOST = 8.0
"""Log odds of the head beyond it are bragging: it has heard synthetic voices only."""
MODEL_LEAST = 1e-3
"""Probabilities nearer to 0 and 1 are as good as these: 8-bit models know no finer."""


class VerifiedWord:
    """Looks at a WakeSound after each of its blocks; score between 0 and 1, 0 while the model hears nothing at all."""

    def __init__(self, model: MicroModel, head: Head | None) -> None:
        self.word = model.word
        self._model, self._head = model, head
        self.reset()

    def reset(self) -> None:
        self._model.reset()
        self._scores: deque[float] = deque([0.0] * TOGETHER_BLOCKS, maxlen=TOGETHER_BLOCKS)
        self._step = -1
        self._head_odds = -HEAD_MOST
        self.why = ""

    def warm(self, sound: WakeSound) -> None:
        """Takes in the sound's last block, and what the model says of it is not believed."""
        self._model.feed(sound.features)
        self._scores.append(0.0)

    def hear(self, sound: WakeSound) -> float:
        """The score by the end of the sound's last block."""
        self._scores.append(self._model.feed(sound.features))
        best = max(self._scores)
        if self._head is None:
            self.why = f"model {self._model.score:.2f}"
            return self._model.score
        if best <= CANDIDATE:
            self._step = -1
            return 0.0
        windows = sound.rows()
        if not windows:
            self.why = f"model {best:.2f}, too little sound for the second judge"
            return best
        if sound.row_count != self._step:
            self._step = sound.row_count
            self._head_odds = max(self._head.logit(window) for window in windows)
        self.why = f"model {best:.2f}, second judge {odds_to_score(self._head_odds):.2f}"
        return fused(best, self._head_odds)


def fused(model: float, head_odds: float) -> float:
    """One score, 0 to 1, of a model's probability and a head's log odds: the mean of both log odds."""
    kept = min(max(model, MODEL_LEAST), 1.0 - MODEL_LEAST)
    heard = min(max(head_odds, -HEAD_MOST), HEAD_MOST)
    return odds_to_score((math.log(kept / (1.0 - kept)) + heard) / 2)


def odds_to_score(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))
