"""Playback: a blocking `Speaker.write()` in a thread of its own, fed from a bounded Outbox.

With nothing queued it keeps the card running on silence, a little ahead, so that a reply begins soon and the delay is
always known.
"""

import asyncio
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from oyez_hw.crossing import Outbox, Worker, call_in, guard
from oyez_hw.ledger import Ledger, PlaybackMark
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError, Speaker

__all__ = ["Playback", "PlaybackMark"]

MOST_LEAD_S = 1.0
"""A card that takes more than this ahead of real time has no clock of its own, and is given ours."""
CUT_S = 1.0
"""A cut that a hanging card does not answer is answered from the ledger after this."""


class Playback:
    """Writes a speaker. Methods are for any thread, cut() and ended() for the loop; callbacks come in the loop.

    `put` answers with the sound index of the first frame; PlaybackMark counts in the same indices. So "of the sound
    that I queued, how much was audible at t" is `mark.frames_audible`, whatever filler silence lay between.
    """

    def __init__(
        self,
        speaker: Speaker,
        *,
        write_ahead_ms: float = 40.0,
        chunk_ms: float = 20.0,
        outbox_s: float = 180.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """clock: monotonic seconds, the card's own."""
        self._speaker, self._clock = speaker, clock
        self._write_ahead_ms, self._chunk_ms = write_ahead_ms, chunk_ms
        self._outbox = Outbox(outbox_s)
        self._guard = guard()
        self._cuts: list[asyncio.Future[PlaybackMark]] = []
        self._stopping = False
        self._worker: Worker | None = None
        self._ended: asyncio.Event | None = None
        self._ledger = Ledger(48_000)
        self._told = (0, 0)
        self._began_s, self._taken_s = 0.0, 0.0
        self._excess = 0
        """Frames of delay that the card tells with nothing left to play: they lie behind its buffer, or it is wrong."""
        self.format: PcmFormat | None = None
        self.error: Exception | None = None
        self.last_write_s = 0.0
        """By the clock, when the card took the last write: proof that sound moves."""
        self.on_played: Callable[[Samples, float], None] | None = None
        """(samples as given to the card, monotonic time at which the first becomes audible), for each chunk written and
        gapless, filler silence too: the echo canceller's reference. Of what was told here, a cut took back all that
        would have been audible after the time_s of the cut's mark."""
        self.on_progress: Callable[[PlaybackMark], None] | None = None
        """Whenever sound was written or became audible: about once a chunk."""

    @property
    def xruns(self) -> int:
        return self._speaker.xruns

    @property
    def queued_frames(self) -> int:
        """Frames of sound in the Outbox: not yet given to the card."""
        return self._outbox.held_frames

    def start(self, loop: asyncio.AbstractEventLoop) -> PcmFormat:
        """Opens the card and starts it on silence. Tells what it really takes. Raises HardwareError."""
        if self._worker is not None:
            self._worker.require_over(self._stopping, "Playback")
        card = self._speaker.open()
        ended = self._ended = asyncio.Event()
        with self._guard:
            self.format, self.error, self._stopping = card, None, False
            self._began_s, self._taken_s, self._excess = self._clock(), 0.0, 0
            self._outbox.forget()
            self._ledger = Ledger(card.rate_hz, self._outbox.put_frames)
        self._worker = Worker(lambda: self._run(card, loop, ended), "oyez-playback", first=True)
        return card

    def stop(self) -> None:
        """Ends the thread, drops what is not audible, closes the card. Idempotent; waits for one chunk at most."""
        self._stopping = True
        self._outbox.wake()
        if self._worker is not None:
            self._worker.join()

    async def closed(self) -> bool:
        """As stop(), without holding up the loop. False: the driver hangs; nothing can be opened until it is back."""
        self._stopping = True
        self._outbox.wake()
        return self._worker is None or await self._worker.over()

    def give_up(self, error: HardwareError) -> None:
        """The card does not take sound any more, and no call on it says so: `ended()` raises this."""
        self.error, self._stopping = error, True
        if self._ended is not None:
            self._ended.set()

    async def ended(self) -> None:
        """Waits until the thread has ended. Raises HardwareError when the card was lost; start() may be tried again."""
        if self._ended is None:
            raise RuntimeError("this Playback was not started: call start() before ended()")
        await self._ended.wait()
        if self.error is not None:
            raise self.error

    def put(self, samples: npt.NDArray[np.int16]) -> int:
        """Queues int16 sound at the card's rate: (n,) or (n, 1) for all channels, or (n, channels).

        Returns the sound index of its first frame. Raises ValueError for another shape, OutboxFull past `outbox_s`,
        HardwareError when the card is not open; nothing is queued then.
        """
        sound = samples.reshape(-1, 1) if samples.ndim == 1 else samples
        if self.format is None or self._stopping:
            cause = f" ({self.error})" if self.error else ""
            raise HardwareError(f"the loudspeaker is not open, so nothing can be played: start it again{cause}")
        if sound.dtype != np.int16 or sound.ndim != 2 or sound.shape[1] not in (1, self.format.channels):
            raise ValueError(
                f"sound to play is {samples.dtype} {samples.shape}; it must be int16 (n,) or (n, channels)"
            )
        return self._outbox.put(sound, self.format.rate_hz)

    def position(self) -> PlaybackMark:
        """Where playback stands now, interpolated from the card's last report."""
        with self._guard:
            return self._ledger.mark(self._clock())

    async def cut(self) -> PlaybackMark:
        """Forgets all that was put before this call and silences the card within one chunk.

        `frames_audible` of the mark is the exact index at which the sound was cut. Sound put from now on is kept.
        A card that is dead or does not answer is answered for from its last report.
        """
        done: asyncio.Future[PlaybackMark] = asyncio.get_running_loop().create_future()
        with self._guard:
            self._outbox.forget()
            if self._worker is None or not self._worker.alive or self._stopping:
                return self.position()
            self._cuts.append(done)
        try:
            # Not wait_for: until Python 3.12 it forgets a cancellation that comes as the card answers, and who is told
            # to stop in that moment would go on for ever.
            async with asyncio.timeout(CUT_S):
                return await done
        except TimeoutError:
            return self.position()

    def _run(self, card: PcmFormat, loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
        try:
            while not self._stopping:
                self._turn(card, loop)
            self._speaker.drop()
        except Exception as error:  # raised again by ended(), where somebody can act on it
            self.error = error
        try:
            self._speaker.close()
        except Exception as error:  # told by ended() too: who waits for the end is never left waiting
            self.error = self.error or error
        finally:
            with self._guard:
                self._stopping = True
                cuts, self._cuts = self._cuts, []
            _answer(loop, cuts, self.position())
            call_in(loop, ended.set)

    def _turn(self, card: PcmFormat, loop: asyncio.AbstractEventLoop) -> None:
        """One chunk, so that a cut never waits longer than one blocked write of it."""
        with self._guard:
            cuts, self._cuts = self._cuts, []
            chunk = None if cuts else self._outbox.take(int(card.rate_hz * self._chunk_ms / 1000))
        if cuts:
            self._cut_now(loop, cuts)
        elif chunk is None:
            self._idle(card, loop)
        else:
            self._write(card, loop, chunk[1], chunk[0])

    def _idle(self, card: PcmFormat, loop: asyncio.AbstractEventLoop) -> None:
        """Keeps the card between one chunk less than the write-ahead and the write-ahead."""
        ahead = int(card.rate_hz * self._write_ahead_ms / 1000)
        low = max(ahead // 2, ahead - int(card.rate_hz * self._chunk_ms / 1000))
        told = self._speaker.delay_frames()
        self._excess = min(self._excess, told)
        delay = told - self._excess
        if delay <= low:
            self._write(card, loop, np.zeros((ahead - delay, 1), np.int16), None)
            return
        begun_s = self._report(loop, told)
        self._outbox.wait((delay - low) / card.rate_hz)
        passed = (self._clock() - begun_s) * card.rate_hz
        left = self._speaker.delay_frames()
        if passed >= delay - low and told - left < passed / 2:  # it has run dry, whatever it says
            self._excess = left

    def _write(
        self, card: PcmFormat, loop: asyncio.AbstractEventLoop, samples: Samples, sound_start: int | None
    ) -> None:
        whole = samples if samples.shape[1] == card.channels else np.repeat(samples, card.channels, axis=1)
        self._speaker.write(whole)
        self._taken_s += len(whole) / card.rate_hz
        lead_s = self._taken_s - (self._clock() - self._began_s)
        if lead_s > MOST_LEAD_S:  # ALSA's null and file devices have no clock and would drown the loop
            self._outbox.wait(lead_s - MOST_LEAD_S)
        delay = self._speaker.delay_frames()
        with self._guard:  # both at once: a look between them would take new sound for audible
            self._ledger.wrote(len(whole), sound_start)
            self.last_write_s = self._report(loop, delay)
        if self.on_played is not None:
            call_in(loop, self.on_played, whole, self.last_write_s + (delay - len(whole)) / card.rate_hz)

    def _report(self, loop: asyncio.AbstractEventLoop, delay_frames: int) -> float:
        now = self._clock()
        with self._guard:
            self._ledger.reported(delay_frames, now)
            mark = self._ledger.mark(now)
        news = (mark.frames_written, mark.frames_audible)
        if news != self._told and self.on_progress is not None:
            self._told = news
            call_in(loop, self.on_progress, mark)
        return now

    def _cut_now(self, loop: asyncio.AbstractEventLoop, cuts: list[asyncio.Future[PlaybackMark]]) -> None:
        dropped = self._speaker.drop()
        now = self._clock()
        with self._guard:
            self._ledger.dropped(dropped, now)
            mark = self._ledger.mark(now)
        if self.format is not None:  # what was taken back was not taken ahead of time: see MOST_LEAD_S
            self._taken_s -= dropped / self.format.rate_hz
        _answer(loop, cuts, mark)


def _answer(loop: asyncio.AbstractEventLoop, cuts: list[asyncio.Future[PlaybackMark]], mark: PlaybackMark) -> None:
    for done in cuts:
        call_in(loop, _settle, done, mark)


def _settle(done: asyncio.Future[PlaybackMark], mark: PlaybackMark) -> None:
    if not done.done():
        done.set_result(mark)
