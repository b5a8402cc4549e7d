"""A board under test and what stands around it. What is not there makes a test skip and says what was missing."""

import math
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn, Protocol

import numpy as np
import pytest

from oyez_hw.crossing import Worker
from oyez_hw.duplex import play_and_record
from oyez_hw.measuring.take import Take
from oyez_hw.pcm import Frame, PcmFormat, Samples
from oyez_hw.ports import HardwareError, Microphone, Speaker
from oyez_hw.room import Room
from tests.hardware.options import Loop

PATIENT_S = 20.0
"""No promise of a card: how long a test waits before it says that something did not come."""
Deed = Callable[[], None]
Sound = Callable[[PcmFormat], Samples]
"""The loudspeaker's format -> what to play, int16 (frames, channels)."""
Taking = Callable[[Sound, float], Take]
"""(what to play, how many seconds to hear on) -> what was heard meanwhile."""


class Mouth(Protocol):
    def __call__(self, sound: Samples, rate_hz: int, level_dbfs: float) -> None:
        """Speaks (n,) into the room from now on and does not wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a measurement of a simulated room must find."""

    path_ms: float
    drift_ppm: float
    gains_db: tuple[float, ...]
    """Of each microphone, against the first."""
    echo_db: float


@dataclass(kw_only=True)
class Bench:
    name: str
    formats: tuple[PcmFormat, PcmFormat]
    """What the microphones deliver and the loudspeaker takes."""
    microphone: Microphone
    speaker: Speaker
    second_microphone: Microphone
    """The same card, opened by somebody else."""
    loop: Loop
    force_capture_xrun: Deed
    force_playback_xrun: Deed
    own_room: Room | None = None
    own_mouth: Mouth | None = None
    own_unplug: Callable[[], object] | None = None
    own_replug: Deed | None = None
    own_take: Taking | None = None
    own_ends: Sequence[Deed] = ()
    """What is to be ended with it."""
    truth: Truth | None = None
    mouth_dbfs: float = -26.0
    """Digital level of the mouth's speech that is as loud as a person's: 65 dB(A) at 1 m."""
    mouth_distance_m: float = 1.0
    loudspeaker_mm: tuple[float, float, float] | None = None
    most_round_trip_ms: float = 600.0
    _heard_before: int = 0
    _unplugged: bool = False

    @property
    def room(self) -> Room:
        """Whose air is known exactly."""
        return self.own_room or absent(self.name, "a simulated Room, whose air is known sample by sample")

    @property
    def mouth(self) -> Mouth:
        return self.own_mouth or absent(self.name, "a mouth: give --rig with [mouth]")

    def unplug(self) -> None:
        """Pulls its card out."""
        if self.own_unplug is None:
            absent(self.name, "a way to pull out its card: give --rig with [usb]")
        self._unplugged = True
        self.own_unplug()

    def replug(self) -> None:
        """When it comes back the card can be opened again."""
        if self.own_replug is not None and self._unplugged:
            self.own_replug()
        self._unplugged = False

    def take(self, sound: Sound, after_s: float) -> Take:
        """Plays and hears at once. Raises HardwareError."""
        if self.loop == "none":
            pytest.skip(f"{self.name} does not hear itself (--loop none)")
        if self.own_take is not None:
            return self.own_take(sound, after_s)
        return play_and_record(self.microphone, self.speaker, sound, after_s)

    def speech_dbfs(self, distance_m: float) -> float:
        """For the mouth: as loud at the board as a person so far away, by distance alone."""
        return self.mouth_dbfs - db(distance_m / self.mouth_distance_m)

    def hear(self, seconds: float) -> Samples:
        """What the open microphone hears from now on. Raises HardwareError."""
        wanted, heard = round(seconds * self.formats[0].rate_hz), [self.microphone.read().samples]
        while sum(map(len, heard)) < wanted:
            heard.append(self.microphone.read().samples)
        return np.concatenate(heard)

    @property
    def exact(self) -> bool:
        """What is played can be counted sample by sample."""
        return self.own_room is not None or self.loop == "digital"

    def heard(self, ears: "Ears") -> Samples:
        """What its loudspeaker made audible, from its first sound to its last."""
        return self.heard_of(ears.samples)

    def heard_of(self, captured: Samples) -> Samples:
        """The same, by what its microphones heard meanwhile."""
        if self.own_room is not None:
            start = self._heard_before
            whole = self.own_room.heard.read(start, self.own_room.heard.end - start)
        elif self.loop == "digital":
            whole = captured
        else:
            absent(self.name, "a loop that hears it sample by sample: through the air it is tests of chirps that do")
        sounding = np.flatnonzero(whole.any(axis=1))
        return whole[sounding[0] : sounding[-1] + 1] if len(sounding) else whole[:0]

    def forget_heard(self) -> None:
        """What comes from now on is to be counted."""
        if self.own_room is not None:
            self._heard_before = self.own_room.heard.end

    def close(self) -> None:
        self.replug()
        self.microphone.close()
        self.speaker.close()
        for end in self.own_ends:
            end()


def absent(board: str, what: str) -> NoReturn:
    pytest.skip(f"{board} has not {what}")


class Ears:
    """Reads an open microphone in a thread, as the daemon does: it is also what makes a simulated room hear."""

    def __init__(self, microphone: Microphone, keep: int | None = None) -> None:
        """keep: so many frames at most, the newest; None: all."""
        self._microphone = microphone
        self._frames: deque[Frame] = deque(maxlen=keep)
        self._changed = threading.Condition()
        self._ending = False
        self.error: HardwareError | None = None
        self._worker = Worker(self._listen, "test-ears")

    @property
    def frames(self) -> list[Frame]:
        with self._changed:
            return list(self._frames)

    @property
    def samples(self) -> Samples:
        return np.concatenate([frame.samples for frame in self.frames])

    @property
    def heard_s(self) -> float:
        """By the card's own clock: what was read, in seconds of sound."""
        return sum(frame.duration_s for frame in self.frames)

    def listen(self, seconds: float) -> Samples:
        """What comes from now on. Raises what the microphone raised."""
        first = len(self.frames)
        self.until(lambda frames: sum(frame.duration_s for frame in frames[first:]) >= seconds)
        return np.concatenate([frame.samples for frame in self.frames[first:]])

    def until(self, holds: Callable[[list[Frame]], bool]) -> None:
        """Waits for as much sound as it takes. Raises what the microphone raised."""
        with self._changed:
            came = self._changed.wait_for(lambda: self.error is not None or holds(list(self._frames)), PATIENT_S)
            if self.error is not None:
                raise self.error
        assert came, f"{PATIENT_S:g} s were not enough for the sound to come"

    def end(self) -> None:
        self._ending = True
        self._worker.join()

    def _listen(self) -> None:
        while not self._ending:
            try:
                frame = self._microphone.read()
            except HardwareError as error:
                self.error = error
                self._ending = True
            with self._changed:
                if self.error is None:
                    self._frames.append(frame)
                self._changed.notify_all()


@contextmanager
def listening(microphone: Microphone) -> Iterator[Ears]:
    """Opens it; at the end it is open still, and nobody reads it."""
    microphone.open()
    ears = Ears(microphone)
    try:
        ears.until(bool)
        yield ears
    finally:
        ears.end()


def db(ratio: float) -> float:
    return 20 * math.log10(max(ratio, 1e-9))
