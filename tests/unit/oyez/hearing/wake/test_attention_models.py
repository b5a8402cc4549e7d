"""The lead that attention keeps is long enough for the shipped models: their memory ends before it does."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from oyez.config_hearing import SHIPPED_WORDS
from oyez.hearing.wake.attention import Attention
from oyez.hearing.wake.micro import MicroFeatures, MicroModel

DATA = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "dev"
WARM = round(inspect.signature(Attention).parameters["warm_s"].default * 100)


def spoken(word: str) -> list[np.ndarray]:
    """Features of eight clips of the word on end, so that the model has something to say all the time."""
    import soundfile

    clips = sorted((DATA / "wake_synth" / word).glob("*.flac"))[:8] if DATA.is_dir() else []
    if not clips:
        pytest.skip(f"no recordings of {word}: ../shared/data/dev is not here")
    sound = np.concatenate([soundfile.read(clip, dtype="int16")[0] for clip in clips])
    features = MicroFeatures()
    return [row for at in range(0, len(sound) - 159, 160) for row in features.feed(sound[at : at + 160])]


@pytest.mark.parametrize("word", SHIPPED_WORDS)
def test_two_models_with_different_pasts_agree_to_the_last_bit_once_they_are_warm(word: str) -> None:
    rows = spoken(word)
    draw = np.random.default_rng(3)
    latest = 0
    for begin in range(0, len(rows) - WARM - 60, 150):
        one, other = MicroModel(None, word), MicroModel(None, word)
        for _ in range(300):
            one.feed([np.asarray(draw.random((1, 1, 40)) * 20, np.float32)])
            other.feed([np.asarray(draw.random((1, 1, 40)) * 20, np.float32)])
        scores = [(one.feed([row]), other.feed([row])) for row in rows[begin : begin + WARM + 60]]
        differing = [at for at, (first, second) in enumerate(scores) if first != second]
        latest = max([latest, *differing])
    assert 30 < latest < WARM
