"""Cards that a test moves by hand: subclasses of nothing, they just keep the ports' promises."""

import threading

import numpy as np

from oyez_hw.pcm import Frame, PcmFormat, Samples
from oyez_hw.ports import HardwareError


class ScriptedMicrophone:
    """Delivers `periods` at once; then fails, or waits until it is closed by a stop."""

    def __init__(self, periods: int, then: Exception | None = None) -> None:
        self.xruns = 0
        self.closed = False
        self._periods, self._then = periods, then
        self._read = 0
        self.delivered = threading.Event()
        self.release = threading.Event()

    def open(self) -> PcmFormat:
        return PcmFormat(16_000, 1)

    def read(self) -> Frame:
        if self._read >= self._periods:
            self.delivered.set()
            if self._then is not None:
                raise self._then
            self.release.wait(5)
        self._read += 1
        return Frame(np.full((160, 1), self._read, np.int16), 16_000, self._read * 0.01)

    def close(self) -> None:
        self.closed = True


class HandSpeaker:
    """Takes all at once; `play` makes frames audible. Held, a write of sound blocks as in a hanging driver."""

    def __init__(self, channels: int = 2) -> None:
        self.xruns = 0
        self.written: list[Samples] = []
        self.closed = False
        self.fail: Exception | None = None
        self.close_fails: Exception | None = None
        self.may_write = threading.Event()
        self.may_write.set()
        self.sound_written = threading.Event()
        self.idle_written = threading.Event()
        self._channels = channels
        self._delay = 0
        self._lock = threading.Lock()

    def open(self) -> PcmFormat:
        return PcmFormat(8_000, self._channels)

    def write(self, samples: Samples) -> None:
        if samples.any():
            self.sound_written.set()
            self.may_write.wait(10)
        else:
            self.idle_written.set()
        if self.fail is not None:
            raise self.fail
        with self._lock:
            self.written.append(samples)
            self._delay += len(samples)

    def delay_frames(self) -> int:
        return self._delay

    def drop(self) -> int:
        if self.fail is not None:
            raise self.fail
        with self._lock:
            dropped, self._delay = self._delay, 0
        return dropped

    def close(self) -> None:
        self.closed = True
        if self.close_fails is not None:
            raise self.close_fails

    def play(self, frames: int) -> None:
        with self._lock:
            self._delay = max(0, self._delay - frames)


GONE = HardwareError("the card is gone: plug it in again")
