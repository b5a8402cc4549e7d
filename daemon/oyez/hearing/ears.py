"""The shell of hearing: sound comes in, facts are told, and while the tap is open sound goes out."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from oyez.config import Board, Hearing
from oyez.config_hearing import Sensitivity
from oyez.events import Event, SpeechDismissed, SpeechStarted, SpeechStopped, SpeechSuspected, StopHeard, WakeHeard
from oyez.hearing.array.front import Front
from oyez.hearing.clip_facts import clip_facts
from oyez.hearing.counters import Counters
from oyez.hearing.echo.aec3 import TAIL_S
from oyez.hearing.gate import Gate
from oyez.hearing.hold import Hold
from oyez.hearing.interrupting import barge_in_mode, words_count
from oyez.hearing.listening import Listening
from oyez.hearing.locker.clips import CLIP_S, ClipFacts
from oyez.hearing.loudness import spoken_dbfs
from oyez.hearing.mixdown import Mono
from oyez.hearing.near_end import Cleaned, NearEnd
from oyez.hearing.nearness import NEARNESS_S, nearness_db
from oyez.hearing.noise import DELAY_S as NOISE_DELAY_S, NoiseSuppressor
from oyez.hearing.outlet import Outlet
from oyez.hearing.phrase_end import WINDOW_S, request_age_s
from oyez.hearing.scoring import Scoring
from oyez.hearing.speech import SpeechJudge
from oyez.hearing.talker import Talker
from oyez.hearing.wake.bank import Detection
from oyez.hearing.wake.engine import WakeEngine
from oyez_hw.pcm import Frame, Samples

log = logging.getLogger(__name__)

BARGE_IN_MARGIN_S = 0.1
"""Soft consonants come before what a VAD calls speech."""
PHRASE_S = 1.0
"""A wake phrase is about so long."""


class Ears:
    """Methods are for the loop's thread alone."""

    def __init__(
        self,
        config: Hearing,
        tell: Callable[[Event], None],
        *,
        clock: Callable[[], float],
        board: Board | None = None,
        state: Path | None = None,
        keep: Callable[[Mono, ClipFacts], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        engine: WakeEngine | None = None,
    ) -> None:
        """clock: monotonic seconds. board: its channels; None: one microphone, no loop-back. state: the folder of what
        survives. keep: gets clips of wakes and near misses. now: for their date. engine: in place of all wake words.
        Raises ConfigError for a wake word without a model."""
        board = board or Board()
        self._config, self._tell, self._clock, self._now = config, tell, clock, now
        self._keep_clip = keep
        self.counters = Counters()
        self._front, self.near_end = Front(board, config), NearEnd(config, board)
        self._speech, self._talker = SpeechJudge(config.vad_mode), Talker(config.suspect_ms)
        self._barge_in = barge_in_mode(config, board)
        self._gate = Gate(config.onset_ms, config.offset_ms, config.barge_in_ms if self._barge_in == "speech" else None)
        level = config.noise_suppression
        self._noise = None if level == "off" else NoiseSuppressor(level)
        self._hold = Hold(cancels=self.near_end.cancels, tail_s=TAIL_S)
        self._outlet = Outlet(max(config.preroll_s, CLIP_S if keep else 0.0), self._hold, self.counters)
        self._scoring = Scoring(self.counters, clock)
        engines = None if engine is None else [engine]
        self._listening = Listening(config, state, self._scoring, self._detected, tell, engines)
        self._barge_in_since_s: float | None = None
        self._held_since_s: float | None = None
        self._deaf = False

    @property
    def tap_open(self) -> bool:
        return self._outlet.is_open

    @property
    def last_heard_s(self) -> float:
        """Monotonic time at which a frame was last taken: proof that the ears live, muted or not."""
        return self.counters.last_heard_s

    @property
    def scored_s(self) -> float:
        """Monotonic time at which sound was last searched for wake words. Muted, there is nothing to search."""
        return self._clock() if self._deaf else self._scoring.proof_s

    async def run(self, frames: AsyncIterator[Frame]) -> None:
        """Listens until `frames` ends. Raises what the frames or the wake-word engine raise; may be called again."""
        try:
            async for frame in frames:
                if self._scoring.failure is not None:
                    raise self._scoring.failure
                self._take(frame)
            self._listening.score(playing=self._hold.on)
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
        self._listening.forget()
        self._outlet.close()
        self._outlet.kept.clear()
        self._front.clear()
        self._gate.reset()
        if not on:
            self._listening.begin_anew()

    @property
    def known_words(self) -> tuple[str, ...]:
        """All wake words that may be asked for."""
        return self._listening.known_words

    def set_words(self, names: Sequence[str]) -> None:
        """Wake words to listen for from now on, of known_words."""
        self._listening.set_words(names)

    def set_sensitivity(self, level: Sensitivity) -> None:
        self._listening.set_sensitivity(level)

    def enrol(self, name: str, order_id: str | None) -> None:
        """Takes the next utterances as recordings of this phrase; tells EnrolmentHeard and EnrolmentEnded."""
        self._listening.enrol(name, order_id, self._clock())

    def end_enrolment(self) -> None:
        self._listening.end_enrolment()

    @property
    def microphone_faults(self) -> dict[int, str]:
        """Channel of the card: what is wrong with it."""
        return self._front.faults

    def report(self) -> dict[str, float | None]:
        """What is measured, for whoever watches."""
        figures = {
            "erle_db": self.near_end.erle_db,
            "drift_ppm": self.near_end.drift_ppm,
            "noise_dbfs": self._speech.floor.noise_dbfs,
            "direction_deg": self._front.direction_deg,
        }
        return {name: None if value is None else round(value, 1) for name, value in figures.items()}

    @property
    def direction_deg(self) -> float | None:
        """Of the last speech: 0 is the board's front, 90 its right; None: one microphone cannot tell."""
        return self._front.direction_deg

    @property
    def level(self) -> tuple[float, float, float | None] | None:
        """The present sound in dBFS, its dB above the room's noise, the direction of the last speech in degrees where
        it is known. None: muted."""
        floor = self._speech.floor
        return None if self._deaf else (floor.dbfs, floor.snr_db, self._front.direction_deg)

    def played(self, samples: Samples, rate_hz: int, audible_at_s: float) -> None:
        """What the loudspeaker plays. samples: int16 (frames, channels); `audible_at_s`: of its first frame."""
        self.near_end.played(samples, rate_hz, audible_at_s)
        if not self.near_end.cancels:
            self._hold.played(audible_at_s, audible_at_s + len(samples) / rate_hz, loud=bool(samples.any()))

    def _take(self, frame: Frame) -> None:
        self.counters.frames_heard += 1
        self.counters.last_heard_s = self._clock()
        if self._deaf:
            return
        self._front.hold(self._hold.on or self.near_end.sounding)
        end_s = None
        for picked in self._front.take(frame):
            heard = self.near_end.hear(picked)
            self._outlet.give(*self._to_send(heard), unsure=self.near_end.unsure)
            self._listen(heard)
            may_be_speech = self._speech.suspected or self.near_end.sounding or not self._config.idle_gating
            self._listening.give(heard.for_wake, heard.end_s, speechlike=may_be_speech)
            end_s = heard.end_s
        if end_s is not None:
            self._outlet.given(end_s)
        self._listening.frame_ends(playing=self._hold.on)

    def _to_send(self, heard: Cleaned) -> tuple[Mono, float]:
        if self._noise is None:
            return heard.sound, heard.end_s
        return self._noise.clean(heard.sound), heard.end_s - NOISE_DELAY_S

    def _listen(self, heard: Cleaned) -> None:
        """Does somebody speak, and over a reply: to us?"""
        wanted = self.tap_open or self._hold.on or self._listening.enrolling or self._front.turns
        sounds_so = self._speech.voiced(heard.sound, wanted=wanted)
        self._front.voiced(sounds_so)
        self._listening.hear_recording(heard.sound, heard.end_s, sounds_so)
        speaks = self._talker.hear(
            self._speech.floor.power,
            heard.far,
            voiced=sounds_so,
            probability=self._speech.probability,
            maybe=self._speech.suspected,
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

    def _detected(self, detection: Detection) -> None:
        if detection.kind == "near_miss":
            self._keep(detection, self._snr_db(detection.end_s), self._front.direction_deg)
            return
        if not words_count(self._barge_in, replying=self._hold.on):
            return
        if detection.kind == "stop":
            self._tell(StopHeard(detection.word, detection.score, detection.threshold))
        else:
            self._wake(detection)

    def _wake(self, detection: Detection) -> None:
        # What the gate heard so far was the wake phrase; the request is to be told anew.
        self._gate.reset()
        self._talker.woken()
        kept, at_s = self._outlet.kept, detection.end_s
        end_s = at_s - request_age_s(kept.between(at_s - WINDOW_S, at_s))
        snr_db = self._snr_db(at_s)
        direction_deg = self._front.between(end_s - PHRASE_S, end_s)
        log.debug("wake word %s heard, score %.3f (%s)", detection.word, detection.score, detection.why)
        self._keep(detection, snr_db, direction_deg)
        near_db = nearness_db(kept.between(at_s - NEARNESS_S, at_s))
        self._tell(
            WakeHeard(detection.word, detection.score, end_s, detection.threshold, snr_db, direction_deg, near_db)
        )

    def _snr_db(self, end_s: float) -> float | None:
        """Of the phrase that ended then, above the room's noise."""
        phrase = self._outlet.kept.between(end_s - PHRASE_S, end_s)
        return round(spoken_dbfs(phrase) - self._speech.floor.noise_dbfs, 1) if len(phrase) else None

    def _keep(self, detection: Detection, snr_db: float | None, direction_deg: float | None) -> None:
        if self._keep_clip is None:
            return
        facts = clip_facts(detection, self._now().timestamp(), snr_db, direction_deg)
        self._keep_clip(self._outlet.kept.between(detection.end_s - CLIP_S, detection.end_s), facts)
