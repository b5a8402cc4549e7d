"""Pure: over the device's own voice, does somebody speak *to it*? How likely, by block, and how loud they must be.

Page's cumulative sum (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954, section 2): each 10 ms gives
evidence for or against a talker, the sum never falls below nothing, and a talker is suspected when it is high enough.
So strong evidence decides within a syllable and weak evidence takes longer. Evidence of a block is

- what the better judge of speech gives for it, as logarithmic odds, and
- how far what the canceller left stands above what it usually leaves of our own voice (the leak). The leak is learned
  while nobody is suspected, so that a room that echoes for seconds asks for more than a dead one.

Who is much softer than the one who talks with us, or no louder than what sounded before we began, is not speaking to
us: the television is not. How the constants were chosen, and what comes of them: docs/barge-in.md.
"""

import math
from collections import deque

import numpy as np

from oyez.hearing.floor import power_of
from oyez.hearing.mixdown import Mono

PER_100_MS = 8.0
"""Evidence that suspects a talker, for each 100 ms of `suspect_ms`: what speech that leaves no doubt gives in 20 ms,
and speech of which the better judge is just convinced, as loud as the leak, in 80."""
ODDS_BIAS = 1.25
"""Nepers in favour of speech: over our own voice the better judge hears a talker with holes bitten into them."""
SURE = 0.5
"""Probability of speech without which nothing counts for the verdict: its hysteresis is for the ends of sentences."""
MOST = 3.0
"""Neither kind of evidence counts for more in one block: none of them decides alone at once."""
LEVEL_SPAN_DB = 6.0
"""So far above the leak is one neper."""
DRAIN = 1.0
"""Lost with each block that is not speech at all."""

LEAK_FIRST_DB = -16.0
"""Of what the loudspeaker plays, as full scales: before anything is known. A canceller that has just begun leaves more,
which the better judge has to bear alone."""
SECOND = 1.0
"""Nepers by which the leak's word may outdo the better judge's: a canceller that lost its way is no talker."""
LEAK_SHARE = 0.98
"""So many blocks leave no more than the leak."""
LEAK_STEP_DB = 0.1
LEAK_LATE = 30
"""Blocks after which one teaches: those that led to a suspicion never do."""
MISTAKEN_DB = 3.0
"""A suspicion that was wrong while we spoke: that much more may be left of us than was thought."""
WARIER, WARIEST, CALMER = 1.5, 4.0, 0.7
"""And so much more evidence is asked for, until some replies have passed: one false pause is not to bring the next."""
ROOM_DB = 0.4
"""A room's answer falls by so much each 10 ms: 1.5 s of reverberation time, as in an empty room with hard walls."""
AUDIBLE_DB = -50.0
"""The loudspeaker's sound counts from here on, dBFS."""

SMOOTH = 0.7
"""Of the power whose level is judged, a block: about 30 ms."""
BELOW_US_DB = 8.0
"""So much softer than they were before somebody who talks with us may be: they turn away, and syllables differ."""
LOUDER_DB = 12.0
"""The louder part of what somebody says: within so much of their loudest syllable."""
SURELY_US_DB = 6.0
"""Whoever is that near to their level is heard, whatever sounds in the background."""
ABOVE_BACKGROUND_DB = 3.0
BACKGROUND_SHARE = 90.0
"""Percentile of the room's levels: a television's louder syllables, and no door that slams."""
HUSH_BLOCKS = 30
"""After so much silence another utterance begins."""
WAKE_BLOCKS = 120
"""A wake phrase is not longer, with what passes until it is recognised."""
SHORTEST_BLOCKS = 20
"""Of speech: less was no utterance to know a level by."""
BACKGROUND_BLOCKS = 1000
QUIETEST_DB = -90.0


