"""Capture: a blocking `Microphone.read()` in a thread of its own; frames reach the loop through a bounded Inbox."""

import asyncio
import time
from collections.abc import AsyncIterator

from oyez_hw.crossing import Inbox, Worker
from oyez_hw.pcm import Frame, PcmFormat
from oyez_hw.ports import HardwareError, Microphone
from oyez_hw.sound_watch import SoundWatch

MOST_LEAD_S = 1.0
"""A card that delivers more than this ahead of real time has no clock of its own, and is given ours."""


class Capture:
    """Reads a microphone in a thread of its own. Methods are for the loop; counters may be read anywhere."""

    def __init__(self, microphone: Microphone, *, buffer_s: float = 2.0, watch: SoundWatch | None = None) -> None:
        """watch: says when a card that can be read is lost nevertheless; None: nobody looks."""
        self._microphone, self._watch = microphone, watch
        self._buffer_s = buffer_s
        self._inbox: Inbox | None = None
        self._worker: Worker | None = None
        self._stopping = False
        self.format: PcmFormat | None = None
        self.error: Exception | None = None
        self.frames_read = 0
        """Periods read from the card (not samples)."""
        self.frames_sounding = 0
        """Of those, what a working microphone gives: see SoundWatch."""
        self.last_frame_s = 0.0
        """time.monotonic() of the last period: proof that sound moves."""

    @property
    def frames_dropped(self) -> int:
        """Periods that the loop was too slow to take."""
        return self._inbox.dropped if self._inbox else 0

    @property
    def xruns(self) -> int:
        return self._microphone.xruns

    def start(self, loop: asyncio.AbstractEventLoop) -> PcmFormat:
        """Opens the card and starts to read. Tells what it really delivers. Raises HardwareError."""
        if self._worker is not None:
            self._worker.require_over(self._stopping, "Capture")
        self.format = self._microphone.open()
        self.error = None
        self._stopping = False
        if self._watch is not None:
            self._watch.begin()
        inbox = self._inbox = Inbox(loop, self._buffer_s)
        self._worker = Worker(lambda: self._run(inbox), "oyez-capture", first=True)
        return self.format

    def finish(self) -> None:
        """Ends the thread and closes the card after the period in hand; `frames()` ends then. Waits for nothing."""
        self._stopping = True

    def stop(self) -> None:
        """Ends the thread and closes the card; `frames()` ends. Idempotent; waits for one period at most."""
        self._stopping = True
        if self._worker is not None:
            self._worker.join()

    async def closed(self) -> bool:
        """As stop(), without holding up the loop. False: the driver hangs; nothing can be opened until it is back."""
        self._stopping = True
        return self._worker is None or await self._worker.over()

    def give_up(self, error: HardwareError) -> None:
        """The card does not give sound any more, and no call on it says so: `frames()` raises this."""
        self.error, self._stopping = error, True
        if self._inbox is not None:
            self._inbox.end()

    async def frames(self) -> AsyncIterator[Frame]:
        """Each period in order, until stop(). Raises HardwareError when the card was lost; start() may be retried."""
        if self._inbox is None:
            raise RuntimeError("this Capture was not started: call start() before frames()")
        inbox = self._inbox
        while (frame := await inbox.get()) is not None:
            yield frame
        if self.error is not None:
            raise self.error

    def _run(self, inbox: Inbox) -> None:
        try:
            began_s, captured_s = time.monotonic(), 0.0
            while not self._stopping:
                frame = self._microphone.read()
                self.frames_read += 1
                captured_s += frame.duration_s
                lead_s = captured_s - (time.monotonic() - began_s)
                if lead_s > MOST_LEAD_S:  # ALSA's null and file devices have no clock and would drown the loop
                    time.sleep(lead_s - MOST_LEAD_S)
                self.last_frame_s = frame.time_s
                inbox.put(frame)
                if self._watch is None or self._watch.take(frame, self._microphone.xruns):
                    self.frames_sounding += 1
        except Exception as error:  # raised again by frames(), where somebody can act on it
            self.error = error
        finally:
            try:
                self._microphone.close()
            finally:  # who waits for frames is never left waiting; and start() may follow at once
                self._stopping = True
                inbox.end()
