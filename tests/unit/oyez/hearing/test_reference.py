"""What was played, beside what was captured."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oyez.hearing.reference import Reference

SOUND = (1 + np.arange(64_000) % 30_000).astype(np.int16)


@given(
    sizes=st.lists(st.integers(1, 800), min_size=5, max_size=60),
    jitters=st.lists(st.integers(-100, 100), min_size=60, max_size=60),
)
def test_jittering_times_leave_the_stream_without_a_seam(sizes: list[int], jitters: list[int]) -> None:
    """The chunks' times are wrong by up to 6 ms each way; what is taken is the sound, contiguous, once."""
    reference, put = Reference(), 0
    for size, jitter in zip(sizes, jitters, strict=False):
        reference.put(SOUND[put : put + size], 10.0 + (put + (jitter if put else 0)) / 16_000)
        put += size
    taken = [reference.take(160, 10.0 + at / 16_000) for at in range(0, put, 160)]
    whole = np.concatenate(taken)
    assert np.array_equal(whole[:put], SOUND[:put])
    assert not whole[put:].any()


def test_what_was_not_played_is_silence() -> None:
    reference = Reference()
    assert not reference.take(160, 5.0).any()
    reference.put(SOUND[:1600], 6.0)
    assert not reference.take(160, 5.01).any()
    assert not reference.take(160, 7.0).any()
    assert np.array_equal(reference.take(160, 6.0), SOUND[:160])


def test_after_a_cut_the_next_chunk_takes_the_place_of_what_was_never_heard() -> None:
    reference = Reference()
    reference.put(SOUND[:16_000], 10.0)
    reference.put(np.zeros(320, np.int16), 10.5)
    assert np.array_equal(reference.take(160, 10.49), SOUND[7840:8000])
    assert not reference.take(800, 10.5).any()


def test_a_jump_beyond_the_slack_is_followed() -> None:
    reference = Reference()
    reference.put(SOUND[:1600], 10.0)
    reference.put(SOUND[:1600], 12.0)
    assert np.array_equal(reference.take(160, 12.0), SOUND[:160])
