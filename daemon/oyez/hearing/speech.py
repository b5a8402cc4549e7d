"""Pure: does this block sound like speech? A cheap judge asks, a better one answers.

The cheap one is WebRTC's VAD (Gaussian mixtures on six bands), which runs always. What it lets pass has to stand above
the room's floor, so that a steady noise is silence after a few seconds whatever it sounds like, and has to convince
earshot, a small neural network that is woken with the sound of the last third of a second and sleeps again soon
after. How the constants were chosen, and what each judge is worth: docs/vad.md.
"""

from collections import deque

import earshot
import numpy as np
import webrtcvad

from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.floor import Floor
from oyez.hearing.mixdown import Mono

STANDS = 10 ** (4.5 / 10)
"""4.5 dB above the floor: what a talker as loud as the noise reaches in most syllables, and steady noise rarely."""
STANDS_BLOCKS = 10
"""For so long after it stood out a sound may be below: consonants are weak."""


class SpeechJudge:
    """Time is the number of blocks: one each 10 ms."""

    def __init__(self, mode: int, second: bool = True) -> None:
        """mode: of the cheap judge, 0 (lets most pass) to 3. second: ask the better one, too. Raises ValueError."""
        if not 0 <= mode <= 3:
            raise ValueError(f"a WebRTC VAD has the modes 0 to 3, not {mode}")
        self._cheap = webrtcvad.Vad(mode)
        self._better = BetterJudge() if second else None
        self.floor = Floor()
        """The room's, for whoever wants to know it: noise_dbfs, snr_db."""
        self.suspected = False
        """The last block passed the cheap judge and stood above the floor: liberal, for what must miss nothing."""
        self._stood = 0

    def voiced(self, block: Mono, *, wanted: bool = True) -> bool:
        """block: int16 at 16 kHz, (160,). wanted: False where nobody needs the answer: the better judge is not asked,
        and the answer is no."""
        self.floor.hear(block)
        self._stood = STANDS_BLOCKS if self.floor.stands(STANDS) else self._stood - 1
        self.suspected = self._cheap.is_speech(block.tobytes(), RATE_HZ) and self._stood > 0
        asked = self.suspected and wanted
        return asked if self._better is None else self._better.agrees(block, asked=asked) and asked

    @property
    def probability(self) -> float:
        """The better judge's last, 0 to 1; 0 while it sleeps. Without one 1 or 0."""
        return float(self.suspected) if self._better is None else self._better.probability


FRAME = 256
"""Samples that earshot wants at once: 16 ms."""
BEGINS, LASTS = 0.4, 0.3
"""Probability at which speech begins, and under which it is over. Without speech it says 0.1 to 0.2; at its own middle,
0.5, a third of distant speech is lost."""
AWAKE_BLOCKS = 100
"""It sleeps so long after it was last asked: longer than the pauses between words, so that it seldom wakes cold."""
CONTEXT = 20 * FRAME
"""With so many samples (320 ms) it is woken: after them a cold one says within 0.07 what a warm one says."""


class BetterJudge:
    """earshot, which is asked only sometimes."""

    def __init__(self) -> None:
        self._network = earshot.Detector()
        self._kept: deque[Mono] = deque(maxlen=CONTEXT // BLOCK)
        self._rest: Mono = np.zeros(0, np.int16)
        self._awake = 0
        self._speech = False
        self.probability = 0.0

    def agrees(self, block: Mono, *, asked: bool) -> bool:
        """That this is speech. Every block is to be given, asked or not. False while it sleeps."""
        self._kept.append(block)
        if asked and not self._awake:
            self._wake()
        elif self._awake:
            self._hear(block)
        self._awake = AWAKE_BLOCKS if asked else max(0, self._awake - 1)
        if not self._awake:
            self._speech, self.probability = False, 0.0
        return self._speech

    def _wake(self) -> None:
        self._network.reset()
        self._rest = np.zeros(0, np.int16)
        self._hear(np.concatenate(list(self._kept)))

    def _hear(self, samples: Mono) -> None:
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) - len(sound) % FRAME
        for start in range(0, whole, FRAME):
            self.probability = self._network.predict_i16(sound[start : start + FRAME])
            self._speech = self.probability >= (LASTS if self._speech else BEGINS)
        self._rest = sound[whole:]
