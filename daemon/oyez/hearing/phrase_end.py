"""Pure: where the wake phrase ended and the request begins.

The model answers some 250 ms before to 300 ms after the last phoneme, so its moment alone would swallow the first word
or send half the wake phrase. Between words there is mostly a dip in level: the request begins in the dip of the last
350 ms that is both deep and likely. A first word cut off costs the request, a rest of the wake phrase hardly anything;
so going later than the likely point costs six times as much as going earlier.

Measured with hey_jarvis and the other shipped words, on 180 synthesised requests said in one breath, with a comma and
with a full stop (12 requests, 5 speeds, boundaries from the synthesiser's own durations) and 211 real wake recordings
joined to real spoken commands with 0 to 500 ms between:

=====================  =======================  ===================  =================================
said                   model's delay, ms        first word cut off   rest of the wake phrase, ms
                       (least / median / most)  by > 20 ms           (median / 95 %)
=====================  =======================  ===================  =================================
one breath             50 / 157 / 265           0 of 60              5 / 95
with a comma           -125 / 45 / 150          0 of 60              105 / 231
with a full stop       -230 / -40 / 100         0 of 60              195 / 331
real, joined           -270 / 100 / 340         1 of 211 (by 90 ms)  45 / 410
=====================  =======================  ===================  =================================

The constants were chosen on these same recordings, from a grid; their neighbours do about as well. The quietest point
alone cuts the first word of 20 % of the requests said in one breath: stops inside words are quieter than word borders.
"""

import numpy as np

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono

WINDOW_S = 0.35
"""So far before the detection the border is looked for."""
LIKELY_AGE_MS = 150.0
LATER_DB_PER_MS = 0.3
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
