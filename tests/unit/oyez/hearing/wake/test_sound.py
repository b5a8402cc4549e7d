"""Rows of the embedding do not depend on who asked for them, and when."""

import numpy as np
from hypothesis import given, settings, strategies as st

from oyez.hearing.wake.embedding import FIRST_SAMPLES, ROW_SAMPLES, embed
from oyez.hearing.wake.head import ROWS
from oyez.hearing.wake.sound import PAST_ROWS, WakeSound

SOUND = np.random.default_rng(2).normal(0.0, 2_000.0, 16_000 * 6).astype(np.int16)
TRUTH = embed(SOUND)
LAST = len(SOUND) // 160 - 1


@given(st.sets(st.integers(0, LAST), max_size=6), st.integers(0, LAST))
@settings(max_examples=25, deadline=None)
def test_windows_are_those_of_one_embedder_that_heard_everything(asked: set[int], last: int) -> None:
    sound = WakeSound()
    for place in range(last + 1):
        sound.put(SOUND[place * 160 : place * 160 + 160])
        if place in asked or place == last:
            windows = sound.rows()
    whole = max(0, ((last + 1) * 160 - FIRST_SAMPLES) // ROW_SAMPLES + 1)
    expected = [TRUTH[end - ROWS : end] for end in range(max(ROWS, whole - PAST_ROWS), whole + 1)]
    assert len(windows) == len(expected)
    for window, truth in zip(windows, expected, strict=True):
        np.testing.assert_allclose(window, truth, atol=1e-3)


def test_new_rows_are_each_given_once_to_whoever_asks_at_every_block() -> None:
    sound, rows, seen = WakeSound(), [], 0
    for place in range(LAST + 1):
        sound.put(SOUND[place * 160 : place * 160 + 160])
        rows += sound.new_rows(seen)
        seen = sound.row_count
    np.testing.assert_allclose(np.stack(rows), TRUTH, atol=1e-3)
