"""Pure: what the room sounds like to the microphones over seconds: noise floor, noise field, unlike microphones."""

import numpy as np

from oyez.hearing.array.geometry import Floats
from oyez.hearing.array.spectra import BANDS, FRAME, Covariances, Spectra, covariances_of
from oyez.hearing.blocks import RATE_HZ

BATCH = 2 * FRAME
"""Samples that are looked at together: 64 ms; numpy's calls cost more than its arithmetic here."""
BATCH_S = BATCH / RATE_HZ
FIELD_S = 3.0
"""Memory of the noise field: long beside a wake word, so that the word is not taken for what is to be suppressed; short
beside the moods of a room."""
RESTING = 4
"""In a quiet room so many batches are looked at as one."""
OVER_FLOOR_DB = 3.0
"""A sound so much over the floor may be speech: steady noise moves by 0.3 dB from batch to batch."""
RISE_DB_PER_S = 2.0
"""The floor falls with the sound at once and rises so slowly that a sentence, with its pauses, does not lift it."""
CALIBRATION_S = 30.0
MOST_GAIN_DB = 12.0
_FLOOR_BINS = slice(8, 128)
"""250 to 4000 Hz."""
_GAIN_BANDS = slice(3, 17)
"""375 to 2000 Hz: below is rumble, above each microphone has its own shadow."""


class Field:
    def __init__(self, microphones: int) -> None:
        self.covariances: Covariances = np.zeros((BANDS, microphones, microphones), np.complex64)
        self.noise = np.zeros(FRAME // 2 + 1, np.float32)
        """Mean power of one microphone, each bin, where nothing rises above the floor."""
        self.gains_db: Floats = np.zeros(microphones)
        """What each must be raised by to be like the others."""
        self._floor_db: float | None = None
        self._field_s = self._gains_s = 0.0
        self._rested = 0

    def rises(self, spectra: Spectra) -> bool:
        """Whether these frames rise above the floor; moves the floor."""
        heard = spectra[:, :, _FLOOR_BINS]
        level_db = 10 * float(np.log10(float((heard.real**2 + heard.imag**2).mean()) + 1e-14))
        if self._floor_db is None:
            self._floor_db = level_db
        self._floor_db = min(level_db, self._floor_db + RISE_DB_PER_S * BATCH_S)
        return level_db > self._floor_db + OVER_FLOOR_DB

    def hear(self, spectra: Spectra, *, quiet: bool) -> None:
        """Learns from frames in which the loudspeaker is silent."""
        share = BATCH_S
        if quiet and self._field_s >= FIELD_S:
            self._rested = (self._rested + 1) % RESTING
            if self._rested:
                return
            share = BATCH_S * RESTING
        if quiet:
            power = (spectra.real**2 + spectra.imag**2).mean(axis=(0, 1))
            self.noise += np.float32(min(1.0, share / min(max(self._field_s, share), FIELD_S))) * (power - self.noise)
        new = covariances_of(spectra)
        self._field_s = min(self._field_s + share, FIELD_S)
        self.covariances += np.float32(share / max(self._field_s, share)) * (new - self.covariances)
        self._calibrate(new, share)

    def _calibrate(self, new: Covariances, share_s: float) -> None:
        """All sit in one room and hear the same power over time. Sound that they share counts, their own noise not."""
        shared = np.abs(self.covariances[_GAIN_BANDS]).sum(axis=0)
        own = np.diagonal(shared)
        coherence = shared / np.sqrt(np.outer(own, own) + 1e-30)
        count = len(own)
        if (coherence.sum() - count) / (count * (count - 1)) < 0.5:
            return
        power_db = 10 * np.log10(np.diagonal(new[_GAIN_BANDS].sum(axis=0)).real + 1e-20)
        wanted = np.clip(np.median(power_db) - power_db, -MOST_GAIN_DB, MOST_GAIN_DB)
        self._gains_s = min(self._gains_s + share_s, CALIBRATION_S)
        self.gains_db = self.gains_db + share_s / max(self._gains_s, share_s) * (wanted - self.gains_db)
