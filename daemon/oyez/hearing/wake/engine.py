"""Wake words: engines behind `score(block) -> float`, and the pure judge of what counts as heard."""

from typing import Any, Protocol

from oyez.hearing.mixdown import Mono


class WakeEngine(Protocol):
    """Used by one thread at a time: the ears' worker."""

    word: str
    threshold: float
    """The model's own: a probability above it counts as heard."""

    def score(self, block: Mono) -> float:
        """Probability, 0 to 1, that the word ended by the end of this block (10 ms at 16 kHz)."""

    def reset(self) -> None:
        """Forgets the sound so far."""


class MicroWakeEngine:
    """pymicro-wakeword (Apache-2.0), with a model from its wheel. A new probability each 30 ms: a mean over 150 ms."""

    def __init__(self, word: str) -> None:
        # Imported here: the tools that only read the ears' types need no TensorFlow Lite.
        from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

        self.word = word
        self._model: Any = MicroWakeWord.from_builtin(Model(word))
        self._features: Any = MicroWakeWordFeatures()
        self.threshold = float(self._model.probability_cutoff)
        self._fed = 0
        self._score = 0.0

    def score(self, block: Mono) -> float:
        for features in self._features.process_streaming(block.tobytes()):
            probability = self._model.process_streaming_prob(features)
            self._fed += 1
            if self._fed % self._model.stride == 0:  # between its steps the model answers 0, which is no news
                self._score = float(probability or 0.0)
        return self._score

    def reset(self) -> None:
        """Loads the model anew (some ms): pymicro has no other way to forget."""
        self._features.reset()
        self._model.reset()
        self._fed, self._score = 0, 0.0


class WakeJudge:
    """Pure. A word is heard when the score rises above the threshold, and not again for the refractory time."""

    def __init__(self, threshold: float, refractory_s: float) -> None:
        self._threshold = threshold
        self._refractory_s = refractory_s
        self._above = False
        self._deaf_until_s = float("-inf")

    def judge(self, score: float, time_s: float) -> bool:
        """True once a wake word. `time_s`: monotonic, never falling."""
        rose = score > self._threshold and not self._above
        self._above = score > self._threshold
        if not rose or time_s < self._deaf_until_s:
            return False
        self._deaf_until_s = time_s + self._refractory_s
        return True
