"""What happens in the rooms of the benchmark barge_in: scenes that a Device lives through, and what came of them."""

import asyncio
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import soxr

from oyez import events as ev
from oyez.state import Phase
from oyez_hw.acoustics import active_dbfs, convolved
from oyez_hw.room_settings import RoomSettings
from tests.bench._aloud import Device, Sound
from tests.bench._aloud_rooms import RATE_HZ, Cast, Floats, onset_s, over_s

REPLY_DBFS = -23.0
ECHOES_DBFS = (-24.0, -30.0, -36.0, -42.0)
"""The device's own voice at its microphone: from a loud one in a small case to a soft one."""
AFTER_S = 0.8
"""So long after a talker ended an interruption counts as missed."""
WAKE_S = 0.9
"""A wake phrase is about so long."""
TRIES = 10
TELEVISION_DB = -15.0
Script = Generator[float, None, None]
"""Yields the time at which it goes on."""


@dataclass
class Trial:
    kind: str
    stop_ms: float | None = None
    """From onset to silence; None: the reply went on."""
    truncate_error_ms: float | None = None
    early: int = 0
    """Pauses before anybody spoke."""


@dataclass
class Tally:
    trials: list[Trial] = field(default_factory=list)
    own_s: float = 0.0
    own_pauses: int = 0
    own_cuts: int = 0
    own_of: dict[str, int] = field(default_factory=dict)
    disturbances: dict[str, list[int]] = field(default_factory=dict)
    """Of each kind: how many, how many paused the reply, how many cut it."""


