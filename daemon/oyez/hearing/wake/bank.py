"""All words that the device listens for, over one set of features. For one thread at a time: the ears' worker."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from oyez.config_hearing import SHIPPED_WORDS, Hearing, Sensitivity
from oyez.errors import ConfigError
from oyez.hearing.mixdown import Mono
from oyez.hearing.wake.attention import Attention, Due
from oyez.hearing.wake.engine import WakeEngine
from oyez.hearing.wake.head import shipped
from oyez.hearing.wake.judge import EpisodeJudge, Refractory
from oyez.hearing.wake.micro import Features, MicroModel
from oyez.hearing.wake.open_wake_word import OpenWord
from oyez.hearing.wake.sensitivity import NEAR_SHARE, threshold_of, while_playing
from oyez.hearing.wake.sound import WakeSound
from oyez.hearing.wake.verified import VerifiedWord

Kind = Literal["wake", "stop"]
Heard = tuple[Mono, list[Features]]
WARM_S, LEAD_S = 2.1, 2.6
"""openWakeWord looks at 16 rows of the embedding, 2.0 s; microWakeWord's models forget within 1.95, enrolled phrases
within 1.75. The lead leaves half a second for the first speech-like moment to come late."""
OPEN_CUTOFF = 0.5
"""What openWakeWord recommends for its models."""


@dataclass(frozen=True, slots=True)
class Detection:
    word: str
    kind: Literal["wake", "stop", "near_miss"]
    score: float
    """0 to 1, of all judges together; a near miss: its highest."""
    threshold: float
    """That it had to reach in that moment."""
    end_s: float
    """Time of the end of the block that decided; a near miss: of its highest score."""
    why: str
    """What each judge said, for the locker and for a person."""


@dataclass(slots=True)
class _Listener:
    word: str
    kind: Kind
    cutoff: float | None
    """Of a model without a second judge."""
    score: Callable[[Mono], float]
    warm: Callable[[Mono], object]
    """As score(), where nobody believes the answer."""
    reset: Callable[[], None]
    why: Callable[[], str]
    threshold: float
    judge: EpisodeJudge
    enrolled: bool = False


class WakeBank:
    def __init__(self, hearing: Hearing, extra: Sequence[WakeEngine] = ()) -> None:
        """extra: engines of enrolled phrases, each with its own threshold.

        Raises ConfigError, a sentence each, for words without a model and files that cannot be used.
        """
        self._hearing, self._sensitivity = hearing, hearing.sensitivity
        self._sound = WakeSound()
        self._attention = Attention[Heard](LEAD_S, WARM_S)
        self._refractory = {
            "wake": Refractory(hearing.wake_refractory_s),
            "stop": Refractory(hearing.wake_refractory_s),
        }
        stops = [word for word in hearing.stop_words if self._model_path(word) is not None or word in SHIPPED_WORDS]
        self.unavailable = tuple(word for word in hearing.stop_words if word not in stops)
        """Stop words that have no model: none is shipped for them."""
        self._listeners = self._made(stops, "stop")
        self.rising = False
        """By the end of what was heard something sounded like a word: the next blocks are worth hearing soon."""
        self.set_words(hearing.listens_for)
        for engine in extra:
            self.add(engine)

    @property
    def names(self) -> tuple[str, ...]:
        """The wake words that it listens for, enrolled ones too."""
        return tuple(listener.word for listener in self._listeners if listener.kind == "wake")

    def hear(
        self, blocks: Iterable[tuple[Mono, float]], playing: bool, speechlike: Iterable[bool] | None = None
    ) -> list[Detection]:
        """What was heard in these blocks of 10 ms (16 kHz, with the time of their end), in order.

        playing: the loudspeaker speaks; every threshold is higher. speechlike: for each block whether it may be
        speech; where none of late was, the models rest (attention.py). None: they never do.
        """
        flags = itertools.repeat(True) if speechlike is None else speechlike
        found: list[Detection] = []
        for (block, end_s), flag in zip(blocks, flags, strict=False):
            features = self._sound.make(block)
            if not features:  # at the very start alone; left out later it would shift the models' strides
                found += self._hear(Due((block, features), end_s, believed=True), playing)
                continue
            for due in self._attention.hear((block, features), end_s, flag):
                found += self._hear(due, playing)
        self.rising = any(listener.judge.open for listener in self._listeners)
        return found

    def set_words(self, names: Sequence[str]) -> None:
        """These wake words from now on, beside the enrolled ones. Raises ConfigError, and keeps those that were."""
        known = {listener.word: listener for listener in self._listeners if listener.kind == "wake"}
        kept = [known[name] for name in names if name in known]
        made = self._made([name for name in dict.fromkeys(names) if name not in known], "wake")
        others = [one for one in self._listeners if one.kind == "stop" or (one.enrolled and one.word not in names)]
        self._listeners = kept + made + others
        self.reset()

    def set_sensitivity(self, level: Sensitivity) -> None:
        """Of every word that has none of its own."""
        self._sensitivity = level
        for listener in self._listeners:
            if not listener.enrolled:
                self._set(listener, threshold_of(self._hearing, listener.word, level, listener.cutoff))

    def set_threshold(self, word: str, threshold: float | None) -> None:
        """One that was learned from labelled clips; None: as configured. Of a word that is not there: nothing."""
        for listener in self._listeners:
            if listener.word == word:
                usual = threshold_of(self._hearing, word, self._sensitivity, listener.cutoff)
                self._set(listener, usual if threshold is None else threshold)

    def add(self, engine: WakeEngine, kind: Kind = "wake") -> None:
        """An enrolled phrase; one of that name is replaced."""
        self.remove(engine.word)
        listener = _Listener(
            engine.word, kind, engine.threshold, engine.score, engine.score, engine.reset, lambda: "enrolled phrase",
            engine.threshold, EpisodeJudge(engine.threshold * NEAR_SHARE), enrolled=True,
        )  # fmt: skip
        self._listeners.append(listener)
        self.reset()

    def remove(self, name: str) -> None:
        """Does nothing where there is no such word."""
        self._listeners = [listener for listener in self._listeners if listener.word != name]

    def reset(self) -> None:
        """Forgets the sound so far, and what was heard in it."""
        self._sound.reset()
        self._attention.forget()
        for refractory in self._refractory.values():
            refractory.reset()
        for listener in self._listeners:
            listener.reset()
            listener.judge.reset()

    def _hear(self, due: Due[Heard], playing: bool) -> list[Detection]:
        (block, features), end_s = due.item, due.end_s
        self._sound.put(block, features)
        if not due.believed:
            for listener in self._listeners:
                listener.warm(block)
            return []
        found = []
        for listener in self._listeners:
            score = listener.score(block)
            threshold = while_playing(listener.threshold) if playing else listener.threshold
            refractory = self._refractory[listener.kind]
            verdict = listener.judge.judge(score, end_s, threshold, believed=refractory.believes(end_s))
            if verdict == "heard":
                refractory.heard(end_s)
                found.append(Detection(listener.word, listener.kind, score, threshold, end_s, listener.why()))
            elif verdict == "near_miss":
                judge = listener.judge
                found.append(Detection(listener.word, "near_miss", judge.best, threshold, judge.best_s, listener.why()))
        return found

    def _set(self, listener: _Listener, threshold: float) -> None:
        listener.threshold = threshold
        listener.judge = EpisodeJudge(threshold * NEAR_SHARE)

    def _made(self, names: Sequence[str], kind: Kind) -> list[_Listener]:
        listeners, mistakes = [], []
        for name in names:
            try:
                listeners.append(self._listener(name, kind))
            except ValueError as error:
                mistakes.append(f"hearing.{kind}_words: {name}: {error}")
        if mistakes:
            raise ConfigError(mistakes)
        return listeners

    def _listener(self, name: str, kind: Kind) -> _Listener:
        path = self._model_path(name)
        word: VerifiedWord | OpenWord
        cutoff: float | None
        if path is not None and path.suffix == ".tflite":
            word, cutoff = OpenWord(name, path), OPEN_CUTOFF
        elif path is None and name not in SHIPPED_WORDS:
            raise ValueError(f"no model is shipped for it; there are {', '.join(SHIPPED_WORDS)}, and [[hearing.words]]")
        else:
            model = MicroModel(path, name)
            head = shipped(name) if path is None else None
            word, cutoff = VerifiedWord(model, head), model.cutoff if head is None else None
        threshold = threshold_of(self._hearing, name, self._sensitivity, cutoff)
        return _Listener(
            name, kind, cutoff, lambda block: word.hear(self._sound), lambda block: word.warm(self._sound),
            word.reset, lambda: word.why,
            threshold, EpisodeJudge(threshold * NEAR_SHARE),
        )  # fmt: skip

    def _model_path(self, name: str) -> Path | None:
        path = next((entry.model for entry in self._hearing.words if entry.name == name), "")
        return Path(path) if path else None
