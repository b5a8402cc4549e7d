"""Pure: one filter a microphone, added up, by overlap and save; new filters fade in over one lump."""

import numpy as np
import numpy.typing as npt

from oyez.hearing.array.weights import TAPS
from oyez.hearing.mixdown import Mono

Filters = npt.NDArray[np.float32]
"""(microphones, TAPS)."""


class FilterBank:
    def __init__(self, filters: Filters) -> None:
        self._filters = filters
        self._before: Filters | None = None
        self._spectra: dict[int, npt.NDArray[np.complex64]] = {}
        self._tail = np.zeros((len(filters), TAPS - 1), np.float32)

    def change(self, filters: Filters) -> None:
        """From the next lump on."""
        if self._before is None:
            self._before = self._filters
        self._filters = filters
        self._spectra.clear()

    def feed(self, samples: npt.NDArray[np.int16]) -> Mono:
        """samples: (n, microphones). As many come out, LAG samples late."""
        if not len(samples):
            return np.zeros(0, np.int16)
        result: Mono = np.clip(np.rint(self.filtered(samples)), -32768, 32767).astype(np.int16)
        return result

    def filtered(self, samples: npt.NDArray[np.int16 | np.float32]) -> npt.NDArray[np.float32]:
        """feed() before it is rounded."""
        # Microphone by microphone in memory: transforms and sums across it take half the time.
        sound = np.concatenate([self._tail, samples.T], axis=1, dtype=np.float32)
        self._tail = sound[:, len(samples) :]
        length = sound.shape[1]
        size = -(-length // 64) * 64
        spectra = np.fft.rfft(sound, size).astype(np.complex64, copy=False)
        if size not in self._spectra:
            self._spectra[size] = _spectra(self._filters, size)
        out = _convolved(spectra, self._spectra[size], size, length)
        if self._before is not None:
            old = _convolved(spectra, _spectra(self._before, size), size, length)
            fade = np.arange(1, len(out) + 1, dtype=np.float32) / np.float32(len(out))
            out = old + (out - old) * fade
            self._before = None
        return out

    def clear(self) -> None:
        self._tail[:] = 0


def _convolved(
    sound: npt.NDArray[np.complex64], filters: npt.NDArray[np.complex64], size: int, length: int
) -> npt.NDArray[np.float32]:
    whole = np.fft.irfft((sound * filters).sum(axis=0), size)
    result: npt.NDArray[np.float32] = whole[TAPS - 1 : length].astype(np.float32, copy=False)
    return result


def _spectra(filters: Filters, size: int) -> npt.NDArray[np.complex64]:
    result: npt.NDArray[np.complex64] = np.fft.rfft(filters, size).astype(np.complex64, copy=False)
    return result
