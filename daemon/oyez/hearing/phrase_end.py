"""Pure: where the wake phrase ended and the request begins.

The bank answers from 400 ms before the last sound of the phrase to 400 ms after it, mostly 0 to 100 ms after it, so its
moment alone would swallow the first word or send half the wake phrase. Between words there is mostly a dip in level:
the request begins in the dip of the last 350 ms that is both deep and likely. A first word cut off costs the request,
so going later than the likely point costs three times as much as going earlier. But a rest of the wake phrase is not
harmless either: a recogniser that hears 150 ms of it writes "This" before the request, or something else for its first
word. So the constants were chosen from a grid by what a recogniser makes of the request; the figures, and those of what
they replaced, are in docs/noise.md and come from tests/bench/phrase_end.py.
"""

import numpy as np

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono

WINDOW_S = 0.35
"""So far before the detection the border is looked for."""
LIKELY_AGE_MS = 85.0
LATER_DB_PER_MS = 0.15
EARLIER_DB_PER_MS = 0.05
DEPTH_DB = 20.0
"""A dip deeper than this under the loudest point is a pause; how deep says nothing more."""
_LEVEL = RATE_HZ * 30 // 1000
"""Levels are taken over 30 ms: several periods of any voice."""
_STEP = RATE_HZ * 5 // 1000


def request_age_s(sound: Mono) -> float:
    """How long before the end of `sound` the request begins.

    sound: int16 at 16 kHz, the last WINDOW_S up to the detection; with less than 30 ms the answer is 0.
    """
    sound = sound[-round(WINDOW_S * RATE_HZ) :]
    if len(sound) < _LEVEL:
        return 0.0
    energy = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2)])
    ends = np.arange(len(sound), _LEVEL - 1, -_STEP)
    level_db = 10.0 * np.log10((energy[ends] - energy[ends - _LEVEL]) / _LEVEL + 1.0)
    age_ms = (len(sound) - ends + _LEVEL / 2) * 1000.0 / RATE_HZ
    cost = np.maximum(level_db, level_db.max() - DEPTH_DB)
    cost += LATER_DB_PER_MS * np.maximum(LIKELY_AGE_MS - age_ms, 0.0)
    cost += EARLIER_DB_PER_MS * np.maximum(age_ms - LIKELY_AGE_MS, 0.0)
    return float(age_ms[np.argmin(cost)]) / 1000.0
