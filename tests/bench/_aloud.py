"""A device that talks and is talked to, faster than real time: the daemon's own ears, machine, voice and playback on a
simulated card, in one thread.

Everything that decides ships: Ears, step(), Voice, Playback, Room. What is replaced is who waits: playback's thread is
stepped half a frame after the microphone, which is the mean of what a cut waits for a blocked write; the line is not
there, so its facts are told by the scene; the wake word is told when the scene says that it was spoken.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from oyez import actions as do, events as ev
from oyez.config import Conversation, Hearing, Speaking
from oyez.conversation import step
from oyez.hearing.ears import Ears
from oyez.speaking.playout import Heard
from oyez.speaking.voice import Voice
from oyez.state import Phase, State
from oyez_hw.ledger import PlaybackMark
from oyez_hw.pcm import Frame, PcmFormat
from oyez_hw.playback import Playback
from oyez_hw.room import Room
from oyez_hw.room_settings import RoomSettings
from oyez_hw.simulated import PLAYBACK_BUFFER_S, FastClock, SimulatedCard

MICROPHONE, LOUDSPEAKER = PcmFormat(16_000, 1), PcmFormat(48_000, 1)
FRAME_S = 0.02
CHUNK_S = 0.02
TURNS = 4
"""So often the loop is given a turn after each half frame: an order that waits for another needs some."""
Sound = npt.NDArray[np.int16]


class CueEngine:
    """A wake word that is heard when the scene says so."""

    word, threshold = "cue", 0.5

    def __init__(self) -> None:
        self.cued = False

    def score(self, block: Sound) -> float:
        cued, self.cued = self.cued, False
        return 1.0 if cued else 0.0

    def reset(self) -> None:
        self.cued = False


class AtOnce(Executor):
    """The ears' worker without its thread: the cue takes no time."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*args, **kwargs))
        return done


class SteppedPlayback(Playback):
    """Without its thread: `turn` does what that would have done by now."""

    def begin(self, loop: asyncio.AbstractEventLoop, card: SimulatedCard) -> None:
        from oyez_hw.ledger import Ledger

        self._loop, self._card = loop, card
        self.format = self._speaker.open()
        self._ledger = Ledger(self.format.rate_hz, 0)
        self._waiting: list[asyncio.Future[PlaybackMark]] = []

    async def cut(self) -> PlaybackMark:
        done: asyncio.Future[PlaybackMark] = self._loop.create_future()
        self._outbox.forget()
        self._waiting.append(done)
        return await done

    def turn(self) -> None:
        assert self.format is not None
        rate_hz = self.format.rate_hz
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._cut_now(self._loop, waiting)
            return
        while self._speaker.delay_frames() <= (PLAYBACK_BUFFER_S - CHUNK_S) * rate_hz:
            chunk = self._outbox.take(round(CHUNK_S * rate_hz))
            if chunk is not None:
                self._write(self.format, self._loop, chunk[1], chunk[0])
            elif self._speaker.delay_frames() <= CHUNK_S * rate_hz:
                self._write(self.format, self._loop, np.zeros((round(CHUNK_S * rate_hz), 1), np.int16), None)
            else:
                break
        self._report(self._loop, self._speaker.delay_frames())


