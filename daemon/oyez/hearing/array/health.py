"""Pure: microphones that are dead, found by comparing each with its neighbours.

All sit on one board in one room, so all hear about the same. One that is far below or far above the middle one, for
seconds, or that clips while others do not, is broken, covered or not there at all; and it comes back when it is well
for longer than it took to be left out.
"""

import numpy as np
import numpy.typing as npt

SILENT_DB = -25.0
"""Under the middle microphone. Gains of one board differ by less than 6 dB, and a thumb over a hole costs some 15."""
NOISY_DB = 20.0
CLIPPED_SHARE = 0.1
CLIPPED = 32_000
QUIETEST = 3.0
"""Steps of 16 bits, RMS: under it even a good microphone may deliver nothing."""
LOUDEST = 1000.0
"""Steps of 16 bits, RMS, -30 dBFS: speech over seconds stays below."""
EACH = 4
"""Every fourth sample says as much of loudness and clipping as all of them."""
WINDOW = 16_000 // EACH
"""Samples looked at for one verdict: 1 s."""
BAD_WINDOWS = 3
GOOD_WINDOWS = 10


class Health:
    def __init__(self, microphones: int) -> None:
        self.faults: dict[int, str] = {}
        """Microphone (its place in the array, not its channel): what is wrong, for a person."""
        self._zeros = np.zeros(microphones)
        self._bad = np.zeros(microphones, int)
        self._good = np.zeros(microphones, int)
        self._forget()

    def hear(self, samples: npt.NDArray[np.int16]) -> bool:
        """samples: (n, microphones) as the card gave them. True when `faults` changed."""
        sound = np.ascontiguousarray(samples[::EACH].T, np.float64)
        self._seen += sound.shape[1]
        self._sums += sound.sum(axis=1)
        self._squares += np.einsum("mn,mn->m", sound, sound)
        self._clipped += np.count_nonzero(np.abs(sound) >= CLIPPED, axis=1)
        if self._seen < WINDOW:
            return False
        changed = self._judge()
        self._forget()
        return changed

    def _forget(self) -> None:
        self._seen = 0
        self._sums, self._squares, self._clipped = self._zeros.copy(), self._zeros.copy(), self._zeros.copy()

    def _judge(self) -> bool:
        known = set(self.faults)
        verdicts = self._verdicts()
        for microphone, verdict in enumerate(verdicts):
            self._bad[microphone] = self._bad[microphone] + 1 if verdict else 0
            self._good[microphone] = 0 if verdict else self._good[microphone] + 1
            if self._bad[microphone] >= BAD_WINDOWS:
                self.faults.setdefault(microphone, verdict)
            elif self._good[microphone] >= GOOD_WINDOWS:
                self.faults.pop(microphone, None)
        return set(self.faults) != known

    def _verdicts(self) -> list[str]:
        """What is wrong with each; empty: nothing that could be seen."""
        mean = self._sums / self._seen
        rms = np.sqrt(np.maximum(self._squares / self._seen - mean**2, 0.0))
        clipped = self._clipped / self._seen
        loudest = float(rms.max())
        # Of two the louder is believed, unless no room is as loud as that all the time.
        middle = float(rms.min() if loudest > LOUDEST else loudest) if len(rms) == 2 else float(np.median(rms))
        far_below = 10 ** (SILENT_DB / 20)
        verdicts = []
        for own, share in zip(rms, clipped, strict=True):
            if share > CLIPPED_SHARE and clipped.min() < CLIPPED_SHARE / 10:
                verdicts.append("clips")
            elif loudest > QUIETEST * 4 and own < 0.5:
                verdicts.append("delivers no sound")
            elif own < far_below * (loudest if own < QUIETEST else middle):
                verdicts.append("hears next to nothing")
            elif middle >= QUIETEST and own > middle * 10 ** (NOISY_DB / 20):
                verdicts.append("roars")
            else:
                verdicts.append("")
        return verdicts
