"""All words together, on a synthesised voice and on engines that follow a script."""

import itertools
import json
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soxr
from hypothesis import given, settings, strategies as st

from oyez.config_hearing import Hearing, Word
from oyez.errors import ConfigError
from oyez.hearing.wake.bank import Detection, WakeBank
from tests.doubles.speech import say

Sound = npt.NDArray[np.int16]
Blocks = list[tuple[Sound, float]]


class Scripted:
    """Its score is a tenth of the block's first sample."""

    threshold = 0.5

    def __init__(self, word: str) -> None:
        self.word = word

    def score(self, block: Sound) -> float:
        return int(block[0]) / 10

    def reset(self) -> None:
        pass


@cache
def spoken(*texts: str) -> Sound:
    """Each after a second and a half of a quiet room."""
    parts = []
    for text in texts:
        sound, rate_hz = say(text)
        parts += [np.zeros(24_000, np.int16), soxr.resample(sound, rate_hz, 16_000).astype(np.int16)]
    sound = np.concatenate([*parts, np.zeros(16_000, np.int16)])
    hiss = np.random.default_rng(1).normal(0.0, 3.0, len(sound))
    return np.clip(sound + hiss, -32_768, 32_767).astype(np.int16)


def blocks(sound: Sound) -> Blocks:
    return [(sound[at : at + 160], (at + 160) / 16_000) for at in range(0, len(sound) - 159, 160)]


def told(bank: WakeBank, sound: Sound, lump: int = 1) -> list[Detection]:
    cut = blocks(sound)
    return [found for at in range(0, len(cut), lump) for found in bank.hear(cut[at : at + lump], False)]


def heard(found: list[Detection]) -> list[str]:
    return [one.word for one in found if one.kind == "wake"]


def test_several_words_are_heard_at_once_and_each_is_the_one_that_was_said() -> None:
    bank = WakeBank(Hearing(wake_words=("alexa", "hey_jarvis", "hey_mycroft")))
    assert heard(told(bank, spoken("Hey Jarvis.", "Alexa.", "Hey Mycroft."))) == ["hey_jarvis", "alexa", "hey_mycroft"]


@pytest.mark.parametrize("lump", [6, 7, 10_000])
def test_detections_do_not_depend_on_how_blocks_come(lump: int) -> None:
    hearing = Hearing(wake_words=("alexa", "hey_jarvis"))
    sound = spoken("Hey Jarvis, what time is it?", "Alexander", "Alexa.")
    one_by_one = told(WakeBank(hearing), sound)
    assert len(one_by_one) >= 2
    assert told(WakeBank(hearing), sound, lump) == one_by_one


def test_a_word_is_heard_the_same_beside_other_words() -> None:
    sound = spoken("Hey Jarvis.", "Alexa.")
    together = told(WakeBank(Hearing(wake_words=("alexa", "hey_jarvis"))), sound)
    alone = told(WakeBank(Hearing(wake_words=("alexa",))), sound)
    assert [one for one in together if one.word == "alexa"] == alone != []


def test_after_a_reset_it_answers_as_if_new() -> None:
    bank, sound = WakeBank(Hearing(wake_words=("alexa",))), spoken("Alexa.")
    bank.hear(blocks(spoken("Hey Jarvis.")), False)
    bank.reset()
    assert told(bank, sound) == told(WakeBank(Hearing(wake_words=("alexa",))), sound)


def test_ordinary_speech_wakes_nothing() -> None:
    bank = WakeBank(Hearing(wake_words=("alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"), sensitivity="high"))
    assert heard(told(bank, spoken("Turn on the kitchen light and tell me how the weather will be."))) == []


def test_a_detection_says_what_each_judge_said() -> None:
    (found,) = [one for one in told(WakeBank(Hearing(wake_words=("alexa",))), spoken("Alexa.")) if one.kind == "wake"]
    assert found.score >= found.threshold
    assert "second judge" in found.why


