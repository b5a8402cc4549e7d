"""The front: channels in, one signal out, its times and directions."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.config_hearing import Board, Hearing
from oyez.errors import ConfigError
from oyez.hearing.array.front import Front
from tests.unit.oyez.hearing.array.boards import (
    board,
    bursts,
    frames,
    heard_from,
    noise,
    quantised,
    ring,
    row,
    with_own_noise as real,
)


def fed(front: Front, samples: np.ndarray, rate_hz: int = 16_000, period_ms: int = 20) -> list:
    return [picked for frame in frames(samples, rate_hz, period_ms) for picked in front.take(frame)]


def joined(picked: list) -> np.ndarray:
    return np.concatenate([one.sound for one in picked])


def apart_deg(one: float | None, other: float) -> float:
    assert one is not None
    return abs((one - other + 180) % 360 - 180)


@pytest.mark.parametrize("count", [3, 4, 6, 8])
@pytest.mark.parametrize("direction_deg", [-170.0, -56.0, 0.0, 33.0, 91.0])
@pytest.mark.parametrize("kind", ["sum", "mvdr"])
def test_the_direction_of_speech_is_found_to_a_few_degrees(count: int, direction_deg: float, kind: str) -> None:
    front = Front(board(ring(count)), Hearing(beam=kind))
    sound = np.concatenate([np.zeros((16_000, count)), heard_from(bursts(2.0), ring(count), direction_deg)])
    fed(front, quantised(real(sound)))
    assert apart_deg(front.direction_deg, direction_deg) < 3.0
    assert apart_deg(front.between(101.2, 102.8), direction_deg) < 3.0
    assert front.between(100.0, 100.8) is None


@pytest.mark.parametrize("kind", ["auto", "sum", "mvdr"])
def test_a_talker_comes_out_at_their_own_level_also_after_minutes_of_talking(kind: str) -> None:
    front = Front(board(ring(4)), Hearing(beam=kind))
    talker = heard_from(bursts(12.0), ring(4), 50.0)
    out = joined(fed(front, quantised(real(talker))))
    for from_s in (1, 8):
        span = slice(from_s * 16_000, (from_s + 3) * 16_000)
        kept_db = 20 * np.log10(out[span].std() / (talker[span, 0].std() * 32768))
        assert kept_db == pytest.approx(0.0, abs=1.0)


def test_who_speaks_beside_a_television_is_seen_and_the_television_weakened() -> None:
    microphones, front = ring(6), Front(board(ring(6)), Hearing(beam="mvdr"))
    television = heard_from(bursts(14.0, seed=5), microphones, -80.0)
    talker = np.zeros_like(television)
    talker[160_000:208_000] = heard_from(bursts(3.0, seed=6) * 1.4, microphones, 60.0)
    fed(front, quantised(real(television + talker))[:205_000])
    assert apart_deg(front.between(110.2, 112.8), 60.0) < 10.0
    assert front.snr_gain_db is not None
    assert front.snr_gain_db > 3.0


def test_while_held_the_beam_stays_and_nothing_is_learnt() -> None:
    front = Front(board(ring(4)), Hearing(beam="auto"))
    sound = np.concatenate([np.zeros((16_000, 4)), heard_from(bursts(2.0), ring(4), 120.0)])
    front.hold(True)
    held = joined(fed(front, quantised(real(sound))))
    assert front.direction_deg is None
    mean = real(sound).mean(axis=1) * 32768
    assert np.abs(held[64:] - mean[: len(held) - 64]).max() < 2.0


def test_a_judge_who_hears_no_speech_keeps_the_beam_where_it_is() -> None:
    front = Front(board(ring(4)), Hearing())
    front.voiced(False)
    fed(front, quantised(real(np.concatenate([np.zeros((16_000, 4)), heard_from(bursts(1.0), ring(4), 120.0)]))))
    assert front.direction_deg is None


def test_without_places_the_microphones_are_brought_into_line() -> None:
    """Two sounds that are 5 samples apart would cancel each other at 1600 Hz."""
    front = Front(board([], 2), Hearing())
    sound = bursts(4.0)
    out = joined(fed(front, quantised(real(np.stack([sound, np.roll(sound, 5)], axis=1)))))
    tail = slice(2 * 16_000, 4 * 16_000)
    assert out[tail].std() / (sound[tail].std() * 32768) == pytest.approx(1.0, abs=0.05)
    assert front.direction_deg is None


@pytest.mark.parametrize("beam", ["off", "auto"])
@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
@pytest.mark.parametrize("period_ms", [5, 20, 33])
def test_a_click_keeps_its_capture_time(beam: str, rate_hz: int, period_ms: int) -> None:
    front = Front(board(ring(4)), Hearing(beam=beam))
    sound = np.zeros((rate_hz, 4), np.int16)
    sound[rate_hz // 2] = 30_000
    picked = fed(front, sound, rate_hz, period_ms)
    loudest = max(picked, key=lambda one: int(np.abs(one.sound.astype(int)).max()))
    at_s = loudest.end_s - (159 - int(np.argmax(np.abs(loudest.sound.astype(int))))) / 16_000
    assert at_s == pytest.approx(100.5, abs=1.5 / 16_000)
    assert all(len(one.sound) == 160 for one in picked)
    steps = np.diff([one.end_s for one in picked])
    assert np.allclose(steps, 0.01, atol=1e-6)


@pytest.mark.parametrize("beam", ["off", "auto"])
def test_the_loop_back_reference_comes_in_step_with_the_sound(beam: str) -> None:
    front = Front(board(row(2), 4, reference_channels=[2, 3]), Hearing(beam=beam))
    sound = noise(1.0)
    samples = quantised(np.stack([sound] * 4, axis=1))
    picked = fed(front, samples)
    far = np.concatenate([one.far for one in picked])
    assert np.abs(far[200:].astype(int) - joined(picked)[200:]).max() <= 2


def test_a_dead_microphone_is_left_out_and_named_by_its_channel() -> None:
    microphones = [place for place in ring(5) if place.channel != 0]
    front = Front(board(microphones, 5), Hearing(beam="sum"))
    sound = quantised(real(heard_from(bursts(8.0), ring(5), 20.0)))
    sound[:, 3] = 0
    out = joined(fed(front, sound))
    assert front.dead_channels == (3,)
    assert front.faults == {3: "delivers no sound"}
    tail = slice(5 * 16_000, 7 * 16_000)
    assert out[tail].std() / sound[tail, 1].std() == pytest.approx(1.0, abs=0.05)
    assert apart_deg(front.direction_deg, 20.0) < 4.0


def test_unlike_microphones_are_evened_out_by_what_they_all_hear() -> None:
    gains = 10 ** (np.array([4.0, -3.0, 0.0, 0.0]) / 20)
    front = Front(board(ring(4)), Hearing(beam="sum"))
    sound = heard_from(noise(20.0), ring(4), 0.0) + heard_from(noise(20.0, 3), ring(4), 130.0)
    fed(front, quantised(real(sound * gains)))
    array = front._array
    assert array is not None
    assert array.steering._field.gains_db - array.steering._field.gains_db[2] == pytest.approx([-4, 3, 0, 0], abs=0.7)


@pytest.mark.parametrize(
    ("settings", "hearing", "key"),
    [
        (Board(), Hearing(channel=3), r"hearing\.channel: microphone 3"),
        (board(ring(3), 2), Hearing(), r"board\.microphones: microphone 2"),
        (Board(clean_channel=2), Hearing(), r"board\.clean_channel"),
        (Board(reference_channels=[5]), Hearing(), r"board\.reference_channels"),
        (Board(reference_channels=[0, 1]), Hearing(), "none is left"),
        (board([*row(2), *row(1)], 2), Hearing(), "twice"),
    ],
)
def test_a_channel_that_is_not_there_is_named_with_its_key(settings: Board, hearing: Hearing, key: str) -> None:
    with pytest.raises(ConfigError, match=key):
        fed(Front(settings, hearing), np.zeros((320, 2), np.int16))


def test_a_card_that_comes_back_with_fewer_channels_is_refused_each_time_and_heard_when_it_has_them_again() -> None:
    """With other firmware: the second time it was taken for the one before, and the process fell down."""
    front = Front(Board(), Hearing(channel=1))
    fed(front, np.zeros((320, 2), np.int16))
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"hearing\.channel"):
            fed(front, np.zeros((320, 1), np.int16))
    fed(front, np.zeros((320, 2), np.int16))


@given(st.integers(1, 4), st.integers(0, 3), st.integers(0, 50))
def test_one_channel_or_the_mean_passes_untouched(count: int, channel: int, seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-32768, 32767, (640, count)).astype(np.int16)
    alone = Front(Board(), Hearing(channel=min(channel, count - 1)))
    assert np.array_equal(joined(fed(alone, samples)), samples[:, min(channel, count - 1)])
    mean = joined(fed(Front(Board(), Hearing(beam="off")), samples))
    assert np.abs(mean - samples.mean(axis=1)).max() <= 0.5


def test_what_was_heard_before_clear_is_forgotten() -> None:
    front = Front(board(ring(4)), Hearing())
    fed(front, quantised(real(np.concatenate([np.zeros((16_000, 4)), heard_from(bursts(1.0), ring(4), 120.0)]))))
    assert front.direction_deg is not None
    front.clear()
    assert front.direction_deg is None
    assert front.between(0.0, 1e6) is None
    assert all(np.abs(one.sound).max() == 0 for one in fed(front, np.zeros((320, 4), np.int16)))