class Talker:
    """Time is the number of blocks: one each 10 ms."""

    def __init__(self, suspect_ms: int) -> None:
        self._enough = PER_100_MS * suspect_ms / 100
        self._sum = 0.0
        self._said: deque[float] = deque(maxlen=WAKE_BLOCKS)
        """Powers."""
        self._hush = 0
        self._wary = 1.0
        self._far_db = QUIETEST_DB
        self._leak_db = LEAK_FIRST_DB
        self._unlearned: deque[float] = deque()
        self._replying = False
        self._least_db = QUIETEST_DB
        self.levels = Levels()

    @property
    def leak_db(self) -> float:
        """What is left of our own voice, relative to what is played."""
        return self._leak_db

    @property
    def suspected(self) -> bool:
        return self._sum >= self._enough * self._wary

    def hear(
        self, power: float, far: Mono, *, voiced: bool, probability: float, addressed: bool, maybe: bool | None = None
    ) -> bool:
        """Whether this block counts as speech to us, over a reply as well as in its pauses.

        power: of the canceller's output (floor.power_of). far: int16 at 16 kHz, (160,), what was played. voiced: both
        judges agree that it is speech. probability: the better one's, 0 to 1. maybe: the cheap judge alone says so;
        None: as voiced. addressed: a conversation goes on and somebody speaks in it.
        """
        self.levels.hear(power, addressed=addressed, voiced=voiced, replying=self._replying)
        if not self._replying:
            return voiced
        level_db = _db(self.levels.power)
        self._far_db = max(_db(power_of(far)), self._far_db - ROOM_DB, QUIETEST_DB)
        ours = self._far_db > AUDIBLE_DB
        near = level_db >= self._least_db and (voiced if maybe is None else maybe)
        left_db = _db(power) - self._far_db
        evidence = self._evidence(left_db, probability) if near else -DRAIN
        self._sum = min(max(0.0, self._sum + evidence), self._enough * self._wary)
        self._weigh(voiced)
        if ours:
            self._learn(left_db)
        sure = voiced and probability >= SURE
        return sure and bool(self._said) and _spoken_db(self._said) >= self._least_db

    def replying(self, on: bool) -> None:
        """The device begins or ends to speak."""
        if on and not self._replying:
            self._least_db, self._far_db = self.levels.least_db(), QUIETEST_DB
            self._wary = max(1.0, self._wary * CALMER)
        self._replying = on
        self._unlearned.clear()
        self._forget()

    def woken(self) -> None:
        """The wake word was heard just now: this is how loud they are."""
        self.levels.woken()

    def mistaken(self) -> None:
        """What was suspected was nobody who speaks to us."""
        self._forget()
        self._leak_db = min(self._leak_db + MISTAKEN_DB, 0.0)
        self._wary = min(self._wary * WARIER, WARIEST)

    def _forget(self) -> None:
        self._sum = 0.0
        self._said.clear()

    def _weigh(self, voiced: bool) -> None:
        """Syllables differ by 20 dB, so who speaks is as loud as the loudest of what was heard without a long hole."""
        self._hush = 0 if voiced else self._hush + 1
        if self._hush >= HUSH_BLOCKS:
            self._said.clear()
        elif voiced:
            self._said.append(self.levels.power)

    def _evidence(self, left_db: float, probability: float) -> float:
        sure = min(max(probability, 0.01), 0.99)
        odds = _within(math.log(sure / (1.0 - sure)) + ODDS_BIAS)
        return odds + min(_within((left_db - self._leak_db) / LEVEL_SPAN_DB), odds + SECOND)

    def _learn(self, left_db: float) -> None:
        """A quantile, step by step: up by the share, down by the rest of it."""
        if self.suspected:
            self._unlearned.clear()
            return
        self._unlearned.append(left_db)
        if len(self._unlearned) > LEAK_LATE:
            above = self._unlearned.popleft() > self._leak_db
            self._leak_db += LEAK_STEP_DB * (LEAK_SHARE if above else LEAK_SHARE - 1.0)


class Levels:
    """How loud the one is who talks with us, and what sounds in the room besides; powers of about 30 ms."""

    def __init__(self) -> None:
        self.power = 0.0
        """Now."""
        self._last: deque[float] = deque(maxlen=WAKE_BLOCKS)
        self._background: deque[float] = deque(maxlen=BACKGROUND_BLOCKS)
        self._utterance: deque[float] = deque(maxlen=BACKGROUND_BLOCKS)
        self._wake_db: float | None = None
        self.user_db: float | None = None
        """dBFS. None: not known."""

    def hear(self, power: float, *, addressed: bool, voiced: bool, replying: bool) -> None:
        """A block of this power. addressed: somebody speaks to us. replying: our own voice may be in it."""
        self.power += (1.0 - SMOOTH) * (power - self.power)
        self._last.append(self.power)
        if addressed and not replying:
            if voiced:
                self._utterance.append(self.power)
            return
        self._utterance_ends()
        if not replying:
            self._background.append(self.power)

    def woken(self) -> None:
        if self._last:
            self._wake_db = self.user_db = _spoken_db(self._last)
        for _ in range(min(WAKE_BLOCKS, len(self._background))):  # which is no background
            self._background.pop()
        self._utterance.clear()

    def least_db(self) -> float:
        """Who speaks to us is at least so loud."""
        background_db = QUIETEST_DB
        if self._background:
            background_db = _db(float(np.percentile(np.fromiter(self._background, float), BACKGROUND_SHARE)))
        self._utterance_ends()
        if self.user_db is None:
            return background_db + ABOVE_BACKGROUND_DB
        likely_db = max(self.user_db - BELOW_US_DB, background_db + ABOVE_BACKGROUND_DB)
        return min(likely_db, self.user_db - SURELY_US_DB)

    def _utterance_ends(self) -> None:
        """What was said may have been the television's: nobody is much softer than they were when they woke us."""
        if len(self._utterance) < SHORTEST_BLOCKS:
            self._utterance.clear()
            return
        said_db = _spoken_db(self._utterance)
        self._utterance.clear()
        self.user_db = said_db if self._wake_db is None else max(said_db, self._wake_db - SURELY_US_DB)


def _spoken_db(powers: deque[float]) -> float:
    """Mean power of the louder part, in dBFS."""
    least = max(powers) * 10 ** (-LOUDER_DB / 10)
    loud = [power for power in powers if power >= least]
    return _db(sum(loud) / len(loud))


def _db(power: float) -> float:
    return 10 * math.log10(power) if power > 1e-9 else QUIETEST_DB


def _within(nepers: float) -> float:
    return min(max(nepers, -MOST), MOST)
