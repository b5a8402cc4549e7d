"""Pure: short soft sounds of the device's own. They never leave it, and are no part of a reply."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Chime = Literal["wake", "done", "error", "muted", "unmuted"]

NOTES_HZ: dict[Chime, tuple[float, ...]] = {
    "wake": (659.3, 880.0),
    "done": (880.0, 659.3),
    "error": (233.1, 233.1),
    "muted": (523.3, 392.0),
    "unmuted": (392.0, 523.3),
}
"""Rising: go on. Falling: over. Low and twice: something is wrong."""

NOTE_S = 0.11
ATTACK_S = 0.012
DECAY_S = 0.04
"""A struck bar rather than a beep: a quick rise, then an exponential fall; all of it under 250 ms."""
OCTAVE_SHARE = 0.2


def chime(name: Chime, rate_hz: int, level_dbfs: float) -> npt.NDArray[np.int16]:
    """int16 mono (frames,); its peak lies at `level_dbfs`."""
    sound = np.concatenate([_note(hz, rate_hz) for hz in NOTES_HZ[name]])
    peak = 10.0 ** (level_dbfs / 20.0) * 32_767.0
    samples: npt.NDArray[np.int16] = np.rint(sound / np.abs(sound).max() * peak).astype(np.int16)
    return samples


def _note(hz: float, rate_hz: int) -> npt.NDArray[np.float64]:
    time_s = np.arange(round(NOTE_S * rate_hz)) / rate_hz
    tone = np.sin(2 * np.pi * hz * time_s) + OCTAVE_SHARE * np.sin(4 * np.pi * hz * time_s)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.minimum(time_s / ATTACK_S, 1.0))
    fall = np.exp(-time_s / DECAY_S) * (1.0 - time_s / NOTE_S)  # the straight line takes it to zero, without a click
    return np.asarray(tone * rise * fall)