@dataclass
class Device:
    """One device in one room, from its first sound on."""

    room: RoomSettings
    hearing: Hearing = field(default_factory=Hearing)
    told: list[tuple[float, ev.Event]] = field(default_factory=list)
    """(room time, what the ears told)."""
    ordered: list[tuple[float, do.Action]] = field(default_factory=list)
    cuts: list[tuple[float, Heard | None]] = field(default_factory=list)
    """(room time at which the order came, what voice says was heard)."""

    def __post_init__(self) -> None:
        self.clock = FastClock()
        self.air = Room(MICROPHONE, LOUDSPEAKER, self.room, epoch_s=0.0)
        self.card = SimulatedCard(self.air, self.clock, FRAME_S * 1000)
        self.playback = SteppedPlayback(self.card.speaker, clock=self.clock.now_s)
        self.voice = Voice(Speaking(chimes=False), self.playback, self.tell)
        self.engine = CueEngine()
        self.ears = Ears(self.hearing, self.hear, clock=self.clock.now_s, engine=self.engine)
        cast(Any, self.ears)._scoring._worker = AtOnce()
        self.playback.on_played = lambda samples, at_s: self.ears.played(samples, LOUDSPEAKER.rate_hz, at_s)
        self.playback.on_progress = self.voice.progressed
        self.state, self.settings = State(), Conversation(max_conversation_s=36_000.0, speaking_s=36_000.0)
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()

    @property
    def now_s(self) -> float:
        return self.clock.now_s()

    def tell(self, event: ev.Event) -> None:
        self._events.put_nowait(event)

    def hear(self, event: ev.Event) -> None:
        self.told.append((self.now_s, event))
        self.tell(event)
        if isinstance(event, ev.SpeechStarted):  # which the service hears as well
            self.tell(ev.SpeechStarted("server"))
        elif isinstance(event, ev.SpeechStopped):
            self.tell(ev.SpeechStopped("server"))

    async def live(self, scene: Callable[[float], bool]) -> None:
        """Until `scene` (told the time before each frame) says that it is over."""
        self.playback.begin(asyncio.get_running_loop(), self.card)
        self.card.microphone.open()
        conducting = asyncio.create_task(self._conduct())
        try:
            await self.ears.run(self._frames(scene))
            if conducting.done():
                conducting.result()
        finally:
            conducting.cancel()

    async def _frames(self, scene: Callable[[float], bool]) -> AsyncIterator[Frame]:
        while not scene(self.now_s):
            self.clock.wait_until(self.now_s + FRAME_S / 2)
            self.playback.turn()
            await self._turns()
            yield self.card.microphone.read()
            await self.ears.settled()
            if self.state.next_s is not None and self.now_s >= self.state.next_s:
                self.tell(ev.DeadlinePassed())
            await self._turns()

    async def _turns(self) -> None:
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def _conduct(self) -> None:
        while True:
            event = await self._events.get()
            self.state, actions = step(self.state, event, self.now_s, self.settings)
            for action in actions:
                self.ordered.append((self.now_s, action))
                waiting = self._carry_out(action)
                if waiting is not None:
                    await waiting

    def _carry_out(self, action: do.Action) -> Awaitable[Any] | None:
        match action:
            case do.OpenSession():
                self.tell(ev.SessionReady())
            case do.ExpectBargeIn(on=on, spoken_over=spoken_over):
                self.ears.replying(on, spoken_over=spoken_over)
            case do.OpenTap(since_s=since_s):
                self.ears.open_tap(since_s, lambda piece: None)
            case do.CloseTap():
                self.ears.close_tap()
            case do.PauseReply():
                return self.voice.pause()
            case do.ResumeReply():
                self.voice.resume()
            case do.FinishReply():
                self.voice.reply_complete()
            case do.CutReply():
                return self._cut()
        return None

    async def _cut(self) -> None:
        at_s = self.now_s
        self.cuts.append((at_s, await self.voice.cut()))

    # --- what a scene does --------------------------------------------------------------------------------------------

    def woken(self) -> None:
        """The wake phrase was heard just now, and a request follows at once."""
        self.engine.cued = True

    def request_ends(self) -> None:
        """The service heard it, if it did not tell so already."""
        if self.state.phase is Phase.LISTENING:
            self.tell(ev.SpeechStarted("server"))
            self.tell(ev.SpeechStopped("server"))

    def reply(self, number: int, pcm24k: Sound) -> None:
        """The service answers; all of it comes at once. It has a faint noise, so that it is never as silent as a
        loudspeaker that was told to be."""
        name = f"reply{number}"
        dither = np.random.default_rng(number).integers(-3, 4, len(pcm24k))
        sound = np.clip(pcm24k + dither, -32768, 32767).astype("<i2")
        self.tell(ev.ReplyBegun(name))
        self.voice.say(name, 0, sound.tobytes())
        self.tell(ev.ReplyAudible(name))
        self.tell(ev.ReplyEnded(name, "completed"))

    def sounding(self, from_s: float, until_s: float) -> npt.NDArray[np.bool_]:
        """Of each ms of room time, whether the loudspeaker sounded in it."""
        rate_hz = LOUDSPEAKER.rate_hz
        per_ms = rate_hz // 1000
        frames = round((until_s - from_s) * 1000) * per_ms
        heard = self.air.heard.read(round(from_s * rate_hz), frames)[:, 0]
        return np.asarray(heard.reshape(-1, per_ms).any(axis=1))

    def heard_ms(self, from_s: float, until_s: float) -> float:
        """So much of what was played then was no silence."""
        return float(self.sounding(from_s, until_s).sum())
