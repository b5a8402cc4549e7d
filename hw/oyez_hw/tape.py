"""Pure: what sounded when. Sound written at places of a time line, zero where nothing was."""

import numpy as np

from oyez_hw.pcm import Samples


class Tape:
    """int16 (frames, channels) by frame index; the last `keep_s` seconds are kept."""

    def __init__(self, rate_hz: int, channels: int, keep_s: int = 600) -> None:
        self.rate_hz = rate_hz
        self.channels = channels
        self.end = 0
        """One past the last frame written."""
        self._keep_blocks = keep_s + 1
        self._blocks: dict[int, Samples] = {}

    @property
    def start(self) -> int:
        """The first frame that is still kept."""
        return min(self._blocks, default=0) * self.rate_hz

    def write(self, at: int, samples: Samples) -> None:
        done = 0
        while done < len(samples):
            number, offset = divmod(at + done, self.rate_hz)
            take = min(len(samples) - done, self.rate_hz - offset)
            self._block(number)[offset : offset + take] = samples[done : done + take]
            done += take
        self.end = max(self.end, at + len(samples))

    def read(self, at: int, frames: int) -> Samples:
        """A copy; frames never written, too old or before 0 are zero."""
        result = np.zeros((frames, self.channels), np.int16)
        done = 0
        while done < frames:
            number, offset = divmod(at + done, self.rate_hz)
            take = min(frames - done, self.rate_hz - offset)
            if number in self._blocks:
                result[done : done + take] = self._blocks[number][offset : offset + take]
            done += take
        return result

    def _block(self, number: int) -> Samples:
        if number not in self._blocks:
            self._blocks[number] = np.zeros((self.rate_hz, self.channels), np.int16)
            for old in [n for n in self._blocks if n <= number - self._keep_blocks]:
                del self._blocks[old]
        return self._blocks[number]
