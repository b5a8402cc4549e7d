"""Recordings are collected one utterance each, and the end is told once, in a sentence."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings, strategies as st

from oyez.events import EnrolmentEnded, EnrolmentHeard
from oyez.hearing.enrolment.enrolled import find
from oyez.hearing.enrolment.enroller import MOST_REFUSED, PATIENCE_S, SETTLE_S, Enroller, finish
from tests.unit.oyez.hearing.vowels import say

Told = list[EnrolmentHeard | EnrolmentEnded]


class Ears:
    """Feeds an enroller as the ears do: blocks of 10 ms, voiced where they are loud."""

    def __init__(self, enroller: Enroller) -> None:
        self.enroller, self.now_s = enroller, 100.0
        self.told: Told = []

    def hear(self, sound: np.ndarray) -> None:
        for at in range(0, len(sound) - 159, 160):
            self.now_s += 0.01
            block = sound[at : at + 160]
            if told := self.enroller.hear(block, self.now_s, bool(np.abs(block).max() > 500)):
                self.told.append(told)

    def wait(self, seconds: float) -> None:
        self.hear(np.random.default_rng(5).normal(0, 8, round(seconds * 16_000)).astype(np.int16))


def test_three_utterances_are_taken_and_learned(tmp_path: Path) -> None:
    ears = Ears(Enroller("hey_house", 100.0))
    for number in range(3):
        ears.wait(1.0)
        ears.hear(say("aiue", 115 + 6 * number, seed=number))
    assert ears.told == [EnrolmentHeard("hey_house", taken, 3) for taken in (1, 2, 3)]
    assert ears.enroller.complete
    ended = finish("hey_house", ears.enroller.recordings, tmp_path, order_id="7")
    assert (ended.ok, ended.order_id) == (True, "7")
    assert [path.name for path in find(tmp_path)] == ["hey_house.npz"]


def test_a_cough_is_refused_and_asked_for_again() -> None:
    ears = Ears(Enroller("hey_house", 100.0))
    ears.wait(1.0)
    ears.hear(say("a"))
    assert [(told.taken, "too short" in told.why) for told in ears.told if isinstance(told, EnrolmentHeard)] == [
        (0, True)
    ]
    ears.wait(1.0)
    ears.hear(say("aiue"))
    assert len(ears.enroller.recordings) == 1


def test_after_so_many_refusals_it_gives_up() -> None:
    ears = Ears(Enroller("hey_house", 100.0, order_id="7"))
    for _ in range(MOST_REFUSED + 2):
        ears.wait(1.0)
        ears.hear(say("a"))
    assert isinstance(ears.told[-1], EnrolmentEnded)
    assert not ears.told[-1].ok
    assert ears.told[-1].order_id == "7"
    assert len(ears.told) == MOST_REFUSED


def test_nobody_speaks_and_it_ends_once() -> None:
    ears = Ears(Enroller("hey_house", 100.0))
    ears.wait(2 * PATIENCE_S)
    assert [type(told) for told in ears.told] == [EnrolmentEnded]


def test_what_is_heard_while_the_chime_sounds_is_no_recording() -> None:
    ears = Ears(Enroller("hey_house", 100.0))
    ears.hear(say("aiue")[9_600 : 9_600 + round(SETTLE_S * 16_000)])
    ears.wait(2.0)
    assert ears.told == []


def test_recordings_that_cannot_be_kept_are_explained(tmp_path: Path) -> None:
    (tmp_path / "phrases").write_text("a file where the folder should be")
    ended = finish("hey_house", [say("aiue", 115 + 6 * n, seed=n) for n in range(3)], tmp_path)
    assert not ended.ok
    assert "could not be kept" in ended.sentence


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 120)), max_size=40))
@settings(max_examples=30, deadline=None)
def test_whatever_is_voiced_it_takes_no_more_than_wanted_and_ends_at_most_once(parts: list[tuple[bool, int]]) -> None:
    enroller, now_s, ends, taken = Enroller("x", 0.0), 0.0, 0, 0
    good = say("aiue")
    for voiced, blocks in parts:
        for number in range(blocks):
            now_s += 0.01
            at = (number * 160) % (len(good) - 160)
            told = enroller.hear(good[at : at + 160] if voiced else np.zeros(160, np.int16), now_s, voiced)
            if isinstance(told, EnrolmentHeard):
                assert told.taken == len(enroller.recordings) >= taken
                taken = told.taken
            ends += isinstance(told, EnrolmentEnded)
    assert len(enroller.recordings) <= enroller.wanted
    assert ends <= 1
    assert ends == enroller.ended
