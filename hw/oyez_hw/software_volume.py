"""Volume for a board without a mixer: the samples themselves are scaled on their way to the card."""

import numpy as np

from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import Speaker


class SoftwareVolume:
    """A Volume that a ScaledSpeaker obeys. Set from the loop, read by the playback thread: one float, no lock."""

    def __init__(self, level: float = 1.0) -> None:
        self._level = 1.0
        self.set(level)

    def get(self) -> float:
        return self._level

    def set(self, level: float) -> None:
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"volume is {level}; it must be 0 (silent) to 1 (loudest)")
        self._level = float(level)

    @property
    def gain(self) -> float:
        """Amplitude factor. Cubic: equal steps of level sound about equally big (0.5 is -18 dB)."""
        return self._level**3


class ScaledSpeaker:
    """A Speaker that obeys a SoftwareVolume. A change is a ramp over one write, so that it does not click."""

    def __init__(self, speaker: Speaker, volume: SoftwareVolume) -> None:
        self._speaker = speaker
        self._volume = volume
        self._gain = volume.gain

    @property
    def xruns(self) -> int:
        return self._speaker.xruns

    @xruns.setter
    def xruns(self, count: int) -> None:
        self._speaker.xruns = count

    def open(self) -> PcmFormat:
        self._gain = self._volume.gain
        return self._speaker.open()

    def write(self, samples: Samples) -> None:
        before, after = self._gain, self._volume.gain
        self._gain = after
        if before == after == 1.0:
            self._speaker.write(samples)
            return
        ramp = np.linspace(before, after, len(samples), dtype=np.float32)[:, np.newaxis]
        self._speaker.write(np.rint(samples * ramp).astype(np.int16))

    def delay_frames(self) -> int:
        return self._speaker.delay_frames()

    def drop(self) -> int:
        return self._speaker.drop()

    def close(self) -> None:
        self._speaker.close()
