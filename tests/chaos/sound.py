"""The card's two ends on the loop instead of in threads of their own, so that their time is the loop's.

Room, card, ledger and outbox are the real ones; only who waits for the card is another.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np

from oyez_hw.capture import Capture
from oyez_hw.ledger import Ledger, PlaybackMark
from oyez_hw.pcm import Frame, PcmFormat
from oyez_hw.playback import Playback
from oyez_hw.ports import HardwareError, Microphone, Speaker
from oyez_hw.simulated import PLAYBACK_BUFFER_S

PERIOD_S = 0.02
ROUNDING_S = 1e-4


class LoopClock:
    """A card's clock that nobody waits for: who reads or writes came in time, but for rounding."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s, self._reached_s = now_s, 0.0

    def now_s(self) -> float:
        return max(self._now_s(), self._reached_s)

    def wait_until(self, time_s: float) -> None:
        assert time_s - self._now_s() < PERIOD_S, "somebody reads or writes too early, and would block the loop"
        self._reached_s = time_s


class LoopCapture(Capture):
    def __init__(self, microphone: Microphone) -> None:
        super().__init__(microphone)
        self._open = False

    def start(self, loop: asyncio.AbstractEventLoop) -> PcmFormat:
        self.stop()
        self.format = self._microphone.open()
        self._open = True
        return self.format

    def finish(self) -> None:
        self.stop()

    def stop(self) -> None:
        if self._open:
            self._open = False
            self._microphone.close()

    async def closed(self) -> bool:
        self.stop()
        return True

    async def frames(self) -> AsyncIterator[Frame]:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + ROUNDING_S
        while self._open:
            due_s += PERIOD_S
            await asyncio.sleep(due_s - loop.time())
            if self._open:
                frame = self._microphone.read()
                self.frames_read += 1
                self.frames_sounding += 1
                self.last_frame_s = loop.time()
                yield frame


class LoopPlayback(Playback):
    def __init__(self, speaker: Speaker, clock: Callable[[], float]) -> None:
        super().__init__(speaker, clock=clock)
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> PcmFormat:
        card = self._speaker.open()
        self._ended = asyncio.Event()
        self.format, self.error, self._stopping = card, None, False
        self._began_s, self._taken_s = self._clock(), 0.0
        self._outbox.forget()
        self._ledger = Ledger(card.rate_hz, self._outbox.put_frames)
        self._task = loop.create_task(self._play(card, loop), name="playback")
        return card

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._close()

    async def closed(self) -> bool:
        self.stop()
        return True

    def put(self, samples: "np.typing.NDArray[np.int16]") -> int:
        start = super().put(samples)
        self._news.set()
        return start

    async def cut(self) -> PlaybackMark:
        self._outbox.forget()
        await asyncio.sleep(PERIOD_S / 2)  # the card's thread is in the middle of a write, as a rule
        if self._stopping:
            return self.position()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[PlaybackMark] = loop.create_future()
        try:
            self._cut_now(loop, [done])
        except HardwareError:  # the writer meets it too, and tells
            return self.position()
        return await done

    async def _play(self, card: PcmFormat, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while True:
                await self._turn_on_loop(card, loop)
        except HardwareError as error:
            self.error = error
        finally:
            self._close()

    async def _turn_on_loop(self, card: PcmFormat, loop: asyncio.AbstractEventLoop) -> None:
        chunk_frames, ahead = round(card.rate_hz * PERIOD_S), round(card.rate_hz * 0.04)
        delay = self._speaker.delay_frames()
        too_many = delay + chunk_frames - round(card.rate_hz * PLAYBACK_BUFFER_S)
        if too_many > 0:
            await asyncio.sleep(too_many / card.rate_hz + ROUNDING_S)
        elif (chunk := self._outbox.take(chunk_frames)) is not None:
            self._write(card, loop, chunk[1], chunk[0])
        elif delay <= ahead // 2:
            self._write(card, loop, np.zeros((ahead - delay, 1), np.int16), None)
        else:
            self._report(loop, delay)
            await self._wait_for_news((delay - ahead // 2) / card.rate_hz + ROUNDING_S)

    async def _wait_for_news(self, timeout_s: float) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            return

    def _close(self) -> None:
        self._stopping = True
        self._speaker.close()
        if self._ended is not None:
            self._ended.set()
