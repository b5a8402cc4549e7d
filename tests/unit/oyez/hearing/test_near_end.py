"""What the room says without what we say, awake and at rest."""

import numpy as np
import pytest

from oyez.config import Board, Hearing
from oyez.hearing.array.front import Picked
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.echo.cancelling import TwoBranches
from oyez.hearing.echo.far_end import FarEnd
from oyez.hearing.near_end import NearEnd

RANDOM = np.random.default_rng(5)
NEAR = RANDOM.normal(0, 800, RATE_HZ * 12).astype(np.int16)
QUIET = np.zeros(BLOCK, np.int16)


def picked(number: int, sound: np.ndarray, far: np.ndarray | None = None) -> Picked:
    return Picked(sound, far, 1.0 + (number + 1) * 0.01)


def blocks(sound: np.ndarray) -> list[np.ndarray]:
    return [sound[at : at + BLOCK] for at in range(0, len(sound) - BLOCK + 1, BLOCK)]


def test_at_rest_it_says_the_same_as_a_canceller_that_never_rests() -> None:
    """A chime, long silence, a chime again: every block is the one of a canceller that is asked each time."""
    near_end, branches, far_end = NearEnd(Hearing(), Board()), TwoBranches(), FarEnd()
    played = np.zeros(RATE_HZ * 12, np.int16)
    for begins_s in (1.0, 7.0):
        at = round(begins_s * RATE_HZ)
        played[at : at + 4000] = RANDOM.normal(0, 3000, 4000)
    for number, (near, far) in enumerate(zip(blocks(NEAR), blocks(played), strict=True)):
        for one in (near_end, far_end):
            one.played(far[:, None], RATE_HZ, 1.0 + number * 0.01)
        heard = near_end.hear(picked(number, near))
        wanted = branches.cancel(near, far_end.take(BLOCK, 1.0 + (number + 1) * 0.01))
        assert np.array_equal(heard.sound, wanted.clean), number


def test_a_board_with_a_clean_channel_is_left_alone() -> None:
    near_end = NearEnd(Hearing(), Board(clean_channel=0))
    assert not near_end.cancels
    near_end.played(NEAR[:BLOCK, None], RATE_HZ, 1.0)
    heard = near_end.hear(picked(0, NEAR[:BLOCK]))
    assert heard.sound is heard.for_wake
    assert np.array_equal(heard.sound, NEAR[:BLOCK])
    assert heard.end_s == pytest.approx(1.01)


def test_a_boards_own_loop_back_is_what_is_cancelled() -> None:
    """Nothing was told of what is played, and the echo of what the loop-back carries goes all the same."""
    near_end = NearEnd(Hearing(), Board(reference_channels=[1]))
    far = RANDOM.normal(0, 3000, RATE_HZ * 6).astype(np.int16)
    echo = np.concatenate([np.zeros(400, np.int16), far[:-400] // 3])
    left = [
        near_end.hear(picked(n, e, f)).sound for n, (e, f) in enumerate(zip(blocks(echo), blocks(far), strict=True))
    ]
    late = np.concatenate(left[400:]).astype(float)
    assert np.square(late).mean() < 0.05 * np.square(echo[400 * BLOCK :].astype(float)).mean()
    assert near_end.erle_db is not None
