"""Pure: which way the beam looks, and with what weights. Turns batches of sound into new filters, now and then."""

from collections import deque
from typing import Literal

import numpy as np
import numpy.typing as npt

from oyez.hearing.array.alignment import Whitened, delays_of, whitened_pairs
from oyez.hearing.array.direction import Compass
from oyez.hearing.array.field import BATCH_S, FIELD_S, Field
from oyez.hearing.array.filterbank import Filters
from oyez.hearing.array.geometry import GRID_DEG, Floats, candidates_deg, delays_s, wrapped_deg
from oyez.hearing.array.spectra import Spectra, spectra_of
from oyez.hearing.array.weights import Weights, delay_and_sum, filters, gain_db, mvdr

KEEP_S = 5.0
"""So long the direction of a moment is remembered: longer than a wake word and its detection."""
FORGET = 0.8
"""Share of what was known of the direction that outlives a batch of speech: a memory of 0.3 s."""
CLEAR = 0.04
"""The best direction stands out so far over the mean one, or nothing is said: twice what chance does."""
FRESH_S = 5.0
"""A voice that begins, after a pause or from elsewhere, is for so long a talker, kept out of the noise field. What goes
on longer is a television, and belongs to it."""
ELSEWHERE_DEG = 30.0
"""Less than that is the same voice, wobbling with the room's echoes."""
PAUSE_S = 1.5
RENEW_S = 0.5
"""MVDR's weights follow the noise field so often."""

Map = npt.NDArray[np.float32]
Kind = Literal["sum", "mvdr"]


class Steering:
    def __init__(self, places: Floats | None, microphones: int, gains_db: Floats, kind: Kind) -> None:
        """places: (microphones, 3) in metres; None: unknown, then delays are found and there is no direction."""
        self.direction_deg: float | None = None
        """Of the last speech."""
        self.snr_gain_db: float | None = None
        """By how much the beam weakens what it has heard of late against one microphone."""
        self._field, self._kind, self._places = Field(microphones), kind, places
        self._known_gains_db = gains_db
        candidates = candidates_deg(places) if places is not None else np.zeros(0)
        self._compass = Compass(places, candidates) if places is not None and len(candidates) else None
        self._turned: float | None = None
        """Where the beam looks."""
        self._late: Floats = np.zeros(microphones)
        self._summed: npt.NDArray[np.float32] = np.zeros(len(candidates), np.float32)
        self._usual = self._summed.copy()
        """Map of what goes on all the time: taken off, so that who begins to speak beside a television is seen."""
        self._pairs: Whitened = np.zeros((microphones, 1), np.complex64)
        self._weight = 0.0
        self._maps: deque[tuple[float, Map, Map]] = deque(maxlen=round(KEEP_S / BATCH_S))
        self._since_s = 0.0
        self._began_deg: float | None = None
        self._spoke_s = self._began_s = float("-inf")
        """When anything last rose above the floor, and when what is looked at began."""
        self._used_gains_db: Floats = np.zeros(microphones)

    def start(self) -> Filters:
        """Before anything is known: as if everything came from above."""
        return self._filters(delay_and_sum(self._late))

    def hear(self, samples: npt.NDArray[np.int16], end_s: float, *, voiced: bool) -> Filters | None:
        """One batch, (BATCH, microphones). New filters, or None: the old ones serve."""
        spectra = spectra_of(samples) * (10 ** (self._known_gains_db / 20)).astype(np.float32)[:, None]
        rises = self._field.rises(spectra)
        if rises:
            self._began_s = end_s if end_s - self._spoke_s > PAUSE_S else self._began_s
            self._spoke_s = end_s
        moved = rises and voiced and self._look(spectra, end_s)
        fresh = end_s - self._began_s <= FRESH_S
        if not rises or not fresh:
            self._field.hear(spectra, quiet=not rises)
            self._get_used(end_s, rises=rises)
        self._since_s += BATCH_S
        if not moved and self._since_s < RENEW_S:
            return None
        drifted = bool(np.abs(self._field.gains_db - self._used_gains_db).max() > 0.5)
        if not moved and not drifted and (self._kind == "sum" or not rises):
            return None
        self._since_s = 0.0
        return self._filters(self._weights())

    def between(self, from_s: float, to_s: float) -> float | None:
        """The direction of the loudest voice in that span of capture time; None: it is not remembered or not clear."""
        maps = [(heard, heard - usual) for end_s, heard, usual in self._maps if from_s < end_s <= to_s + BATCH_S]
        if not maps or self._compass is None:
            return None
        for one in (np.mean([new for _, new in maps], axis=0), np.mean([heard for heard, _ in maps], axis=0)):
            direction_deg, clear = self._compass.peak(one)
            if clear >= CLEAR:
                return direction_deg
        return None

    def forget(self) -> None:
        """Where voices came from. The noise field, the gains and the beam stay."""
        self.direction_deg, self._weight = None, 0.0
        self._maps.clear()
        self._summed[:] = 0
        self._pairs[:] = 0

    def _look(self, spectra: Spectra, end_s: float) -> bool:
        """True when the beam must turn."""
        if self._compass is None:
            return self._align(spectra)
        new = self._compass.maps(spectra, self._field.noise).mean(axis=0)
        self._maps.append((end_s, new, self._usual))
        self._weight = self._weight * FORGET + 1.0
        self._summed = self._summed * np.float32(FORGET) + (new - self._usual)
        direction_deg, clear = self._compass.peak(self._summed / np.float32(self._weight))
        if clear < CLEAR or self._places is None:
            return False
        self.direction_deg = direction_deg
        if self._turned is not None and _apart_deg(direction_deg, self._turned) < GRID_DEG:
            return False
        if self._began_deg is None or _apart_deg(direction_deg, self._began_deg) > ELSEWHERE_DEG:
            self._began_deg = direction_deg
            if not self._is_usual(direction_deg):
                self._began_s = end_s
        self._turned = direction_deg
        self._late = delays_s(self._places, direction_deg)[0]
        return True

    def _is_usual(self, direction_deg: float) -> bool:
        """Back to the television is nothing new."""
        if self._compass is None:
            return False
        usual_deg, clear = self._compass.peak(self._usual)
        return clear >= CLEAR and _apart_deg(direction_deg, usual_deg) <= ELSEWHERE_DEG

    def _get_used(self, end_s: float, *, rises: bool) -> None:
        if self._compass is None:
            return
        known = self._maps[-1] if rises and self._maps and self._maps[-1][0] == end_s else None
        heard = known[1] if known else np.float32(0.0)
        self._usual = self._usual + np.float32(BATCH_S / FIELD_S) * (heard - self._usual)

    def _align(self, spectra: Spectra) -> bool:
        new = whitened_pairs(spectra)
        self._pairs = self._pairs * np.float32(FORGET) + new
        late = delays_of(self._pairs)
        if np.abs(late - self._late).max() < 0.5 / 16_000:
            return False
        self._late = late
        return True

    def _weights(self) -> Weights:
        if self._kind == "sum":
            weights = delay_and_sum(self._late)
        else:
            even = 10 ** (self._field.gains_db / 20)
            weights = mvdr(self._late, self._field.covariances * np.outer(even, even).astype(np.float32))
        self.snr_gain_db = gain_db(weights, self._field.covariances)
        return weights

    def _filters(self, weights: Weights) -> Filters:
        self._used_gains_db = self._field.gains_db.copy()
        return filters(weights, 10 ** ((self._known_gains_db + self._field.gains_db) / 20))


def _apart_deg(one: float, other: float) -> float:
    return abs(wrapped_deg(one - other))
