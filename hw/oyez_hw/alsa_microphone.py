"""A Microphone over alsa-lib: any rate, channel count and width the card offers."""

import time

from oyez_hw.alsa_pcm import XRUN, OpenPcm, alsa, open_pcm, vanished
from oyez_hw.card_finder import CardFinder
from oyez_hw.convert import to_house
from oyez_hw.pcm import Frame, PcmFormat
from oyez_hw.ports import HardwareError

KERNEL_BUFFER_MS = 320.0
"""A busy machine may keep the capture thread waiting for 250 ms; what came meanwhile is not lost."""
MOST_TRIES = 10
"""An overrun is survived by reading again; a card that only ever answers overrun is broken."""


class AlsaMicrophone:
    """`wish` is what to ask for; `open()` tells what the card gives in its place."""

    def __init__(self, device: str, wish: PcmFormat, period_ms: float = 20.0) -> None:
        self._card, self._wish, self._period_ms = CardFinder(device), wish, period_ms
        self._device = device
        self._open: OpenPcm | None = None
        self._last_s = 0.0
        self.xruns = 0

    @property
    def device(self) -> str:
        """As it is called at the moment."""
        return self._device

    def open(self) -> PcmFormat:
        self.close()
        self._device = self._card.name()
        self._open = open_pcm("capture", self._device, self._wish, self._period_ms, KERNEL_BUFFER_MS)
        self._card.remember(self._device)
        self.xruns = 0
        return self._open.format

    def read(self) -> Frame:
        """The time is when the last sample was captured, not when the thread got to run: what waits is subtracted."""
        card = self._open
        if card is None:
            raise HardwareError(f"the microphone {self._device} is not open: call open() before read()")
        try:
            for _ in range(MOST_TRIES):
                frames, data = card.pcm.read()
                if frames != XRUN:  # alsaaudio has prepared the stream again
                    break
                self.xruns += 1
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
