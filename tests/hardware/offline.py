"""What the daemon's own ears make of a recording: which wake words are in it, how much of an echo they take out."""

import numpy as np
import numpy.typing as npt

from oyez.config import Board, Hearing
from oyez.hearing.array.front import Picked
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.mixdown import mixdown
from oyez.hearing.near_end import NearEnd
from oyez.hearing.resampling import Resampler
from oyez.hearing.wake.bank import WakeBank
from oyez_hw.measuring.take import Take
from oyez_hw.pcm import Samples

PLAYED_S = 0.02
"""What is played is told in such pieces, as the playback thread does."""
AHEAD_S = 0.1
"""And so long before it is heard: it lies in the card's buffer."""
Mono = npt.NDArray[np.int16]


def at_ears_rate(captured: Samples, rate_hz: int) -> Mono:
    """All microphones as one, at the rate at which the daemon listens."""
    stream = Resampler(rate_hz, RATE_HZ)
    return np.concatenate([stream.feed(mixdown(captured)), stream.flush()])


def wakes(captured: Samples, rate_hz: int, word: str) -> int:
    """How often the daemon would have woken to it. Without a look at whether it is speech."""
    bank = WakeBank(Hearing(wake_words=(word,)))
    sound = at_ears_rate(captured, rate_hz)
    blocks = [(sound[at : at + BLOCK], (at + BLOCK) / RATE_HZ) for at in range(0, len(sound) - BLOCK + 1, BLOCK)]
    return sum(found.kind == "wake" for found in bank.hear(blocks, playing=False))


def without_echo(take: Take, played: Samples) -> tuple[Mono, Mono]:
    """(what was heard, the same without what we played), from the moment on at which the sound became audible.

    played: what `take.sound_start` begins, int16 (frames, channels).
    """
    heard, near_end = at_ears_rate(take.heard, take.capture_hz), NearEnd(Hearing(), Board())
    ends = np.arange(BLOCK, len(heard) + 1, BLOCK)
    ends_s = take.captured_s(ends.astype(np.float64) * (take.capture_hz / RATE_HZ))
    step = round(take.playback_hz * PLAYED_S)
    firsts = np.arange(0, len(played), step)
    audible_s = take.audible_s(take.sound_start + firsts)
    clean, told = [], 0
    for end, end_s in zip(ends, ends_s, strict=True):
        while told < len(firsts) and audible_s[told] < end_s + AHEAD_S:
            at = int(firsts[told])
            near_end.played(played[at : at + step], take.playback_hz, float(audible_s[told]))
            told += 1
        clean.append(near_end.hear(Picked(heard[end - BLOCK : end], None, float(end_s))).sound)
    begins = int(np.searchsorted(ends_s, audible_s[0])) * BLOCK
    return heard[begins : len(ends) * BLOCK], np.concatenate(clean)[begins:]
