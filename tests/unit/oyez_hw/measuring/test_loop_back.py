"""Any delay from 5 to 400 ms, any drift within 200 ppm, rooms, noise as loud as the chirps."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez_hw.duplex import play_and_record
from oyez_hw.measuring.chirp import train
from oyez_hw.measuring.loop_back import NothingHeardError, TornError, measured
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from oyez_hw.simulated import FastClock, SimulatedCard
from tests.unit.oyez_hw.measuring.takes import CHIRP, Truth, chirps, room, take


@settings(max_examples=60, deadline=None)
@given(
    path_ms=st.floats(5, 400),
    drift_ppm=st.floats(-200, 200),
    snr_db=st.floats(0, 40),
    rates=st.sampled_from([(16_000, 48_000), (48_000, 48_000), (16_000, 16_000), (44_100, 48_000)]),
    room_seed=st.none() | st.integers(0, 1_000),
    late_ms=st.floats(0, 5),
    seed=st.integers(0, 1_000),
)
def test_delay_and_drift_are_found(
    path_ms: float,
    drift_ppm: float,
    snr_db: float,
    rates: tuple[int, int],
    room_seed: int | None,
    late_ms: float,
    seed: int,
) -> None:
    response = None if room_seed is None else room(room_seed, rates[0])
    truth = Truth(path_ms / 1000, drift_ppm, snr_db, *rates, response=response, seed=seed, late_s=late_ms / 1000)
    found = measured(take(truth), chirps(truth))
    assert found.path_ms == pytest.approx(path_ms, abs=1.0)
    assert found.drift_ppm == pytest.approx(drift_ppm, abs=5.0)
    assert np.median(found.round_trip_ms - found.card_ms) == pytest.approx(found.path_ms)
    assert found.found >= found.chirps * 0.7
    assert not found.inverted


def test_of_a_reflection_that_is_louder_than_the_direct_way_the_direct_way_is_measured() -> None:
    """A board in a corner, or a loudspeaker that looks at a wall."""
    response = np.zeros(400)
    response[0], response[100] = 0.7, 1.0  # 6 ms later
    truth = Truth(0.05, response=response)
    assert measured(take(truth), chirps(truth)).path_ms == pytest.approx(50.0, abs=0.5)


def test_the_stated_confidence_of_the_drift_holds() -> None:
    """95 % of 100 takes in noise; 88 is three standard deviations below."""
    held = 0
    for seed in range(100):
        truth = Truth(0.05, drift_ppm=seed - 50.0, snr_db=3, seed=seed, seconds=8)
        found = measured(take(truth), chirps(truth))
        held += abs(found.drift_ppm - truth.drift_ppm) <= found.drift_error_ppm
        assert found.drift_error_ppm < 3.0
    assert held >= 88


@given(path_ms=st.floats(-300, -5))
@settings(max_examples=10, deadline=None)
def test_a_card_that_tells_too_much_delay_has_a_way_shorter_than_none(path_ms: float) -> None:
    truth = Truth(path_ms / 1000)
    assert measured(take(truth), chirps(truth)).path_ms == pytest.approx(path_ms, abs=1.0)


def test_the_best_microphone_is_asked_and_a_wrong_polarity_is_seen() -> None:
    truth = Truth(snr_db=20, gains=(0.0, -1.0, 0.3))
    found = measured(take(truth), chirps(truth))
    assert (found.channel, found.inverted) == (1, True)
    assert found.path_ms == pytest.approx(50, abs=1.0)


def test_silence_is_said_to_be_silence() -> None:
    truth = Truth(gains=(0.0,), snr_db=10)
    with pytest.raises(NothingHeardError, match="turn the loudspeaker up"):
        measured(take(truth), chirps(truth))


def test_digital_zeros_are_said_to_be_silence() -> None:
    truth = Truth(gains=(0.0,), snr_db=200)
    with pytest.raises(NothingHeardError):
        measured(take(truth), chirps(truth))


@pytest.mark.parametrize("lost", [400, 4_000])
def test_what_lies_beyond_an_overrun_is_left_out(lost: int) -> None:
    """After three seconds the microphone loses sound: seven seconds are whole."""
    truth = Truth(drift_ppm=30.0)
    whole = take(truth)
    at = 48_000
    captured = whole.captured[(whole.captured[:, 0] <= at) | (whole.captured[:, 0] > at + lost)].copy()
    captured[captured[:, 0] > at, 0] -= lost
    heard = np.delete(whole.heard, slice(at, at + lost), axis=0)
    found = measured(replace(whole, heard=heard, captured=captured, capture_breaks=(at,)), chirps(truth))
    assert found.path_ms == pytest.approx(50, abs=1.0)
    assert found.drift_ppm == pytest.approx(30, abs=1.0)
    assert (found.overruns, found.found) == (1, pytest.approx(13, abs=2))


def test_a_take_that_is_all_holes_is_said_to_be_torn() -> None:
    truth = Truth()
    torn = replace(take(truth), capture_breaks=tuple(range(8_000, 170_000, 8_000)))
    with pytest.raises(TornError, match="overrun"):
        measured(torn, chirps(truth))


def test_stamps_of_a_program_that_hardly_ran_are_not_believed() -> None:
    truth = Truth()
    whole = take(truth)
    slow = whole.captured * (1, 1.01)
    with pytest.raises(TornError, match="make no sense"):
        measured(replace(whole, captured=slow, playback_breaks=(100,)), chirps(truth))


@pytest.mark.parametrize(
    ("delay_s", "drift_ppm", "error_s"), [(0.02, 0.0, 0.0), (0.123, 80.0, 0.0), (0.03, -150.0, 0.1)]
)
def test_in_the_simulated_room_the_delay_that_was_set_is_found(
    delay_s: float, drift_ppm: float, error_s: float
) -> None:
    settings_of_room = RoomSettings(echo_delay_s=delay_s, capture_drift_ppm=drift_ppm, delay_error_s=error_s)
    card = SimulatedCard(Room(PcmFormat(16_000, 2), PcmFormat(48_000, 2), settings_of_room, epoch_s=0.0), FastClock())
    played = train(CHIRP, 10)
    heard = play_and_record(
        card.microphone,
        card.speaker,
        lambda card_format: played.sound(card_format.rate_hz, card_format.channels, -14),
        1.0,
        clock=card.clock.now_s,
    )
    found = measured(heard, played)
    assert (heard.capture_breaks, heard.playback_breaks) == ((), ())
    assert found.path_ms == pytest.approx((delay_s - error_s) * 1000, abs=0.2)
    assert found.drift_ppm == pytest.approx(drift_ppm, abs=0.1)
    assert found.found == found.chirps
