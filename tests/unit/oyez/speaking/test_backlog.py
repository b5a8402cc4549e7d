"""What was given to playback and taken back, against a model that knows what became of every frame."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from oyez.speaking.backlog import Backlog

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(1, 60)),
        st.tuples(st.just("play"), st.integers(0, 90)),
        st.tuples(st.just("pause"), st.just(0)),
        st.tuples(st.just("resume"), st.just(0)),
    ),
    max_size=40,
)


@given(STEPS)
def test_every_frame_is_played_once_and_in_order_however_often_it_was_taken_back(
    steps: list[tuple[str, int]],
) -> None:
    backlog, paused = Backlog(), False
    given_frames, room, card, audible = 0, list[int](), list[int](), 0

    def give(sound: list[int]) -> int:
        card.extend(sound)
        return len(card) - len(sound)

    for what, frames in steps:
        if what == "give":
            sound = list(range(given_frames, given_frames + frames))
            given_frames += frames
            first = backlog.add(np.array(sound, np.int16), None if paused else give(sound))
            assert first == sound[0]
        elif what == "play" and not paused:
            room += card[audible : audible + frames]
            audible = min(len(card), audible + frames)
            if frames % 2:  # some reports are never made
                backlog.forget(audible)
        elif what == "pause" and not paused:
            paused = True
            assert backlog.take_back(audible) == len(room)
            audible = len(card)
        elif what == "resume" and paused:
            paused = False
            for first, again in backlog.waiting():
                backlog.given(first, give(again.tolist()))
        assert backlog.heard(audible) == len(room)
        assert backlog.waiting_frames() == (given_frames - len(room) if paused else 0)
    assert room == list(range(len(room)))
    assert backlog.end == given_frames


def test_what_is_dropped_from_the_end_is_not_given_again_and_its_numbers_are_not_used_twice() -> None:
    backlog = Backlog()
    for index in (0, 10, 20):
        backlog.add(np.zeros(10, np.int16), index)
    assert backlog.take_back(4) == 4
    backlog.drop(10)
    assert [(first, len(sound)) for first, sound in backlog.waiting()] == [(4, 6)]
    assert backlog.add(np.zeros(5, np.int16), None) == 30
