"""Microphone and loudspeaker of a board that is not there yet: opening one looks for it."""

from collections.abc import Callable
from typing import NoReturn

from oyez_hw.pcm import Frame, PcmFormat, Samples
from oyez_hw.ports import HardwareError

Look = Callable[[], HardwareError]
"""Looks, and says what is to be said of it."""


class AbsentMicrophone:
    def __init__(self, look: Look) -> None:
        self._look = look
        self.xruns = 0

    def open(self) -> PcmFormat:
        raise self._look()

    def read(self) -> Frame:
        _never_opened()

    def close(self) -> None: ...


class AbsentSpeaker:
    def __init__(self, look: Look) -> None:
        self._look = look
        self.xruns = 0

    def open(self) -> PcmFormat:
        raise self._look()

    def write(self, samples: Samples) -> None:
        _never_opened()

    def delay_frames(self) -> int:
        _never_opened()

    def drop(self) -> int:
        _never_opened()

    def close(self) -> None: ...


def _never_opened() -> NoReturn:
    raise RuntimeError("a board that is not there was never opened")
