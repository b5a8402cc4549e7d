"""Pure: what was played and heard at once, with the times at which both cards were asked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oyez_hw.measuring.clock_fit import Doubles, Line, earliest_line
from oyez_hw.pcm import Samples


@dataclass(frozen=True, slots=True)
class Take:
    heard: Samples
    """(frames, channels)."""
    capture_hz: int
    playback_hz: int
    captured: Doubles
    """(reads, 2): frames read so far, monotonic time at which the last of them was captured."""
    written: Doubles
    """(writes, 5): frame of the first sample written, time just before, frames written with it, time just after, delay
    in frames that the card then told."""
    sound_start: int
    """Frame written at which the sound begins; before it silence keeps the card running."""
    capture_breaks: tuple[int, ...] = ()
    """Frames read when an overrun was noticed: sound is missing about there."""
    playback_breaks: tuple[int, ...] = ()

    def captured_s(self, frames: Doubles) -> Doubles:
        """When these were captured."""
        index, times_s = self.captured.T
        return _through(frames, index, times_s, self.capture_breaks, self.capture_hz)

    def audible_s(self, frames: npt.NDArray[np.int64]) -> Doubles:
        """When these frames written were audible, as the card tells."""
        _, _, ends, told_s, delay = self.written.T
        audible_s = told_s + delay / self.playback_hz
        return _through(frames.astype(np.float64), ends, audible_s, self.playback_breaks, self.playback_hz)

    def clock_rates(self, captured: float, written: float) -> tuple[float, float]:
        """Frames a second of the system's clock, of microphones and loudspeaker, in the stretch of these frames."""
        index, times_s = self.captured.T
        _, _, ends, told_s, delay = self.written.T
        audible_s = told_s + delay / self.playback_hz
        capture = _stretch_line(captured, index, times_s, self.capture_breaks, self.capture_hz)
        playback = _stretch_line(written, ends, audible_s, self.playback_breaks, self.playback_hz)
        return 1 / capture.slope, 1 / playback.slope

    def given_s(self, frames: npt.NDArray[np.int64]) -> Doubles:
        """When these frames were given to the card, as if one by one."""
        firsts = self.written[:, 0]
        chunk = np.clip(np.searchsorted(firsts, frames, side="right") - 1, 0, len(firsts) - 1)
        return np.asarray(self.written[chunk, 1] + (frames - firsts[chunk]) / self.playback_hz)


def _through(frames: Doubles, index: Doubles, times_s: Doubles, breaks: tuple[int, ...], rate_hz: int) -> Doubles:
    """Each by the line through the stamps of its stretch; a stretch too short for a line by its nearest stamp."""
    result = np.zeros(len(frames))
    stretch = np.searchsorted(breaks, frames, side="right")
    for number in np.unique(stretch):
        here = stretch == number
        try:
            line = _stretch_line(float(frames[here][0]), index, times_s, breaks, rate_hz)
            result[here] = line.at(frames[here])
        except ValueError:
            nearest = [int(np.argmin(np.abs(index - frame))) for frame in frames[here]]
            result[here] = times_s[nearest] + (frames[here] - index[nearest]) / rate_hz
    return result


def _stretch_line(frame: float, index: Doubles, times_s: Doubles, breaks: tuple[int, ...], rate_hz: int) -> Line:
    first = max((at for at in breaks if at <= frame), default=-1)
    last = min((at for at in breaks if at > frame), default=np.inf)
    within = (index > first) & (index <= last)
    return earliest_line(index[within], times_s[within], rate_hz)
