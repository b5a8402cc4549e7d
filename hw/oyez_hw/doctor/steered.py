"""Pure: from where a sound comes to an array, as power over the compass (delay and sum of phases alone: SRP-PHAT)."""

import numpy as np
import numpy.typing as npt

from oyez_hw.acoustics import SPEED_OF_SOUND_M_S
from oyez_hw.pcm import Samples

STEP_DEG = 5
LOW_HZ, HIGH_HZ = 500.0, 6000.0
BLOCK = 1024
Places = tuple[tuple[int, float, float], ...]
"""(channel, x_mm, y_mm) of each microphone."""


def steered_power(samples: Samples, rate_hz: int, places: Places) -> npt.NDArray[np.float64] | None:
    """dB under the strongest, one a STEP_DEG from 0, the front, over 90, the right. None: fewer than two microphones
    with places of their own, or no sound."""
    usable = [place for place in places if place[0] < samples.shape[1]]
    if len({(x, y) for _, x, y in usable}) < 2 or len(samples) < BLOCK or not samples.any():
        return None
    frequencies = np.fft.rfftfreq(BLOCK, 1 / rate_hz)
    band = (frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ)
    sound = samples[:, [channel for channel, _, _ in usable]].astype(np.float64)
    blocks = sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK, len(usable)) * np.hanning(BLOCK)[None, :, None]
    spectra = np.fft.rfft(blocks, axis=1)[:, band]
    together = np.einsum("bfm,bfn->fmn", spectra, spectra.conj())
    together /= np.maximum(np.abs(together), 1e-9)  # each pair counts alike at each frequency, whatever is loud there
    together[:, np.arange(len(usable)), np.arange(len(usable))] = 0.0  # a microphone with itself has no direction
    angles = np.deg2rad(np.arange(0, 360, STEP_DEG))
    positions = np.array([(x, y) for _, x, y in usable]) / 1000
    earlier_s = (
        np.outer(np.sin(angles), positions[:, 0]) + np.outer(np.cos(angles), positions[:, 1])
    ) / SPEED_OF_SOUND_M_S
    steering = np.exp(2j * np.pi * frequencies[band][None, :, None] * earlier_s[:, None, :])
    power = np.einsum("afm,fmn,afn->a", steering.conj(), together, steering).real
    return np.asarray(10 * np.log10(np.maximum(power, 1e-9) / max(float(power.max()), 1e-9)), np.float64)