class Household:
    """One device in one room with one person: a number chooses which, the same for the same folder."""

    def __init__(self, cast: Cast, number: int, ser_db: float) -> None:
        self.random = np.random.default_rng([2026, number])
        self._cast = cast
        self.room_name, response = cast.echoes[number % len(cast.echoes)]
        self.echo_dbfs = ECHOES_DBFS[number // len(cast.echoes) % len(ECHOES_DBFS)]
        self.talker_dbfs = self.echo_dbfs + ser_db
        reply = self.drawn(cast.replies)
        given_back = active_dbfs(convolved(level(reply, REPLY_DBFS), response), RATE_HZ)
        settings = RoomSettings(
            echo_gain_db=self.echo_dbfs - given_back, echo_delay_s=0.0, echo_response=response, seed=number
        )
        self.device = Device(settings)

    def drawn(self, clips: list[Floats]) -> Floats:
        return clips[self.random.integers(len(clips))]

    def mouth(self) -> Floats | None:
        return self.drawn(self._cast.mouths) if self._cast.mouths else None

    def run(self, script: Callable[["Household"], Script]) -> None:
        running, until_s = script(self), [0.0]

        def scene(now_s: float) -> bool:
            while now_s >= until_s[0]:
                try:
                    until_s[0] = next(running)
                except StopIteration:
                    return True
            return False

        asyncio.run(self.device.live(scene))

    def begins(self) -> Script:
        """Somebody wakes it and asks something."""
        device, clip, mouth = self.device, self.drawn(self._cast.talkers), self.mouth()
        first, last = onset_s(clip), over_s(clip)
        clip = clip[round(max(first, last - WAKE_S) * RATE_HZ) : round(last * RATE_HZ)]
        yield 1.0
        begun_s = device.air.say(clip, RATE_HZ, self.talker_dbfs, impulse_response=mouth)
        yield begun_s + len(clip) / RATE_HZ + 0.1
        device.woken()
        yield device.now_s + 0.3
        device.request_ends()
        yield device.now_s + 0.5

    def long_reply(self, seconds: float) -> Sound:
        parts, length = list[Floats](), 0
        while length < seconds * RATE_HZ:
            parts.append(level(self.drawn(self._cast.replies), REPLY_DBFS))
            length += len(parts[-1])
        sound = np.concatenate(parts)[: round(seconds * RATE_HZ)]
        loud = np.rint(soxr.resample(sound, RATE_HZ, 24_000) * 32768)
        return np.asarray(np.clip(loud, -32768, 32767), np.int16)

    def facts(self, kind: type, since_s: float) -> Iterator[float]:
        return (at_s for at_s, event in self.device.told if isinstance(event, kind) and at_s >= since_s)


def level(clip: Floats, dbfs: float) -> Floats:
    return np.asarray(clip * np.float32(10 ** ((dbfs - active_dbfs(clip, RATE_HZ)) / 20)), np.float32)


def interruptions(cast: Cast, tally: Tally, kind: str, count: int) -> Callable[[Household], Script]:
    """Somebody speaks over each of `count` replies."""

    def script(home: Household) -> Script:
        yield from home.begins()
        device = home.device
        for number in range(count):
            clip, mouth = home.drawn(cast.talkers), home.mouth()
            begun_s = device.now_s
            device.reply(number, home.long_reply(12.0))
            yield begun_s + home.random.uniform(0.3, 4.0)
            said_s = device.air.say(clip, RATE_HZ, home.talker_dbfs, impulse_response=mouth)
            late_s = 0.0 if mouth is None else int(np.argmax(np.abs(mouth))) / RATE_HZ
            ends_s = said_s + len(clip) / RATE_HZ + AFTER_S
            cuts = len(device.cuts)
            yield ends_s
            tally.trials.append(judged(home, kind, begun_s, said_s + late_s + onset_s(clip), cuts))
            yield from next_request(home)

    return script


def next_request(home: Household) -> Script:
    """Whatever came of the last reply, the service gets ready to answer again."""
    device = home.device
    for _ in range(TRIES):
        if device.state.phase in (Phase.SPEAKING, Phase.ASLEEP):
            device.tell(ev.ListenAsked())
        yield device.now_s + 1.0
        device.request_ends()
        yield device.now_s + 0.5
        if device.state.phase is Phase.THINKING:
            return
    raise RuntimeError(f"the device does not wait for a reply but is {device.state.phase.value}")


def judged(home: Household, kind: str, begun_s: float, onset_at_s: float, cuts: int) -> Trial:
    device = home.device
    early = sum(at_s < onset_at_s for at_s in home.facts(ev.SpeechSuspected, begun_s))
    if len(device.cuts) == cuts:
        return Trial(kind, early=early)
    cut_s, heard = device.cuts[cuts]
    until_s = cut_s + 0.1
    sounding = np.flatnonzero(device.sounding(begun_s, until_s))
    silent_s = begun_s + (int(sounding[-1]) + 1) / 1000 if len(sounding) else begun_s
    error = None if heard is None else abs(heard.heard_ms - device.heard_ms(begun_s, until_s))
    return Trial(kind, max(0.0, (silent_s - onset_at_s) * 1000), error, early)


def own_speech(tally: Tally, seconds: float, parts: int = 3) -> Callable[[Household], Script]:
    """The device talks and nobody interrupts it."""

    def script(home: Household) -> Script:
        yield from home.begins()
        device = home.device
        for number in range(parts):
            begun_s, cuts, length_s = device.now_s, len(device.cuts), seconds / parts
            device.reply(number, home.long_reply(length_s))
            yield begun_s + length_s + 0.5
            while device.state.phase is Phase.SPEAKING and device.now_s < begun_s + 2 * length_s:
                yield device.now_s + 0.1
            pauses = len(list(home.facts(ev.SpeechSuspected, begun_s)))
            tally.own_pauses += pauses
            tally.own_cuts += len(device.cuts) - cuts
            tally.own_s += length_s
            if pauses:
                tally.own_of[home.room_name] = tally.own_of.get(home.room_name, 0) + pauses
            yield from next_request(home)

    return script


def disturbed(
    tally: Tally, sounds: list[tuple[str, Floats]], db: float, before_s: float = 0.0
) -> Callable[[Household], Script]:
    """Something sounds over each reply that is nobody who speaks to the device. before_s: it did before the reply."""

    def script(home: Household) -> Script:
        device = home.device
        if before_s:
            _, first = sounds[0]
            device.air.say(np.tile(first, 1 + round(before_s * RATE_HZ) // len(first)), RATE_HZ, home.talker_dbfs + db)
            yield before_s
        yield from home.begins()
        for number, (label, sound) in enumerate(sounds):
            begun_s, cuts = device.now_s, len(device.cuts)
            length_s = len(sound) / RATE_HZ
            device.reply(number, home.long_reply(length_s + 6.0))
            yield begun_s + 1.0
            device.air.say(sound, RATE_HZ, home.talker_dbfs + db, impulse_response=home.mouth())
            yield device.now_s + length_s + AFTER_S
            count = tally.disturbances.setdefault(label, [0, 0, 0])
            count[0] += 1
            count[1] += any(True for _ in home.facts(ev.SpeechSuspected, begun_s))
            count[2] += len(device.cuts) > cuts
            yield from next_request(home)

    return script
