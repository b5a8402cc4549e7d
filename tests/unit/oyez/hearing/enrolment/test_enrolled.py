"""A learned phrase is kept, and its engine hears it in a stream."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez.hearing.enrolment.enrolled import EnrolledEngine, Phrase, find, load, save
from oyez.hearing.enrolment.learn import learn
from oyez.hearing.enrolment.negatives import shipped
from tests.unit.oyez.hearing.vowels import say

RECORDINGS = [say("aiue", 115 + 6 * number, seed=number) for number in range(3)]


@pytest.fixture(scope="module")
def phrase() -> Phrase:
    return Phrase("hey_house", learn(RECORDINGS, shipped()), 3)


def scores(engine: EnrolledEngine, sound: np.ndarray) -> list[float]:
    return [engine.score(sound[at : at + 160]) for at in range(0, len(sound) - 159, 160)]


def test_what_was_kept_is_read_again_as_it_was(phrase: Phrase, tmp_path: Path) -> None:
    path = save(phrase, tmp_path)
    assert find(tmp_path) == [path]
    again = load(path)
    assert (again.name, again.recordings, again.learned.threshold) == ("hey_house", 3, phrase.learned.threshold)
    np.testing.assert_array_equal(again.learned.weights, phrase.learned.weights)


@given(st.binary(max_size=300))
@settings(max_examples=30, deadline=None)
def test_a_file_that_is_none_of_ours_is_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("broken") / "x.npz"
    path.write_bytes(data)
    with pytest.raises(ValueError, match="enrol x anew"):
        load(path)


def test_half_a_file_is_refused_with_a_sentence(phrase: Phrase, tmp_path: Path) -> None:
    path = save(phrase, tmp_path)
    path.write_bytes(path.read_bytes()[:2_000])
    with pytest.raises(ValueError, match="enrol hey_house anew"):
        load(path)


def test_without_phrases_nothing_is_found(tmp_path: Path) -> None:
    assert find(tmp_path) == []


def test_the_phrase_is_heard_in_a_stream_and_others_are_not(phrase: Phrase) -> None:
    engine = EnrolledEngine(phrase)
    assert max(scores(engine, say("aiue", 118, 0.155, 7))) > engine.threshold
    engine.reset()
    assert max(scores(engine, say("oueo", 118, 0.155, 7))) < engine.threshold


def test_it_is_heard_when_the_ears_begin_to_feed_at_its_first_sound(phrase: Phrase) -> None:
    engine = EnrolledEngine(phrase)
    assert max(scores(engine, say("aiue", 118, 0.155, 7)[8_000:])) > engine.threshold


def test_a_reset_forgets_all_sound(phrase: Phrase) -> None:
    engine, fresh = EnrolledEngine(phrase), EnrolledEngine(phrase)
    scores(engine, say("aiue", 118, 0.155, 7))
    engine.reset()
    sound = say("uoai", 130, seed=3)
    assert scores(engine, sound) == scores(fresh, sound)


def test_the_sentence_says_what_to_expect(phrase: Phrase) -> None:
    assert "less than 0.01 an hour" in phrase.sentence()
    assert "Experimental" in phrase.sentence()