@given(st.lists(st.integers(0, 10), max_size=120), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_refractory_time_is_that_of_all_wake_words_together(scores: list[int], playing: bool) -> None:
    bank = WakeBank(Hearing(wake_words=(), wake_refractory_s=0.3), [Scripted("one"), Scripted("two")])
    made = [(np.full(160, score, np.int16), place / 100) for place, score in enumerate(scores)]
    times = [one.end_s for one in bank.hear(made, playing) if one.kind == "wake"]
    assert all(late - early >= 0.3 - 1e-9 for early, late in itertools.pairwise(times))
    assert bool(times) == any(score / 10 >= (2 / 3 if playing else 0.5) for score in scores)


def test_over_a_reply_a_higher_score_is_asked_for() -> None:
    made = [(np.full(160, 6, np.int16), 0.0)]
    assert [one.kind for one in WakeBank(Hearing(wake_words=()), [Scripted("mine")]).hear(made, False)] == ["wake"]
    assert WakeBank(Hearing(wake_words=()), [Scripted("mine")]).hear(made, True) == []


def test_a_stop_word_is_heard_within_the_refractory_time_of_a_wake_word() -> None:
    bank = WakeBank(Hearing(wake_words=(), stop_words=()), [Scripted("mine")])
    bank.add(Scripted("silence"), "stop")
    found = bank.hear([(np.full(160, 9, np.int16), 0.0)], False)
    assert [(one.word, one.kind) for one in found] == [("mine", "wake"), ("silence", "stop")]


def test_words_are_added_replaced_and_removed_while_it_listens() -> None:
    bank = WakeBank(Hearing(wake_words=("alexa",)), [Scripted("mine")])
    bank.set_words(("hey_jarvis",))
    assert bank.names == ("hey_jarvis", "mine")
    bank.add(Scripted("mine"))
    assert bank.names == ("hey_jarvis", "mine")
    bank.remove("mine")
    bank.remove("nobody")
    assert bank.names == ("hey_jarvis",)


def test_a_word_without_a_model_is_refused_with_a_sentence_and_the_words_stay() -> None:
    bank = WakeBank(Hearing(wake_words=("alexa",)))
    with pytest.raises(ConfigError, match="computer: no model is shipped"):
        bank.set_words(("computer",))
    assert bank.names == ("alexa",)


def test_stop_words_without_a_model_are_named() -> None:
    assert WakeBank(Hearing(wake_words=("alexa",), stop_words=("stop",))).unavailable == ("stop",)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("absent.json", None, "cannot be read"),
        ("absent.tflite", None, "cannot be read"),
        ("bad.json", b"{", "does not describe"),
        ("other.json", b'{"model": 3}', "does not describe"),
        ("bad.tflite", b"not a model at all", "no TensorFlow Lite file"),
        (
            "alone.json",
            b'{"wake_word": "x", "model": "gone.tflite", '
            b'"micro": {"probability_cutoff": 0.9, "sliding_window_size": 5}}',
            "not beside it",
        ),
    ],
)
def test_a_model_file_that_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        WakeBank(Hearing(wake_words=("mine",), words=[Word(name="mine", model=str(tmp_path / name))]))


def test_a_model_for_other_features_is_refused_as_either_kind(tmp_path: Path) -> None:
    import pymicro_wakeword

    weights = Path(pymicro_wakeword.__file__).parent / "models" / "alexa.tflite"
    with pytest.raises(ConfigError, match="no openWakeWord model"):
        WakeBank(Hearing(wake_words=("mine",), words=[Word(name="mine", model=str(weights))]))


def test_a_microwakeword_of_one_s_own_is_heard_by_path(tmp_path: Path) -> None:
    import pymicro_wakeword

    models = Path(pymicro_wakeword.__file__).parent / "models"
    (tmp_path / "own.tflite").write_bytes((models / "alexa.tflite").read_bytes())
    described = json.loads((models / "alexa.json").read_text()) | {"model": "own.tflite"}
    (tmp_path / "own.json").write_text(json.dumps(described))
    own = Word(name="mine", model=str(tmp_path / "own.json"), threshold=0.5)
    assert heard(told(WakeBank(Hearing(wake_words=("mine",), words=[own])), spoken("Alexa."))) == ["mine"]
