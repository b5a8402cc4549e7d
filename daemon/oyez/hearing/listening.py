"""Which words are listened for: the bank of wake words in its worker, and the phrase that is being enrolled.

A shell: methods are for the loop's thread alone; what a bank does, it does in the worker.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from oyez.config import Hearing
from oyez.config_hearing import SHIPPED_WORDS, Sensitivity
from oyez.events import EnrolmentEnded, Event
from oyez.hearing.enrolment import enrolled
from oyez.hearing.enrolment.enroller import Enroller, finish
from oyez.hearing.locker.thresholds import load_thresholds
from oyez.hearing.mixdown import Mono
from oyez.hearing.scoring import Scoring
from oyez.hearing.wake.bank import Detection, WakeBank
from oyez.hearing.wake.engine import WakeEngine

log = logging.getLogger(__name__)

SCORE_BLOCKS, RISING_BLOCKS = 16, 4
"""So many blocks go to the worker at once, and when a score rises already: handing over each frame of 20 ms costs more
than the model itself. A wake word is heard 47 ms later by it, 130 in the worst twentieth (docs/cost.md)."""
LEARN_S = 60.0
"""Learning a phrase takes no longer, and meanwhile no wake word is looked for."""
AWAKE_BLOCKS = 210
"""So long after something sounded like speech the models may still be asked; after that only their front end is, which
is too little work to be handed over."""


class Listening:
    def __init__(
        self,
        hearing: Hearing,
        state: Path | None,
        scoring: Scoring,
        heard: Callable[[Detection], None],
        tell: Callable[[Event], None],
        engines: Sequence[WakeEngine] | None = None,
    ) -> None:
        """state: the folder where enrolled phrases and learned thresholds are; None: there are none. heard: is told of
        every detection on the loop. engines: in place of all that is configured. Raises ConfigError."""
        self._state, self._scoring, self._heard, self._tell = state, scoring, heard, tell
        self._hearing, self._sensitivity = hearing, hearing.sensitivity
        if engines is not None:
            hearing = msgspec.structs.replace(hearing, wake_words=(), wake_word=None, stop_words=())
        modelled = self._modelled(hearing.listens_for)
        self._bank = WakeBank(msgspec.structs.replace(hearing, wake_words=modelled, wake_word=None), engines or ())
        self._add_phrases((*hearing.listens_for, *hearing.stop_words))
        if silent := [word for word in self._bank.unavailable if word not in enrolled_words(state)]:
            log.info("There is no model for the stop word %s: a wake word or speech stops a reply.", ", ".join(silent))
        for word, threshold in load_thresholds(state).items():
            self._bank.set_threshold(word, threshold)
        self._enroller: Enroller | None = None
        self._learning: Enroller | None = None
        """Its recordings are being learned from, unless it was given up meanwhile."""
        self._unscored: list[tuple[Mono, float]] = []
        self._speechlike: list[bool] = []
        self._frames = self._awake_blocks = 0

    @property
    def known_words(self) -> tuple[str, ...]:
        """All wake words that may be asked for."""
        return known_words(self._hearing, self._state)

    def give(self, block: Mono, end_s: float, *, speechlike: bool) -> None:
        """The next 10 ms. speechlike: it may be speech; where none of late was, nothing needs to be scored."""
        self._unscored.append((block, end_s))
        self._speechlike.append(speechlike or self.enrolling)
        self._awake_blocks = AWAKE_BLOCKS if speechlike else self._awake_blocks - 1

    def frame_ends(self, *, playing: bool) -> None:
        """All blocks of a frame were given. playing: a reply sounds."""
        self._frames += 1
        if len(self._unscored) >= (RISING_BLOCKS if self._bank.rising else SCORE_BLOCKS):
            self.score(playing=playing)

    def score(self, *, playing: bool) -> None:
        """Hands over what waits."""
        blocks, speechlike, frames = self._unscored, self._speechlike, self._frames
        self._unscored, self._speechlike, self._frames = [], [], 0
        if not blocks:
            return
        light = self._awake_blocks <= 0 and self._scoring.idle  # no model will be asked
        hand_over = self._scoring.score_here if light else self._scoring.score
        hand_over(partial(self._bank.hear, blocks, playing, speechlike), self._detected, frames)

    def forget(self) -> None:
        """What was given and not scored yet, and what is being scored."""
        self._unscored, self._speechlike, self._frames = [], [], 0
        self._scoring.forget()

    def begin_anew(self) -> None:
        """The models forget what they heard."""
        self._scoring.run(self._bank.reset)

    def set_words(self, names: Sequence[str]) -> None:
        """Of known_words."""
        self._scoring.run(partial(self._set_words, tuple(names)))

    def set_sensitivity(self, level: Sensitivity) -> None:
        self._sensitivity = level
        self._scoring.run(partial(self._bank.set_sensitivity, level))

    # --- a phrase of one's own ----------------------------------------------------------------------------------------

    def enrol(self, name: str, order_id: str | None, now_s: float) -> None:
        """The next utterances are recordings of it. Ends with an EnrolmentEnded, or by end_enrolment()."""
        if self._state is None:
            why = "There is no state folder, so nothing could be kept: start the daemon with STATE_DIRECTORY set."
            self._tell(EnrolmentEnded(name, False, why, order_id))
            return
        self._enroller = Enroller(name, now_s, order_id=order_id)

    @property
    def enrolling(self) -> bool:
        """It waits for a recording."""
        return self._enroller is not None

    def end_enrolment(self) -> None:
        """Given up: what was recorded is forgotten."""
        self._enroller = self._learning = None

    def hear_recording(self, block: Mono, end_s: float, voiced: bool) -> None:
        """Each 10 ms: nothing while no phrase is enrolled."""
        enroller = self._enroller
        if enroller is None:
            return
        told = enroller.hear(block, end_s, voiced)
        if told is not None:
            self._tell(told)
        if enroller.ended:
            self._enroller = None
        elif enroller.complete and self._state is not None:
            self._enroller, self._learning = None, enroller
            learn = partial(finish, enroller.name, enroller.recordings, self._state, order_id=enroller.order_id)
            self._scoring.run(learn, partial(self._learned, enroller), takes_s=LEARN_S)

    def _learned(self, enroller: Enroller, ended: EnrolmentEnded) -> None:
        given_up, self._learning = self._learning is not enroller, None
        path = self._state / enrolled.FOLDER / f"{ended.name}.npz" if self._state else None
        if given_up and path is not None:
            self._scoring.run(partial(path.unlink, missing_ok=True))
        elif ended.ok and path is not None:
            self._scoring.run(partial(self._add, path))
        if not given_up:
            self._tell(replace(ended, wakes=ended.name not in self._hearing.stop_words))

    def _set_words(self, names: tuple[str, ...]) -> None:
        self._bank.set_words(self._modelled(names))
        for name in enrolled_words(self._state):
            self._bank.remove(name)
        self._add_phrases((*names, *self._hearing.stop_words))

    def _modelled(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those that are no enrolled phrases."""
        phrases = enrolled_words(self._state)
        return tuple(name for name in names if name not in phrases)

    def _add_phrases(self, names: Sequence[str]) -> None:
        for path in enrolled.find(self._state) if self._state else []:
            if path.stem in names:
                self._add(path)

    def _add(self, path: Path) -> None:
        try:
            phrase = enrolled.load(path)
        except (OSError, ValueError) as error:
            log.warning("%s", error)
            return
        engine = enrolled.EnrolledEngine(phrase, enrolled.THRESHOLDS[self._sensitivity])
        self._bank.add(engine, "stop" if phrase.name in self._hearing.stop_words else "wake")

    def _detected(self, detections: list[Detection]) -> None:
        for detection in detections:
            self._heard(detection)


def enrolled_words(state: Path | None) -> tuple[str, ...]:
    """Names of the household's own phrases. state: the folder of what survives."""
    return tuple(path.stem for path in enrolled.find(state)) if state else ()


def usual_words(hearing: Hearing, state: Path | None) -> tuple[str, ...]:
    """What is listened for where nobody set anything else: as configured, and every enrolled phrase."""
    phrases = [name for name in enrolled_words(state) if name not in hearing.stop_words]
    return tuple(dict.fromkeys([*hearing.listens_for, *phrases]))


def known_words(hearing: Hearing, state: Path | None) -> tuple[str, ...]:
    """All wake words that may be listened for; a stop word is none."""
    own = [word.name for word in hearing.words]
    names = dict.fromkeys([*SHIPPED_WORDS, *own, *enrolled_words(state)])
    return tuple(name for name in names if name not in hearing.stop_words)
