"""What was played, beside what was captured."""

import numpy as np
from hypothesis import given, settings, strategies as st

from oyez.hearing.echo.reference import Reference

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


@given(ppm=st.sampled_from([-100.0, 50.0]), seed=st.integers(0, 1000))
@settings(max_examples=2, deadline=None)
def test_after_two_minutes_the_reference_follows_the_loudspeakers_clock(ppm: float, seed: int) -> None:
    """A tone of 500 Hz, played by a clock that is off: what is taken stays in step with what is captured."""
    reference, rng, played, faster = Reference(), np.random.default_rng(seed), 0, 1 + ppm * 1e-6
    for at in range(0, 130 * 16_000, 160):
        while played / faster < at + 1760:
            numbers = np.arange(played, played + 320)
            sound = np.rint(8000 * np.sin(2 * np.pi * numbers / 32)).astype(np.int16) * np.int16(at >= 118 * 16_000)
            reference.put(sound, 10 + played / 16_000 / faster + rng.uniform(-0.001, 0.001))
            played += 320
        taken = reference.take(160, 10 + at / 16_000 + rng.uniform(-0.001, 0.001))
        if at in (120 * 16_000, 129 * 16_000):
            wave = np.exp(-2j * np.pi * (at + np.arange(160)) * faster / 32)
            angle = float(np.angle((taken * wave).sum()))
            if at == 120 * 16_000:
                first = angle
    slipped = (angle - first + np.pi) % (2 * np.pi) - np.pi
    # 9 s at 5 ppm are 0.72 samples.
    assert abs(slipped / (2 * np.pi) * 32) < 0.72


def test_a_move_brings_the_reference_earlier() -> None:
    reference = Reference()
    reference.put(SOUND[:16_000], 10.0)
    reference.take(160, 10.0)
    reference.move(1280)
    assert np.array_equal(reference.take(160, 10.01), SOUND[1440:1600])


def test_what_lay_in_a_gap_is_silence_not_the_sound_of_four_seconds_ago() -> None:
    reference = Reference()
    reference.put(SOUND[:64_000], 10.0)
    reference.put(SOUND[:1600], 14.5)
    assert not reference.take(1600, 14.2).any()
