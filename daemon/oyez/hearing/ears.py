"""The shell of hearing: sound comes in, facts are told, and while the tap is open sound goes out."""

import logging
from collections.abc import AsyncIterator, Callable

from oyez.config import Board, Hearing
from oyez.events import Event, SpeechDismissed, SpeechStarted, SpeechStopped, SpeechSuspected, WakeHeard
from oyez.hearing.array.front import Front
from oyez.hearing.counters import Counters
from oyez.hearing.echo import TAIL_S
from oyez.hearing.gate import Gate
from oyez.hearing.hold import Hold
from oyez.hearing.interrupting import barge_in_mode
from oyez.hearing.mixdown import Mono
from oyez.hearing.near_end import Cleaned, NearEnd
from oyez.hearing.outlet import Outlet
from oyez.hearing.phrase_end import WINDOW_S, request_age_s
from oyez.hearing.scoring import Scoring
from oyez.hearing.speech import SpeechJudge
from oyez.hearing.talker import Talker
from oyez.hearing.wake import MicroWakeEngine, WakeEngine, WakeJudge
from oyez_hw.pcm import Frame, Samples

log = logging.getLogger(__name__)

SCORE_BLOCKS = 6
"""So many blocks go to the worker at once: two steps of the model. Handing over each frame of 20 ms costs 7 CPU seconds
an hour more, as much as the model itself; this way a wake word is heard up to 40 ms later."""
BARGE_IN_MARGIN_S = 0.1
"""Soft consonants come before what a VAD calls speech."""

TimedBlocks = list[tuple[Mono, float]]
TimedScores = list[tuple[float, float]]


