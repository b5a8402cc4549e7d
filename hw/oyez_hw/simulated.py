"""Drivers with physics: a sound card that stands in a Room.

In real time the card's clock is time.monotonic(). Fast, its clock moves when somebody waits for it: for one thread
alone, which reads and writes in turn.
"""

import math
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from oyez_hw.crossing import guard
from oyez_hw.faults import Fault
from oyez_hw.pcm import Frame, PcmFormat, Samples
from oyez_hw.ports import HardwareError
from oyez_hw.room import Room

LOOK_S = 0.02
"""A thread that waits for the card looks so often whether it is still there."""
CAPTURE_BUFFER_S = 0.32
PLAYBACK_BUFFER_S = 0.08


class CardClock(Protocol):
    def now_s(self) -> float: ...
    def wait_until(self, time_s: float) -> None: ...


class RealClock:
    def now_s(self) -> float:
        return time.monotonic()

    def wait_until(self, time_s: float) -> None:
        time.sleep(max(0.0, time_s - time.monotonic()))


class FastClock:
    def __init__(self, now_s: float = 0.0) -> None:
        self._now_s = now_s

    def now_s(self) -> float:
        return self._now_s

    def wait_until(self, time_s: float) -> None:
        self._now_s = max(self._now_s, time_s)


class SimulatedCard:
    """One card with a microphone and a loudspeaker. Faults may be made from any thread."""

    def __init__(self, room: Room, clock: CardClock, period_ms: float = 20.0) -> None:
        self.room, self.clock = room, clock
        self.guard = guard()
        self.present = True
        self.open_parts = 0
        self.on_closed: Callable[[], None] | None = None
        """Called when the last of microphone and loudspeaker is closed, in the thread that closed it."""
        self.microphone = SimulatedMicrophone(self, period_ms)
        self.speaker = SimulatedSpeaker(self)

    def unplug(self) -> None:
        """From now on both parts fail, and what the loudspeaker had not made audible is lost."""
        with self.guard:
            self.speaker.advance()
            self.present = False

    def replug(self) -> None:
        """Both parts may be opened again."""
        with self.guard:
            self.present = True

    def require(self, part: str) -> None:
        if not self.present:
            raise HardwareError(
                f"the simulated {part} is gone: it was unplugged; call replug() and open it again", Fault.ABSENT
            )

    def wait(self, part: str, until_s: float) -> None:
        """Raises HardwareError within LOOK_S of an unplug."""
        self.require(part)
        while (now_s := self.clock.now_s()) < until_s:
            self.clock.wait_until(min(until_s, now_s + LOOK_S))
            self.require(part)

    def opened(self, part: str, already: bool) -> None:
        self.require(part)
        if already:
            raise HardwareError(f"the simulated {part} is in use: close it before it is opened again", Fault.BUSY)
        self.open_parts += 1

    def closed(self) -> None:
        self.open_parts -= 1
        if not self.open_parts and self.on_closed is not None:
            self.on_closed()


class SimulatedMicrophone:
    def __init__(self, card: SimulatedCard, period_ms: float) -> None:
        self._card = card
        self._format = card.room.microphone
        self._period = max(1, round(self._format.rate_hz * period_ms / 1000))
        self._next: int | None = None
        """Room frame that is read next; None: closed."""
        self._forced_xruns = 0
        self.xruns = 0
        self.reads = 0
        """Periods that were asked for since it was made, heard or not."""

    def open(self) -> PcmFormat:
        with self._card.guard:
            self._card.opened("microphone", self._next is not None)
            self._next = self._frame_at(self._card.clock.now_s())
            self._card.room.pass_by(self._next)
            self.xruns = 0
        return self._format

    def read(self) -> Frame:
        card, rate_hz = self._card, self._format.rate_hz
        if self._next is None:
            raise HardwareError("the simulated microphone is not open: call open() before read()")
        self.reads += 1
        self._overrun()
        start = self._next
        end_s = card.room.epoch_s + (start + self._period) / card.room.capture_hz
        card.wait("microphone", end_s)
        with card.guard:
            card.speaker.advance()
            samples = card.room.hear(start, self._period)
            self._next = start + self._period
        return Frame(samples, rate_hz, end_s)

    def close(self) -> None:
        with self._card.guard:
            if self._next is not None:
                self._next = None
                self._card.closed()

    def force_xrun(self) -> None:
        """The next read loses a buffer of sound."""
        with self._card.guard:
            self._forced_xruns += 1

    def _overrun(self) -> None:
        """Who reads too late has lost what did not fit the buffer; the card begins anew."""
        with self._card.guard:
            now = self._frame_at(self._card.clock.now_s())
            late = self._next is not None and now - self._next > CAPTURE_BUFFER_S * self._format.rate_hz
            if late or self._forced_xruns:
                self._forced_xruns = max(0, self._forced_xruns - 1)
                self.xruns += 1
                self._next = max(now, self._next or 0)

    def _frame_at(self, time_s: float) -> int:
        return math.ceil((time_s - self._card.room.epoch_s) * self._card.room.capture_hz)


