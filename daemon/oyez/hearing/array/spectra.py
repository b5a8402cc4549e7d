"""Pure: the short spectra that direction, calibration and noise field are all measured on."""

import numpy as np
import numpy.typing as npt

from oyez.hearing.blocks import RATE_HZ

Spectra = npt.NDArray[np.complex64]
"""(frames, microphones, bins)."""
Covariances = npt.NDArray[np.complex64]
"""(BANDS, microphones, microphones): mean of x times its conjugate."""
FRAME = 512
"""Samples of one spectrum, 32 ms: many times the delays across a board, and shorter than a syllable."""
BIN_HZ = RATE_HZ / FRAME
POOL = 4
"""So many bins make one band of the noise field: 125 Hz."""
BANDS = FRAME // 2 // POOL + 1
_HANN = np.hanning(FRAME + 1)[:-1].astype(np.float32)


def spectra_of(samples: npt.NDArray[np.int16]) -> Spectra:
    """samples: (n, microphones), n a multiple of FRAME. Full scale is 1."""
    frames = samples.reshape(-1, FRAME, samples.shape[1]).transpose(0, 2, 1).astype(np.float32)
    result: Spectra = np.fft.rfft(frames * (_HANN / 32768), axis=-1).astype(np.complex64)
    return result


def covariances_of(spectra: Spectra) -> Covariances:
    """Mean over the frames and over POOL bins around the middle of each band; the first and last have fewer."""
    single = (spectra[:, :, None] * spectra.conj()[:, None]).sum(axis=0) / np.float32(len(spectra))
    edges = np.maximum(np.arange(BANDS) * POOL - POOL // 2, 0)
    counts = np.diff(np.append(edges, single.shape[2])).astype(np.float32)
    result: Covariances = np.ascontiguousarray((np.add.reduceat(single, edges, axis=2) / counts).transpose(2, 0, 1))
    return result
