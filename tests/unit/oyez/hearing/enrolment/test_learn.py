"""A phrase is learned from three recordings, and what sounds otherwise is not it."""

import numpy as np
import pytest

from oyez.hearing.enrolment.learn import Learned, Refused, learn, once_an_hour, stacked, surrounded
from oyez.hearing.enrolment.negatives import shipped, stacked_covariance
from oyez.hearing.wake.embedding import embed
from tests.unit.oyez.hearing.vowels import say

RECORDINGS = [say("aiue", 115 + 6 * number, seed=number) for number in range(3)]


def best(learned: Learned, sound: np.ndarray) -> float:
    rows = stacked(embed(surrounded(sound)), len(learned.weights))
    return float((rows @ learned.weights.ravel() + learned.bias).max())


@pytest.fixture(scope="module")
def learned() -> Learned:
    return learn(RECORDINGS, shipped())


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_the_same_phrase_said_again_is_heard(learned: Learned, seed: int) -> None:
    assert best(learned, say("aiue", 118, 0.155, seed)) > learned.threshold


@pytest.mark.parametrize("word", ["oueo", "uoai", "eeoo", "euia"])
def test_another_word_of_the_same_voice_is_not(learned: Learned, word: str) -> None:
    assert best(learned, say(word, 118, seed=7)) < learned.threshold


def test_it_is_not_heard_in_the_speech_that_ships(learned: Learned) -> None:
    for stream in shipped().streams:
        scores = stacked(stream, len(learned.weights)) @ learned.weights.ravel() + learned.bias
        assert scores.max() < learned.threshold


def test_other_speech_scores_with_about_one_standard_deviation(learned: Learned) -> None:
    """What the threshold is counted in: the closed form's own scale."""
    streams = [stacked(stream, len(learned.weights)) for stream in shipped().streams]
    scores = np.concatenate([stacks @ learned.weights.ravel() + learned.bias for stacks in streams])
    assert 0.5 < scores.std() < 1.5
    assert abs(scores.mean()) < 0.5


def test_the_same_recordings_give_the_same_phrase(learned: Learned) -> None:
    again = learn(RECORDINGS, shipped())
    assert again.threshold == learned.threshold
    np.testing.assert_array_equal(again.weights, learned.weights)


def test_what_sounds_like_the_talk_of_the_room_is_too_common() -> None:
    talk = [embed(surrounded(say("aiue", 118, seed=seed))) for seed in range(40)]
    with pytest.raises(Refused, match="too common"):
        learn(RECORDINGS, shipped(), talk)


def test_what_the_room_sounds_like_can_raise_the_threshold(learned: Learned) -> None:
    television = [embed(surrounded(say("eoie", 118, seed=seed))) for seed in range(20)]
    assert learn(RECORDINGS, shipped(), television).threshold > learned.threshold


def test_two_recordings_are_too_few() -> None:
    with pytest.raises(Refused, match="3 recordings are needed"):
        learn(RECORDINGS[:2], shipped())


def test_a_recording_of_something_else_is_named() -> None:
    with pytest.raises(Refused, match="Recording 2 does not sound like the others"):
        learn([RECORDINGS[0], say("oouo", 200, seed=4), RECORDINGS[2]], shipped())


def test_a_bad_recording_is_named_with_its_reason() -> None:
    with pytest.raises(Refused, match="Recording 3: The phrase is too short"):
        learn([*RECORDINGS[:2], say("a")], shipped())


def test_the_tail_of_scores_is_continued_to_one_an_hour() -> None:
    """Exponential scores, one a second: after an hour's seconds the level is ln 3600, and each fold is 1."""
    scores = np.random.default_rng(1).exponential(1.0, (2 * 3600, 12))
    scores[:, 1:] = 0.0
    level, fold, hours = once_an_hour([scores.ravel()])
    assert hours == pytest.approx(2 * 0.96)
    assert level == pytest.approx(np.log(3600 / 0.96), abs=0.8)
    assert fold == pytest.approx(1.0, abs=0.5)


def test_the_covariance_of_a_stack_is_symmetric_and_positive() -> None:
    whole = stacked_covariance(shipped(), 4)
    np.testing.assert_allclose(whole, whole.T)
    assert np.linalg.eigvalsh(whole + 0.1 * np.trace(whole) / len(whole) * np.eye(len(whole))).min() > 0
