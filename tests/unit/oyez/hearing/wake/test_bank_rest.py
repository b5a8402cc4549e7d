"""Models that rest in a quiet room lose no word and invent none."""

import numpy as np

from oyez.config_hearing import Hearing
from oyez.hearing.speech import SpeechJudge
from oyez.hearing.wake.bank import Detection, WakeBank
from tests.unit.oyez.hearing.wake.test_bank import blocks, spoken


def test_what_rests_hears_the_same_words_at_the_same_moment_with_the_same_score() -> None:
    quiet = np.random.default_rng(2).normal(0.0, 3.0, 16_000 * 6).astype(np.int16)
    said = [spoken(text) for text in ("Alexa.", "Turn on the kitchen light.", "Hey Jarvis.", "Good morning.", "Alexa.")]
    sound = np.concatenate([part for one in said for part in (quiet, one)])
    flags = _speechlike(sound)
    assert 0.05 < sum(flags) / len(flags) < 0.3, "it has time to rest"
    always, resting = (WakeBank(Hearing(wake_words=("alexa", "hey_jarvis"))) for _ in range(2))
    wanted = always.hear(blocks(sound), False)
    assert [one.word for one in wanted if one.kind == "wake"] == ["alexa", "hey_jarvis", "alexa"]
    found: list[Detection] = []
    for at in range(0, len(flags), 6):
        found += resting.hear(blocks(sound)[at : at + 6], False, flags[at : at + 6])
    assert found == wanted


def test_where_nothing_is_like_speech_nothing_is_scored() -> None:
    bank = WakeBank(Hearing(wake_words=("alexa",)))
    sound = spoken("Alexa.")
    assert bank.hear(blocks(sound), False, [False] * len(blocks(sound))) == []


def _speechlike(sound: np.ndarray) -> list[bool]:
    judge, flags = SpeechJudge(1), []
    for block, _ in blocks(sound):
        judge.voiced(block)
        flags.append(judge.suspected)
    return flags
