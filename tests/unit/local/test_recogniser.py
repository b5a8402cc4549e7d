"""The recogniser hears each utterance by itself."""

import numpy as np
import pytest

from oyez_local.recogniser import MoonshineRecogniser
from tests.doubles.speech import RATE_HZ, say

QUIET = 50
"""Of int16: below it the voice has ended."""


@pytest.fixture(scope="module")
def recogniser() -> MoonshineRecogniser:
    return MoonshineRecogniser()


def test_an_utterance_that_ends_at_its_last_sound_leaves_nothing_to_the_next(recogniser: MoonshineRecogniser) -> None:
    """A quick end of turn leaves a tenth of a second after the words: no later utterance may begin with a ghost."""
    texts = ["Who are you?", "Turn on the kitchen light, please.", "Tell me a long story.", "What is two plus three?"]
    padding = np.zeros(RATE_HZ // 10, dtype=np.int16)
    heard = []
    for text in texts:
        sound = say(text)[0]
        sound = sound[: np.flatnonzero(np.abs(sound) > QUIET)[-1]]
        heard.append(recogniser.transcribe(np.concatenate([padding, sound, padding]), RATE_HZ))
    assert heard == texts
