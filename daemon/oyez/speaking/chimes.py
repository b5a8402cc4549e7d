"""Pure: short soft sounds of the device's own. They never leave it, and are no part of a reply."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Chime = Literal["wake", "done", "error", "muted", "unmuted", "ring"]

NOTES_HZ: dict[Chime, tuple[float, ...]] = {
    "wake": (659.3, 880.0),
    "done": (880.0, 659.3),
    "error": (233.1, 233.1),
    "muted": (523.3, 392.0),
    "unmuted": (392.0, 523.3),
    "ring": (659.3, 830.6, 987.8, 1318.5),
}
"""Rising: go on. Falling: over. Low and twice: something is wrong. A chord, note by note: a timer rings."""

ALWAYS: frozenset[Chime] = frozenset({"ring"})
"""Heard also where chimes are switched off: somebody asked for it."""

NOTE_S = 0.11
ATTACK_S = 0.012
DECAY_S = 0.04
"""A struck bar rather than a beep: a quick rise, then an exponential fall; all of it under 250 ms."""
OCTAVE_SHARE = 0.2

RING_GAP_S = 0.15
RING_S = 3.2
"""One ring after the other: a second of sound, then a pause in which a wake word is heard without it."""
RING_ABOVE_DB = 9.0
"""It is to be heard in the next room, a chime only by whoever speaks to the device."""
RING_MOST_DBFS = -3.0


def chime(name: Chime, rate_hz: int, level_dbfs: float) -> npt.NDArray[np.int16]:
    """int16 mono (frames,); its peak lies at `level_dbfs`."""
    sound = np.concatenate([_note(hz, rate_hz) for hz in NOTES_HZ[name]])
    peak = 10.0 ** (level_dbfs / 20.0) * 32_767.0
    samples: npt.NDArray[np.int16] = np.rint(sound / np.abs(sound).max() * peak).astype(np.int16)
    return samples


def ring(rate_hz: int, level_dbfs: float) -> npt.NDArray[np.int16]:
    """int16 mono (frames,) of RING_S, to be played over and over. level_dbfs: of chimes."""
    once = chime("ring", rate_hz, min(level_dbfs + RING_ABOVE_DB, RING_MOST_DBFS))
    sound = np.zeros(round(RING_S * rate_hz), np.int16)
    again = len(once) + round(RING_GAP_S * rate_hz)
    sound[: len(once)] = sound[again : again + len(once)] = once
    return sound


def _note(hz: float, rate_hz: int) -> npt.NDArray[np.float64]:
    time_s = np.arange(round(NOTE_S * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * hz * time_s) + OCTAVE_SHARE * np.sin(4 * np.pi * hz * time_s)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.minimum(time_s / ATTACK_S, 1.0))
    fall = np.exp(-time_s / DECAY_S) * (1.0 - time_s / NOTE_S)  # the straight line takes it to zero, without a click
    return np.asarray(tone * rise * fall)
