"""A Speaker over alsa-lib: any rate, channel count and width the card offers."""

import contextlib
import os

from oyez_hw.alsa_pcm import XRUN, OpenPcm, alsa, open_pcm, vanished
from oyez_hw.card_finder import CardFinder
from oyez_hw.convert import FORMATS, from_house
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError

DEVICE_BUFFER_MS = 100.0
MOST_TRIES = 10
"""An xrun is survived by writing again; a card that only ever answers xrun is broken."""


class AlsaSpeaker:
    """`wish` is what to ask for; `open()` tells what the card takes in its place."""

    def __init__(self, device: str, wish: PcmFormat, period_ms: float = 20.0) -> None:
        self._card, self._wish, self._period_ms = CardFinder(device), wish, period_ms
        self._device = device
        self._open: OpenPcm | None = None
        self._silent = True
        """Opened or dropped, and nothing written since: alsa-lib's pointers say nothing then."""
        self.xruns = 0

    @property
    def device(self) -> str:
        """As it is called at the moment."""
        return self._device

    def open(self) -> PcmFormat:
        self.close()
        self._device = self._card.name()
        self._open = open_pcm("playback", self._device, self._wish, self._period_ms, DEVICE_BUFFER_MS)
        self._card.remember(self._device)
        self.xruns, self._silent = 0, True
        return self._open.format

    def write(self, samples: Samples) -> None:
        card = self._opened()
        if samples.ndim != 2 or samples.shape[1] != card.format.channels:
            raise ValueError(f"sound is {samples.shape}; this card takes (frames, {card.format.channels})")
        data = from_house(samples, card.format_name)
        frame_bytes = FORMATS[card.format_name][1] * card.format.channels
        tries = 0
        self._silent = self._silent and not data
        try:
            while data:
                frames = card.pcm.write(data)
                if frames > 0:
                    data, tries = data[frames * frame_bytes :], 0
                    continue
                tries += 1
                self.xruns += frames == XRUN  # alsaaudio has prepared the stream again
                if tries > MOST_TRIES:
                    raise vanished("playback", self._device, f"{tries} writes in a row were not taken")
        except alsa().ALSAAudioError as error:
            raise vanished("playback", self._device, error) from error

    def delay_frames(self) -> int:
        """alsaaudio has no snd_pcm_delay: what is not free in the buffer is not audible yet."""
        card = self._opened()
        if self._silent:
            return 0
        free: int = card.pcm.avail()
        if free == XRUN:
            return 0
        if free < 0:
            raise vanished("playback", self._device, os.strerror(-free))
        return max(0, card.buffer_frames - free)

    def drop(self) -> int:
        dropped = self.delay_frames()
        try:
            self._opened().pcm.drop()
        except alsa().ALSAAudioError as error:
            raise vanished("playback", self._device, error) from error
        self._silent = True
        return dropped

    def close(self) -> None:
        card, self._open = self._open, None
        if card is None:
            return
        with contextlib.suppress(alsa().ALSAAudioError):  # a card that is gone has nothing left to drop
            card.pcm.drop()  # close() alone would wait for the buffer to drain
        card.pcm.close()

    def _opened(self) -> OpenPcm:
        if self._open is None:
            raise HardwareError(f"the loudspeaker {self._device} is not open: call open() first")
        return self._open
