"""Pure: collects the recordings of a new wake phrase, one utterance each, from what the ears hear.

enroller = Enroller(name, now_s)             # a recording is asked for: a chime, then the person speaks
told = enroller.hear(block, end_s, voiced)   # each 10 ms; an EnrolmentHeard when a recording was taken or refused
told = enroller.tick(now_s)                  # an EnrolmentEnded when nobody spoke for PATIENCE_S
if enroller.complete: ... finish(enroller.name, enroller.recordings, state, room)   # blocking: the ears' worker
"""

from collections import deque
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from oyez.events import EnrolmentEnded, EnrolmentHeard
from oyez.hearing.enrolment.enrolled import Phrase, save
from oyez.hearing.enrolment.learn import LEAST_RECORDINGS, Refused, learn
from oyez.hearing.enrolment.negatives import shipped
from oyez.hearing.enrolment.recording import refusal
from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.embedding import Floats

PATIENCE_S = 15.0
"""So long nobody speaks: they went away."""
MOST_REFUSED = 5
"""In a row; then something is wrong that a person must look at."""
SETTLE_S = 0.6
"""After the chime is asked for, what is heard may be the chime."""
BEFORE_S = 0.5
"""Kept from before the onset: the room, against which the phrase is measured, and the first sound of the phrase."""
ONSET_BLOCKS, OFFSET_BLOCKS = 8, 50
"""So many voiced blocks of the last 12 begin an utterance, so many unvoiced ones in a row end it."""
LONGEST_S = 4.0
"""An utterance that goes on longer is talk, not a phrase: it is judged as it is, and refused."""


class Enroller:
    """Times are monotonic seconds and never fall. After `complete` or an EnrolmentEnded it hears nothing more."""

    def __init__(self, name: str, now_s: float, wanted: int = LEAST_RECORDINGS, order_id: str | None = None) -> None:
        self.name, self.wanted, self.order_id = name, wanted, order_id
        self.recordings: list[Mono] = []
        self.ended = False
        self._refused = 0
        self._since_s = now_s
        self._speaking, self._silent = False, 0
        self._blocks: deque[Mono] = deque()
        self._last_flags: deque[bool] = deque(maxlen=12)

    @property
    def complete(self) -> bool:
        """All recordings are there: call finish() with them."""
        return len(self.recordings) >= self.wanted

    def hear(self, block: Mono, end_s: float, voiced: bool) -> EnrolmentHeard | EnrolmentEnded | None:
        """block: 10 ms of int16 at 16 kHz that ended at end_s. What it brought to an end, if anything."""
        if self.ended or self.complete or end_s < self._since_s + SETTLE_S:
            return None
        self._last_flags.append(voiced)
        self._blocks.append(block)
        self._silent = 0 if voiced else self._silent + 1
        if not self._speaking:
            self._speaking = sum(self._last_flags) >= ONSET_BLOCKS
            while not self._speaking and len(self._blocks) > BEFORE_S * 100:
                self._blocks.popleft()
            return self.tick(end_s)
        if self._silent >= OFFSET_BLOCKS or len(self._blocks) >= LONGEST_S * 100:
            return self._taken(end_s)
        return None

    def tick(self, now_s: float) -> EnrolmentEnded | None:
        """Gives up when nobody spoke for PATIENCE_S."""
        if self.ended or self.complete or self._speaking or now_s < self._since_s + PATIENCE_S:
            return None
        return self._end(f"Nobody said the phrase for {PATIENCE_S:g} s. Nothing was learned.")

    def _taken(self, end_s: float) -> EnrolmentHeard | EnrolmentEnded:
        sound = np.concatenate(list(self._blocks))
        why = refusal(sound)
        self._listen(end_s)
        if not why:
            self._refused = 0
            self.recordings.append(sound)
        else:
            self._refused += 1
            if self._refused >= MOST_REFUSED:
                return self._end(f"{why} Nothing was learned.")
        return EnrolmentHeard(self.name, len(self.recordings), self.wanted, why)

    def _listen(self, now_s: float) -> None:
        self._since_s = now_s
        self._speaking, self._silent = False, 0
        self._blocks.clear()
        self._last_flags.clear()

    def _end(self, sentence: str) -> EnrolmentEnded:
        self.ended = True
        return EnrolmentEnded(self.name, False, sentence, self.order_id)


def finish(
    name: str, recordings: Sequence[Mono], state: Path, room: Sequence[Floats] = (), order_id: str | None = None
) -> EnrolmentEnded:
    """Learns the phrase and keeps it in the state folder; seconds on a small board, so not on the loop's thread.

    room: embedding rows of what was heard while nobody called, each (n, 96). It never raises for what a person can
    mend: the sentence says it. find() and load() of enrolled.py then give it to the ears.
    """
    try:
        phrase = Phrase(name, learn(recordings, shipped(), room), len(recordings))
        save(phrase, state)
    except Refused as why:
        return EnrolmentEnded(name, False, str(why), order_id)
    except OSError as error:
        return EnrolmentEnded(name, False, f"The phrase could not be kept: {error.strerror or error}.", order_id)
    return EnrolmentEnded(name, True, phrase.sentence(), order_id)
