"""A Microphone over alsa-lib: any rate, channel count and width the card offers."""

import time

from oyez_hw.alsa_pcm import XRUN, OpenPcm, alsa, open_pcm, vanished
from oyez_hw.convert import to_house
from oyez_hw.pcm import Frame, PcmFormat
from oyez_hw.ports import HardwareError

KERNEL_BUFFER_MS = 320.0
"""A busy machine may keep the capture thread waiting for 250 ms; what came meanwhile is not lost."""


class AlsaMicrophone:
    """`wish` is what to ask for; `open()` tells what the card gives in its place."""

    def __init__(self, device: str, wish: PcmFormat, period_ms: float = 20.0) -> None:
        self._device, self._wish, self._period_ms = device, wish, period_ms
        self._open: OpenPcm | None = None
        self._last_s = 0.0
        self.xruns = 0

    def open(self) -> PcmFormat:
        self.close()
        self._open = open_pcm("capture", self._device, self._wish, self._period_ms, KERNEL_BUFFER_MS)
        self.xruns = 0
        return self._open.format

    def read(self) -> Frame:
        """The time is when the last sample was captured, not when the thread got to run: what waits is subtracted."""
        card = self._open
        if card is None:
            raise HardwareError(f"the microphone {self._device} is not open: call open() before read()")
        try:
            frames, data = card.pcm.read()
            while frames == XRUN:  # alsaaudio has prepared the stream again
                self.xruns += 1
                frames, data = card.pcm.read()
            waiting = card.pcm.avail()
        except alsa().ALSAAudioError as error:
            raise vanished("capture", self._device, error) from error
        if frames <= 0:
            raise vanished("capture", self._device, f"a read gave {frames} frames")
        time_s = time.monotonic() - max(0, waiting) / card.format.rate_hz
        self._last_s = max(self._last_s, time_s)
        return Frame(to_house(data, card.format_name, card.format.channels), card.format.rate_hz, self._last_s)

    def close(self) -> None:
        card, self._open = self._open, None
        if card is not None:
            card.pcm.close()
