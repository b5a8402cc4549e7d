"""Pure: where sound comes from, by steered response power with phase transform.

SRP-PHAT: DiBiase, Silverman and Brandstein, "Robust localization in reverberant rooms" (in Microphone Arrays, Springer
2001, chapter 8): each pair's cross-spectrum, whitened, is summed along the delays of every direction tried. Bins in
which the noise field alone explains the power count less (1 - noise / power), so that a fan does not vote.
"""

import itertools

import numpy as np
import numpy.typing as npt

from oyez.hearing.array.geometry import GRID_DEG, Floats, delays_s, wrapped_deg
from oyez.hearing.array.spectra import BIN_HZ, Spectra

Maps = npt.NDArray[np.float32]
"""(frames, directions): about 1 where all pairs agree wholly, 0 where they know nothing."""
LOW_HZ, HIGH_HZ = 300.0, 4000.0
"""Below, a board is too small to tell; above, speech is weak and pairs repeat themselves."""


class Compass:
    """For one set of microphones."""

    def __init__(self, places: Floats, candidates_deg: Floats) -> None:
        self.candidates_deg = candidates_deg
        self._band = slice(round(LOW_HZ / BIN_HZ), round(HIGH_HZ / BIN_HZ))
        self._first, self._second = np.array(list(itertools.combinations(range(len(places)), 2))).T
        late = delays_s(places, candidates_deg)
        apart = late[:, self._first] - late[:, self._second]
        omega = 2 * np.pi * BIN_HZ * np.arange(self._band.start, self._band.stop)
        turns = np.exp(1j * apart[:, :, None] * omega).reshape(len(candidates_deg), -1)
        # One real product in place of a complex one: only the real part is wanted.
        self._real = np.concatenate([turns.real, -turns.imag], axis=1).T.astype(np.float32)
        self._round = len(candidates_deg) * GRID_DEG > 359.0

    def maps(self, spectra: Spectra, noise: npt.NDArray[np.float32]) -> Maps:
        """noise: (bins,), mean power of one microphone where nobody speaks."""
        heard = spectra[:, :, self._band]
        power = (heard.real**2 + heard.imag**2).mean(axis=1)
        weight = np.maximum(1.0 - noise[self._band] / (power + 1e-20), 0.0)
        whitened = heard / (np.abs(heard) + 1e-10)
        pairs = whitened[:, self._first] * whitened[:, self._second].conj() * weight[:, None]
        flat = pairs.reshape(len(spectra), -1)
        votes = np.concatenate([flat.real, flat.imag], axis=1).astype(np.float32)
        full = len(self._first) * heard.shape[2]
        result: Maps = votes @ self._real / np.float32(full)
        return result

    def peak(self, summed: npt.NDArray[np.float32]) -> tuple[float, float]:
        """(direction in degrees, how far it stands out over the mean of all directions)."""
        best = int(np.argmax(summed))
        last = len(summed) - 1
        before, after = (best - 1) % len(summed), (best + 1) % len(summed)
        off = 0.0
        if self._round or 0 < best < last:
            low, top, high = float(summed[before]), float(summed[best]), float(summed[after])
            bend = low - 2 * top + high
            off = 0.5 * (low - high) / bend if bend < 0 else 0.0
        return wrapped_deg(float(self.candidates_deg[best]) + off * GRID_DEG), float(summed[best] - summed.mean())