class Ears:
    """Methods are for the loop's thread alone."""

    def __init__(
        self,
        config: Hearing,
        tell: Callable[[Event], None],
        *,
        clock: Callable[[], float],
        board: Board | None = None,
        engine: WakeEngine | None = None,
    ) -> None:
        """`clock`: monotonic seconds. `board`: its channels; None: one microphone, no loop-back. `engine`: the wake
        word; None: the model that `config` names."""
        self._config, self._tell, self._clock = config, tell, clock
        self.counters = Counters()
        self._engine = engine or MicroWakeEngine(config.listens_for[0])
        self._judge = WakeJudge(config.wake_threshold or self._engine.threshold, config.wake_refractory_s)
        board = board or Board()
        self._front, self._near_end = Front(board, config), NearEnd(config, board)
        self._speech, self._talker = SpeechJudge(config.vad_mode), Talker(config.suspect_ms)
        by_speech = barge_in_mode(config, board) == "speech"
        self._gate = Gate(config.onset_ms, config.offset_ms, config.barge_in_ms if by_speech else None)
        self._hold = Hold(cancels=self._near_end.cancels, tail_s=TAIL_S)
        self._outlet = Outlet(config.preroll_s, self._hold, self.counters)
        self._scoring = Scoring(self.counters, clock)
        self._barge_in_since_s: float | None = None
        self._held_since_s: float | None = None
        self._deaf = False
        self._unscored: TimedBlocks = []
        self._unscored_frames = 0

    @property
    def tap_open(self) -> bool:
        return self._outlet.is_open

    @property
    def last_heard_s(self) -> float:
        """Monotonic time at which a frame was last taken: proof that the ears live, muted or not."""
        return self.counters.last_heard_s

    async def run(self, frames: AsyncIterator[Frame]) -> None:
        """Listens until `frames` ends. Raises what the frames or the wake-word engine raise; may be called again."""
        try:
            async for frame in frames:
                if self._scoring.failure is not None:
                    raise self._scoring.failure
                self._take(frame)
            self._score()
            await self.settled()
        finally:
            self.close()

    def close(self) -> None:
        """Ends the worker. Idempotent."""
        self._scoring.close()

    async def settled(self) -> None:
        """Waits until all that was handed to the worker so far has been scored."""
        await self._scoring.settled()

    def open_tap(self, since_s: float, sink: Callable[[bytes], None]) -> None:
        """Lets sound out: at once what was kept since `since_s` (monotonic), then each frame as it comes.

        sink: gets PCM16, 24 kHz, mono, little-endian, in pieces of 20 ms, without a gap or a repetition. Does nothing
        while muted. A tap that is open is closed first.
        """
        self._outlet.close()
        if not self._deaf:
            self._outlet.open(since_s, sink)

    def close_tap(self) -> None:
        """Nothing leaves from here on; what did not fill a piece is forgotten."""
        self._outlet.close()

    async def let_out_until(self, time_s: float) -> None:
        """Returns when an open tap has let out all that was captured until then (monotonic), or is closed."""
        await self._outlet.passed(time_s)

    def replying(self, on: bool, *, spoken_over: bool = False) -> None:
        """The loudspeaker speaks: the gate asks for `barge_in_ms` of speech, and an open tap carries silence, also for
        what was captured meanwhile and comes later.

        When it ends because somebody spoke over it, the tap goes on with the beginning of what they said; spoken_over:
        they began before it did, and go on with what was held.
        """
        self._gate.replying(on)
        self._talker.replying(on)
        since_s, self._barge_in_since_s = self._barge_in_since_s, None
        if on:
            self._hold.begin()
            self._held_since_s = self._outlet.kept.end_s
            return
        since_s = self._held_since_s if spoken_over else since_s
        interrupted = self._hold.on and since_s is not None
        self._hold.end(self._clock(), interrupted=interrupted)
        if interrupted and since_s is not None:
            self._outlet.repeat(since_s)

    def deaf(self, on: bool) -> None:
        """Muted: sound is thrown away as it comes, what was kept is forgotten, the tap is closed."""
        self._deaf = on
        self._scoring.forget()
        self._outlet.close()
        self._outlet.kept.clear()
        self._front.clear()
        self._unscored, self._unscored_frames = [], 0
        self._gate.reset()
        if not on:
            self._scoring.run(self._engine.reset)

    def played(self, samples: Samples, rate_hz: int, audible_at_s: float) -> None:
        """What the loudspeaker plays. samples: int16 (frames, channels); `audible_at_s`: of its first frame."""
        if self._near_end.cancels:
            self._near_end.played(samples, rate_hz, audible_at_s)
        else:
            self._hold.played(audible_at_s, audible_at_s + len(samples) / rate_hz, loud=bool(samples.any()))

    def _take(self, frame: Frame) -> None:
        self.counters.frames_heard += 1
        self.counters.last_heard_s = self._clock()
        if self._deaf:
            return
        end_s = None
        for picked in self._front.take(frame):
            heard = self._near_end.hear(picked)
            self._outlet.give(heard.sound, heard.end_s, unsure=self._near_end.unsure)
            self._listen(heard)
            self._unscored.append((heard.for_wake, heard.end_s))
            end_s = heard.end_s
        if end_s is not None:
            self._outlet.given(end_s)
        self._unscored_frames += 1
        if len(self._unscored) >= SCORE_BLOCKS:
            self._score()

    def _listen(self, heard: Cleaned) -> None:
        """Does somebody speak, and over a reply: to us?"""
        sounds_so = self._speech.voiced(heard.sound)
        self._front.voiced(sounds_so)
        speaks = self._talker.hear(
            heard.sound,
            heard.far,
            voiced=sounds_so,
            probability=self._speech.probability,
            addressed=self.tap_open and self._gate.open,
        )
        edge = self._gate.hear(speaks, suspect=self._talker.suspected)
        if edge == "suspected":
            self._tell(SpeechSuspected())
        elif edge == "dismissed":
            self._talker.mistaken()
            self._tell(SpeechDismissed())
        elif edge == "started":
            if self._hold.on:
                self._barge_in_since_s = heard.end_s - self._gate.utterance_ms / 1000 - BARGE_IN_MARGIN_S
            self._tell(SpeechStarted(by="gate"))
        elif edge == "stopped":
            self._tell(SpeechStopped(by="gate"))

    def _score(self) -> None:
        blocks, frames = self._unscored, self._unscored_frames
        self._unscored, self._unscored_frames = [], 0
        if blocks:
            self._scoring.score(
                lambda: [(self._engine.score(block), end_s) for block, end_s in blocks], self._scored, frames
            )

    def _scored(self, scores: TimedScores) -> None:
        for score, end_s in scores:
            if self._judge.judge(score, end_s):
                self._wake(score, end_s)

    def _wake(self, score: float, detected_s: float) -> None:
        # What the gate heard so far was the wake phrase; the request is to be told anew.
        self._gate.reset()
        self._talker.woken()
        end_s = detected_s - request_age_s(self._outlet.kept.between(detected_s - WINDOW_S, detected_s))
        log.debug("wake word %s heard, score %.3f", self._engine.word, score)
        self._tell(WakeHeard(self._engine.word, score, end_s))
