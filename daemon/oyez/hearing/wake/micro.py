"""microWakeWord models (Apache-2.0): the four in pymicro-wakeword's wheel, and a user's own. Features are made once.

K. Ahrendt, microWakeWord: a streaming model gives a probability each stride of three features (30 ms); the mean over
the last `sliding_window_size` of them counts.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oyez.hearing.mixdown import Mono

Features = Sequence[float]
"""40 channels of 10 ms."""


class MicroFeatures:
    """One feature each 10 ms, for all models together: half of the cost of one word."""

    def __init__(self) -> None:
        # Imported here: the tools that only read the ears' types need no TensorFlow Lite.
        from pymicro_features import MicroFrontend

        self._made: Any = MicroFrontend()

    def feed(self, block: Mono) -> list[Features]:
        """The features that `block` completed: one a block, none at the very start."""
        features: Features = self._made.process_samples(block.tobytes()).features
        return [features] if features else []

    def reset(self) -> None:
        self._made.reset()


class MicroModel:
    """One word. feed() is to be given every feature."""

    def __init__(self, config: Path | None, word: str) -> None:
        """config: the JSON beside a .tflite; None: the shipped model of that name.

        Raises ValueError with a sentence when the files are no microWakeWord model.
        """
        self.word = word
        self._model = _loaded(config, word)
        self.cutoff = float(self._model.probability_cutoff)
        """What its maker recommends as threshold."""
        self._since_step = 0
        self.score = 0.0

    def feed(self, features: Sequence[Features]) -> float:
        """The score after them, 0 to 1: the mean of the last probabilities; 0 until there are enough."""
        for feature in features:
            probability = self._model.process_streaming_prob(np.array(feature, np.float32).reshape(1, 1, -1))
            self._since_step += 1
            if self._since_step % self._model.stride == 0:  # between its steps the model answers 0, which is no news
                self.score = float(probability or 0.0)
        return self.score

    def reset(self) -> None:
        """Loads the model anew (some ms): pymicro has no other way to forget."""
        self._model.reset()
        self._since_step, self.score = 0, 0.0


def _loaded(config: Path | None, word: str) -> Any:
    from pymicro_wakeword import MicroWakeWord, Model

    if config is None:
        return MicroWakeWord.from_builtin(Model(word))
    weights = _weights_of(config)
    if weights.read_bytes()[4:8] != b"TFL3":
        raise ValueError(f"{weights} is no TensorFlow Lite file")
    model = MicroWakeWord.from_config(config)
    _check(model, weights)
    return model


def _weights_of(config: Path) -> Path:
    """The model file that a JSON names; checked here, because the library below ends the process at a bad one."""
    try:
        described = json.loads(config.read_text(encoding="utf-8"))
        micro = described["micro"]
        known = isinstance(micro["probability_cutoff"], int | float) and int(micro["sliding_window_size"]) > 0
        weights = config.parent / str(described["model"])
        known = known and isinstance(described["wake_word"], str)
    except OSError as error:
        raise ValueError(f"{config} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{config} does not describe a microWakeWord model: {error!r}") from error
    if not known:
        raise ValueError(f"{config} does not describe a microWakeWord model")
    if not weights.is_file():
        raise ValueError(f"{config} names the model {weights.name}, which is not beside it")
    return weights


def _check(model: Any, weights: Path) -> None:
    """A model that takes other features would read memory that is not its own."""
    library = model.lib
    shape = [
        library.TfLiteTensorDim(model.input_tensor, place)
        for place in range(library.TfLiteTensorNumDims(model.input_tensor))
    ]
    if len(shape) != 3 or shape[0] != 1 or shape[2] != 40 or library.TfLiteTensorByteSize(model.output_tensor) != 1:
        raise ValueError(f"{weights} takes {shape} and not (1, stride, 40): it is no microWakeWord model")