class SimulatedSpeaker:
    """Its clock starts with the first write; an empty buffer is an underrun and stops it, as a card does."""

    def __init__(self, card: SimulatedCard) -> None:
        self._card = card
        self._format = card.room.loudspeaker
        self._buffer_frames = round(self._format.rate_hz * PLAYBACK_BUFFER_S)
        self._pending = np.zeros((0, self._format.channels), np.int16)
        """Written, not yet audible."""
        self._at: int | None = None
        """Room frame at which the first pending frame becomes audible; None: not running."""
        self._open = False
        self.xruns = 0

    def open(self) -> PcmFormat:
        with self._card.guard:
            self._card.opened("loudspeaker", self._open)
            self._open, self._at, self.xruns = True, None, 0
            self._pending = self._pending[:0]
        return self._format

    def write(self, samples: Samples) -> None:
        if samples.ndim != 2 or samples.shape[1] != self._format.channels or samples.dtype != np.int16:
            raise ValueError(
                f"sound is {samples.dtype} {samples.shape}; int16 (frames, {self._format.channels}) is due"
            )
        card, left = self._card, samples
        while len(left):
            self._require_open()
            with card.guard:
                self.advance()
                space = self._buffer_frames - len(self._pending)
                if self._at is None:
                    self._at = self._frame_at(card.clock.now_s()) + 1
                self._pending = np.concatenate((self._pending, left[:space]))
                left = left[space:]
            if len(left):
                need = min(len(left), self._buffer_frames // 4)
                card.wait("loudspeaker", card.clock.now_s() + need / self._format.rate_hz)

    def delay_frames(self) -> int:
        self._require_open()
        with self._card.guard:
            self.advance()
            error_s = self._card.room.settings.delay_error_s
            return max(0, len(self._pending) + round(error_s * self._format.rate_hz))

    def drop(self) -> int:
        self._require_open()
        with self._card.guard:
            self.advance()
            dropped = len(self._pending)
            self._pending, self._at = self._pending[:0], None
            return dropped

    def close(self) -> None:
        with self._card.guard:
            if self._open:
                self.advance()
                self._open, self._at, self._pending = False, None, self._pending[:0]
                self._card.closed()

    def force_xrun(self) -> None:
        """What is pending is played; then the card has starved."""
        with self._card.guard:
            self.advance()
            if self._at is not None:
                self.xruns += 1
                self._card.room.play(self._at, self._pending)
                self._pending, self._at = self._pending[:0], None

    def advance(self) -> None:
        """Makes audible what the clock has reached. Under the card's guard."""
        if self._at is None or not self._card.present:
            return
        due = max(0, self._frame_at(self._card.clock.now_s()) - self._at)
        audible = self._pending[:due]
        if len(audible):
            self._card.room.play(self._at, audible)
        self._pending = self._pending[len(audible) :]
        self._at += len(audible)
        if due > len(audible):
            self.xruns += 1
            self._at = None

    def _require_open(self) -> None:
        self._card.require("loudspeaker")
        if not self._open:
            raise HardwareError("the simulated loudspeaker is not open: call open() first")

    def _frame_at(self, time_s: float) -> int:
        return math.floor((time_s - self._card.room.epoch_s) * self._format.rate_hz)
