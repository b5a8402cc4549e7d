"""Pure: filters that make one signal of many microphones, and let the look direction through unchanged.

Delay and sum: Van Trees, "Optimum Array Processing" (Wiley 2002), section 2.4. MVDR: Capon, "High-resolution
frequency-wavenumber spectrum analysis", Proc. IEEE 57(8), 1969, pages 1408-1418; diagonal loading: Cox, Zeskind and
Owen, "Robust adaptive beamforming", IEEE Trans. ASSP 35(10), 1987, pages 1365-1376.
"""

import numpy as np
import numpy.typing as npt

from oyez.hearing.array.geometry import Floats
from oyez.hearing.array.spectra import BANDS, Covariances
from oyez.hearing.blocks import RATE_HZ

TAPS = 2 * (BANDS - 1)
LAG = TAPS // 2
"""Samples by which the output is late: 4 ms."""
LOADING = 0.05
"""Share of the mean power added to each microphone's own. It bounds how far the weights may trust a model of the array
that is never quite right (echoes, places, gains): chosen by that on simulated rooms, docs/arrays.md."""
CAUTION = 5.0
"""Added to it when all the noise comes from the look direction."""
_TELLING = slice(round(1000 * TAPS / RATE_HZ), round(4000 * TAPS / RATE_HZ))
"""Bands in which a board can tell directions."""
_OMEGA = 2 * np.pi * RATE_HZ / TAPS * np.arange(BANDS)

Weights = npt.NDArray[np.complex128]
"""(BANDS, microphones): the output is the sum over the microphones of weight's conjugate times spectrum."""


def steering(late_s: Floats) -> Weights:
    """What the microphones hear of a source that reaches each of them so late."""
    result: Weights = np.exp(-1j * _OMEGA[:, None] * late_s)
    return result


def delay_and_sum(late_s: Floats) -> Weights:
    return steering(late_s) / len(late_s)


def mvdr(late_s: Floats, noise: Covariances) -> Weights:
    """Least power out for response 1 towards the source. noise: of everything, or of all but that source.

    The more of it comes from where the beam looks, the nearer to delay and sum: whoever speaks there, a little beside
    where the model has them, would be taken for noise.
    """
    source = steering(late_s)
    count = len(late_s)
    mean_power = np.trace(noise, axis1=1, axis2=2).real / count
    looked_at = np.einsum("bi,bij,bj->b", source.conj(), noise, source).real / count**2
    share = float(looked_at[_TELLING].sum() / (mean_power[_TELLING].sum() + 1e-20))
    loading = LOADING + CAUTION * min(max((share - 0.6) / 0.4, 0.0), 1.0)
    own = (loading * mean_power + 1e-20)[:, None, None] * np.eye(count)
    solved = np.linalg.solve(noise.astype(np.complex128) + own, source[:, :, None])[:, :, 0]
    result: Weights = solved / np.sum(source.conj() * solved, axis=1, keepdims=True)
    return result


def filters(weights: Weights, gains: Floats) -> npt.NDArray[np.float32]:
    """(microphones, TAPS): the weights as filters over time, LAG samples late, the microphones' gains evened out."""
    late = np.exp(-1j * _OMEGA[:, None] * (LAG / RATE_HZ))
    responses = weights.conj() * gains * late
    result: npt.NDArray[np.float32] = np.fft.irfft(responses.T, TAPS, axis=-1).astype(np.float32)
    return result


def gain_db(weights: Weights, noise: Covariances, low_hz: float = 300.0, high_hz: float = 4000.0) -> float:
    """By how much the noise is weaker after the beam than at the mean microphone; the source keeps its level."""
    band = slice(round(low_hz * TAPS / RATE_HZ), round(high_hz * TAPS / RATE_HZ))
    before = np.trace(noise[band], axis1=1, axis2=2).real.sum() / noise.shape[1]
    after = np.einsum("bi,bij,bj->", weights[band].conj(), noise[band], weights[band]).real
    return float(10 * np.log10((before + 1e-20) / (after + 1e-20)))
