"""Pure: how near somebody stands who said something, to be compared with what other devices make of the same words.

Loudness alone does not tell: a room lifts and swallows single notes by ten decibels from one spot to the next, and
beyond a metre or so most of what arrives came by the walls. So the mean is one of decibels, over twenty-four bands, in
which no band decides; and what counts in each is how much the sound *rises* within 80 ms, since late echoes and a
steady noise beside the device do not. What it is worth against loudness, SNR and score: docs/arbitration.md.
"""

import numpy as np
import numpy.typing as npt

from oyez.hearing.blocks import RATE_HZ
from oyez.hearing.mixdown import Mono

NEARNESS_S = 2.0
"""So much sound up to the end of the phrase is looked at: the phrase, and noise to tell it from."""
PHRASE_S = 1.2
BANDS, LOWEST_HZ, HIGHEST_HZ = 24, 150.0, 7500.0
FRAME, STEP = 512, 160
RISE = 8
"""Steps of 10 ms."""
PAUSES = 15.0
"""Percent: the softest frames of a band are its noise."""
TIMES_NOISE = 2.0
"""What rises less than so many times the noise is noise."""
FARTHEST_DB = -120.0


def _band_edges() -> npt.NDArray[np.int_]:
    """Bins of the spectrum, equally wide on the mel scale, two bins at least."""
    mel = np.linspace(np.log1p(LOWEST_HZ / 700), np.log1p(HIGHEST_HZ / 700), BANDS + 1)
    bins = np.round(700 * np.expm1(mel) * FRAME / RATE_HZ).astype(int)
    return np.maximum.accumulate(np.maximum(bins, bins[0] + np.arange(BANDS + 1)))


_EDGES = _band_edges()
_WINDOW = np.hanning(FRAME) / 32_768


def nearness_db(sound: Mono) -> float | None:
    """The higher, the nearer, in dB: twice as far is 6 less in the open and about 2 in a room. None: too little sound.

    sound: int16 at 16 kHz, the last NEARNESS_S up to the detection.
    """
    if len(sound) < PHRASE_S * RATE_HZ:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(sound, FRAME)[::STEP] * _WINDOW
    spectrum = np.square(np.abs(np.fft.rfft(frames, axis=1)))
    power = np.add.reduceat(spectrum[:, : _EDGES[-1]], _EDGES[:-1], axis=1)
    noise = np.percentile(power, PAUSES, axis=0)
    phrase = power[-round(PHRASE_S * RATE_HZ / STEP) :]
    rises = np.maximum(phrase[RISE:] - phrase[:-RISE] - TIMES_NOISE * noise, 0.0)
    strength = np.sqrt(np.square(rises).mean(axis=0))
    quietest = 10 ** (FARTHEST_DB / 10)
    return round(float(10 * np.log10(np.maximum(strength, quietest)).mean()), 1)
