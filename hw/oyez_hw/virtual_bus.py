"""The room's side of the virtual ALSA card's bus file: what the card did, and the ring of frames."""

import mmap
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oyez_hw.convert import FORMATS, from_house, to_house
from oyez_hw.pcm import Samples

HEADER_BYTES = 4096
_WORDS = (
    *("running", "starts", "start_ns", "base", "appl", "xruns"),
    *("fault", "produced", "forced", "suspended", "stalled", "refuses"),
)
"""As in `struct bus` of pcm_oyez_card.c: the first six are the card's to write, the others the room's."""
RING_S = 10


class VirtualBus:
    def __init__(self, path: Path, rate_hz: int, channels: int, format_name: str) -> None:
        """Makes the file anew."""
        self.path, self.rate_hz, self.channels, self.format_name = path, rate_hz, channels, format_name
        self.ring_frames = RING_S * rate_hz
        self._frame_bytes = FORMATS[format_name][1] * channels
        length = HEADER_BYTES + self.ring_frames * self._frame_bytes
        path.unlink(missing_ok=True)
        with path.open("w+b") as file:
            file.truncate(length)
            self._map = mmap.mmap(file.fileno(), length)
        self._words: npt.NDArray[np.int64] = np.frombuffer(self._map, np.int64, len(_WORDS))
        self._ring = np.frombuffer(self._map, np.uint8, offset=HEADER_BYTES).reshape(self.ring_frames, -1)

    def get(self, word: str) -> int:
        return int(self._words[_WORDS.index(word)])

    def set(self, word: str, value: int) -> None:
        self._words[_WORDS.index(word)] = value

    def passed_frames(self, now_s: float, drift_ppm: float) -> int:
        """What the card's clock counts since its last start; it may stand."""
        stalled_ns = self.get("stalled")
        passed_s = min(now_s, stalled_ns / 1e9 if stalled_ns else now_s) - self.get("start_ns") / 1e9
        return max(0, int(passed_s * self.rate_hz * (1 + drift_ppm * 1e-6)))

    def read(self, at: int, frames: int) -> Samples:
        """int16 (frames, channels) from this frame number on."""
        index = np.arange(at, at + frames) % self.ring_frames
        return to_house(self._ring[index].tobytes(), self.format_name, self.channels)

    def write(self, at: int, samples: Samples) -> None:
        index = np.arange(at, at + len(samples)) % self.ring_frames
        data = np.frombuffer(from_house(samples, self.format_name), np.uint8)
        self._ring[index] = data.reshape(len(samples), self._frame_bytes)
