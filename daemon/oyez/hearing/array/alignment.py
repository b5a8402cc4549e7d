"""Pure: delays between microphones whose places nobody knows, by generalised cross-correlation with phase transform.

GCC-PHAT: Knapp and Carter, "The generalized correlation method for estimation of time delay", IEEE Trans. ASSP 24(4),
1976, pages 320-327. Each microphone is compared with the first one.
"""

import numpy as np
import numpy.typing as npt

from oyez.hearing.array.geometry import Floats
from oyez.hearing.array.spectra import BIN_HZ, FRAME, Spectra
from oyez.hearing.blocks import RATE_HZ

MOST_DELAY_S = 0.25 / 343.0
"""No board is wider than a quarter of a metre."""
_FINER = 4
"""The correlation is looked at four times finer than the samples."""
_LOW, _HIGH = round(200.0 / BIN_HZ), round(6000.0 / BIN_HZ)

Whitened = npt.NDArray[np.complex64]


def whitened_pairs(spectra: Spectra) -> Whitened:
    """(microphones, bins): cross-spectra with the first microphone, whitened, summed over the frames."""
    cross: Whitened = (spectra * spectra[:, :1].conj()).sum(axis=0)
    cross /= np.abs(cross) + 1e-12
    cross[:, :_LOW] = cross[:, _HIGH:] = 0
    return cross


def delays_of(pairs: Whitened) -> Floats:
    """(microphones,): how much later than their mean each hears it."""
    correlation = np.fft.irfft(pairs, FRAME * _FINER, axis=-1)
    most = round(MOST_DELAY_S * RATE_HZ * _FINER)
    near = np.concatenate([correlation[:, -most:], correlation[:, : most + 1]], axis=1)
    late: Floats = (near.argmax(axis=1) - most) / (RATE_HZ * _FINER)
    late -= late.mean()
    return late
