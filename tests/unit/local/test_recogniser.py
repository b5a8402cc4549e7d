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


@pytest.mark.parametrize("share", [0.33, 0.5, 0.72, 0.81])
def test_an_utterance_cut_in_a_word_leaves_nothing_to_the_next(recogniser: MoonshineRecogniser, share: float) -> None:
    """Captions and semantic_vad listen in on turns that go on: what comes next is heard by itself all the same."""
    sound = say("Turn on the kitchen light, and then tell me what time it is in the garden.")[0]
    recogniser.transcribe(sound[: int(len(sound) * share)], RATE_HZ)
    assert recogniser.transcribe(say("What is two plus three?")[0], RATE_HZ) == "What is two plus three?"
