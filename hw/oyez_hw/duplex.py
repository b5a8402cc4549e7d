"""Plays and records at once, in one thread: a period is read, then what the clock says was played meanwhile is written.

Not by what the card says is left, for a card that lies about its delay is what is to be found out; and not by what was
read: a write that waits for room would hold up the reads for ever once they are late.
"""

import time
from collections.abc import Callable

import numpy as np

from oyez_hw.measuring.take import Take
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError, Microphone, Speaker

AHEAD_S = 0.08
"""Written before the first read: it bears a program that is held up for so long, and the card's buffer holds it."""
BEFORE_S = 0.5
"""Silence before the sound: the room's own noise, and both cards have started."""
Sound = Callable[[PcmFormat], Samples]
"""The loudspeaker's format -> what to play, int16 (frames, channels)."""


def play_and_record(
    microphone: Microphone,
    speaker: Speaker,
    sound: Sound,
    after_s: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    on_heard: Callable[[Samples, float], None] = lambda samples, done: None,
) -> Take:
    """Opens both, plays, hears on for `after_s`, closes both. Raises HardwareError.

    clock: the cards' own. on_heard: each period, and how much of the whole is done, 0 to 1.
    """
    capture = microphone.open()
    try:
        playback = speaker.open()
    except HardwareError:
        microphone.close()
        raise
    try:
        run = _Run(microphone, speaker, playback, clock)
        before = round(BEFORE_S * playback.rate_hz)
        own = sound(playback)
        silence = np.zeros((round(after_s * playback.rate_hz), playback.channels), np.int16)
        whole = np.concatenate([np.zeros((before, playback.channels), np.int16), own, silence])
        microphone.read()  # the first period tells when the card really started
        ahead = round(AHEAD_S * playback.rate_hz)
        run.write(whole[:ahead])
        begun_s, begun = clock(), 0
        while run.frames_written < len(whole):
            on_heard(run.read(), run.frames_written / len(whole))
            due = begun + round((clock() - begun_s) * playback.rate_hz) + ahead
            starved = run.write(whole[run.frames_written : min(due, run.frames_written + ahead)])
            if starved:  # only what was just written lies before the card: ahead again, or it starves for ever
                begun_s, begun = clock(), run.frames_written
                run.write(whole[begun : begun + ahead])
    finally:
        microphone.close()
        speaker.close()
    return run.take(capture, playback, before)


class _Run:
    def __init__(
        self, microphone: Microphone, speaker: Speaker, playback: PcmFormat, clock: Callable[[], float]
    ) -> None:
        self._microphone, self._speaker, self._clock = microphone, speaker, clock
        self._heard: list[Samples] = []
        self._captured: list[tuple[int, float]] = []
        self._written: list[tuple[float, ...]] = []
        self._capture_breaks: list[int] = []
        self._playback_breaks: list[int] = []
        self.frames_read = 0
        self.frames_written = 0
        self._chunk = max(1, playback.rate_hz // 50)

    def read(self) -> Samples:
        lost = self._microphone.xruns
        frame = self._microphone.read()
        if self._microphone.xruns > lost:
            self._capture_breaks.append(self.frames_read)
        self.frames_read += len(frame.samples)
        self._heard.append(frame.samples)
        self._captured.append((self.frames_read, frame.time_s))
        return frame.samples

    def write(self, samples: Samples) -> bool:
        """Whether the card had run dry."""
        breaks = len(self._playback_breaks)
        for start in range(0, len(samples), self._chunk):
            chunk = samples[start : start + self._chunk]
            first, lost = self.frames_written, self._speaker.xruns
            before_s = self._clock()
            self._speaker.write(chunk)
            delay = self._speaker.delay_frames()
            if self._speaker.xruns > lost:
                self._playback_breaks.append(first)
            self.frames_written += len(chunk)
            self._written.append((first, before_s, self.frames_written, self._clock(), delay))
        return len(self._playback_breaks) > breaks

    def take(self, capture: PcmFormat, playback: PcmFormat, sound_start: int) -> Take:
        return Take(
            heard=np.concatenate(self._heard),
            capture_hz=capture.rate_hz,
            playback_hz=playback.rate_hz,
            captured=np.array(self._captured, np.float64),
            written=np.array(self._written, np.float64),
            sound_start=sound_start,
            capture_breaks=tuple(self._capture_breaks),
            playback_breaks=tuple(self._playback_breaks),
        )
