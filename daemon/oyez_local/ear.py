"""Speech or not, 20 ms at a time: webrtcvad on 16 kHz, whatever rate the session writes."""

from collections.abc import Iterator

import numpy as np
import soxr
import webrtcvad

from oyez_local.turns import FRAME_MS
from oyez_realtime.g711 import Samples

VAD_RATE_HZ = 16_000
FRAME_SAMPLES = VAD_RATE_HZ * FRAME_MS // 1000
QUIET_RMS = 33.0
"""-60 dBFS: below it webrtcvad still finds speech in dither and hum."""


class Ear:
    """Keeps the resampler's and the detector's memory from one append to the next. threshold: 0 to 1."""

    def __init__(self, rate_hz: int, threshold: float) -> None:
        # webrtcvad offers four steps of strictness and no probability.
        self._vad = webrtcvad.Vad(1 if threshold < 0.35 else 2 if threshold < 0.75 else 3)
        self._resampler = (
            None if rate_hz == VAD_RATE_HZ else soxr.ResampleStream(rate_hz, VAD_RATE_HZ, 1, "int16", "LQ")
        )
        self._rest = np.zeros(0, dtype=np.int16)

    def listen(self, samples: Samples) -> Iterator[bool]:
        """One verdict for each whole frame; samples: int16 mono (frames,)."""
        sound = samples if self._resampler is None else self._resampler.resample_chunk(samples)
        sound = np.concatenate([self._rest, sound])
        whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = sound[whole:]
        for frame in sound[:whole].reshape(-1, FRAME_SAMPLES):
            loud = float(np.sqrt(np.mean(np.square(frame.astype(np.float32))))) > QUIET_RMS
            yield loud and bool(self._vad.is_speech(frame.tobytes(), VAD_RATE_HZ))
