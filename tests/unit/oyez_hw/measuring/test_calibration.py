"""What is kept of a measured board: gains that make microphones alike, the way of the echo, how loud is safe."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from oyez_hw.calibration_file import path_of, read_calibration, write_calibration
from oyez_hw.measuring.calibration import (
    RATE_HZ,
    Calibration,
    Step,
    gains_db,
    trouble_at,
    volume_for,
    ways_of,
)
from oyez_hw.measuring.channel_check import Channel, channels_in
from oyez_hw.measuring.impulse_response import responses
from oyez_hw.measuring.loop_back import arrivals_in, measured
from tests.unit.oyez_hw.measuring.takes import Truth, chirps, room, take
from tests.unit.oyez_hw.measuring.test_channel_check import LEVEL_DBFS, SWEEP

CARDS = ("alsa", "hw:CARD=seeed,DEV=0", "hw:CARD=seeed,DEV=0")


def channel(number: int, beside_db: float, by_room: bool = True, kind: str = "microphone") -> Channel:
    return Channel(number, kind, -20.0, beside_db, by_room, False, 0.0, -65.0, 0.0, False)  # type: ignore[arg-type]


def calibration(**fields: object) -> Calibration:
    usual = {
        "board": CARDS[0],
        "capture_device": CARDS[1],
        "playback_device": CARDS[2],
        "date": "2026-11-21T12:00:00+01:00",
        "volume": 1.0,
        "gains_by": "room",
        "path_ms": 20.0,
        "start_ms": 17.0,
        "echo_db": -12.0,
        "echo_length_ms": 80.0,
        "drift_ppm": 0.0,
        "drift_error_ppm": 0.1,
        "distortion_db": -50.0,
        "noise_dbfs": -65.0,
        "safe_dbfs": -6.0,
        "safe_volume": 0.8,
        "limited_by": "",
        "ways": (),
    }
    return Calibration(**{**usual, **fields})  # type: ignore[arg-type]


@settings(max_examples=10, deadline=None)
@given(
    gains=st.lists(st.floats(-6, 6), min_size=2, max_size=5),
    rate_hz=st.sampled_from([16_000, 48_000]),
    path_ms=st.floats(-30, 200),
    seed=st.integers(0, 100),
)
def test_the_way_that_is_kept_is_the_way_that_was(gains: list[float], rate_hz: int, path_ms: float, seed: int) -> None:
    """Convolving with it gives what the microphone hears, whatever the card's rate; gains make all alike."""
    way = room(seed, rate_hz)
    loud = tuple(10 ** (gain / 20) for gain in gains)
    truth = Truth(path_ms / 1000, 20.0, 40, rate_hz, seconds=6, response=way, gains=loud, late_s=1e-5)
    heard, played = take(truth, SWEEP), chirps(truth, SWEEP)
    arrivals = arrivals_in(heard, played)
    found = responses(heard, played, arrivals, measured(heard, played, arrivals).path_ms / 1000, LEVEL_DBFS)
    channels = channels_in(heard, found)
    corrections, by = gains_db(channels, {})
    start_s, ways = ways_of(found, channels, corrections)
    assert by == "room"
    corrected = [gain + corrections[number] for number, gain in enumerate(gains)]
    assert np.ptp(corrected) < 1.0
    for number, one in enumerate(ways):
        kept = one.sound
        first = round((path_ms / 1000 - start_s) * RATE_HZ)
        assert np.argmax(np.abs(kept[: first + 8]) > 0.5 * np.abs(kept).max()) == pytest.approx(first, abs=2)
        for hz in (500.0, 1_500.0, 4_000.0):
            gain_db = 20 * math.log10(_gain_at(kept, hz, RATE_HZ))
            assert gain_db == pytest.approx(20 * math.log10(_gain_at(way, hz, rate_hz)) + gains[number], abs=1.5)


def _gain_at(response: np.ndarray, hz: float, rate_hz: int) -> float:
    """Over a sixth of an octave around."""
    spectrum = np.abs(np.fft.rfft(response, 1 << 16))
    at = np.fft.rfftfreq(1 << 16, 1 / rate_hz)
    return float(np.sqrt(np.mean(np.square(spectrum[np.abs(at - hz) < hz * 0.06]))))


def test_the_direct_sound_alone_is_corrected_by_distance_where_places_are_known() -> None:
    """Twice as far is 6 dB less of the direct sound, and no fault of the microphone."""
    channels = [channel(0, 3.0, by_room=False), channel(1, -3.0, by_room=False)]
    gains, by = gains_db(channels, {0: 50.0, 1: 100.0})
    assert by == "distance"
    assert gains == {0: pytest.approx(0, abs=0.1), 1: pytest.approx(0, abs=0.1)}
    assert gains_db(channels, {0: 50.0}) == ({0: -3.0, 1: 3.0}, "direct")


def test_a_microphone_that_needs_more_than_12_db_does_not_get_it() -> None:
    gains, _ = gains_db([channel(0, 0.0), channel(1, 0.0), channel(2, -30.0), channel(3, 0.0, kind="deaf")], {})
    assert gains == {0: 0.0, 1: 0.0, 2: 12.0}


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step(-12.0, heard=True, peak_dbfs=-20.0, distortion_db=-40.0, gain_db=-12.1), ""),
        (Step(-12.0, heard=False), ""),
        (Step(-12.0, heard=True, peak_dbfs=-1.0, distortion_db=-40.0, gain_db=-12.0), "full scale"),
        (Step(-12.0, heard=True, peak_dbfs=-20.0, distortion_db=-14.0, gain_db=-12.0), r"distorts (20 %)"),
        (Step(-12.0, heard=True, peak_dbfs=-20.0, distortion_db=-30.0, gain_db=-14.0), "not get louder"),
    ],
)
def test_the_climb_ends_where_the_loudspeaker_or_the_microphones_do(step: Step, words: str) -> None:
    before = [Step(-24.0, heard=False), Step(-18.0, heard=True, distortion_db=-45.0, gain_db=-12.0)]
    said = trouble_at(step, before)
    assert words in said
    assert bool(words) == bool(said)


@given(st.floats(-60, 0))
def test_a_safe_volume_plays_full_scale_with_the_safe_peak(peak_dbfs: float) -> None:
    """By the curve of oyez_hw.software_volume: the cube."""
    assert 20 * math.log10(volume_for(peak_dbfs, 1.0) ** 3) == pytest.approx(peak_dbfs, abs=1e-6)


def test_a_card_that_was_turned_down_while_it_was_measured_may_not_be_turned_up_for_it() -> None:
    """-6 dBFS at volume 0.5 is 24 dB below full scale at volume 1: 0.4, and not 0.8."""
    assert volume_for(-6.0, 0.5) == pytest.approx(0.5 * volume_for(-6.0, 1.0))
    assert 20 * math.log10(volume_for(-6.0, 0.5) ** 3) == pytest.approx(-6.0 + 20 * math.log10(0.5**3))


def test_what_is_written_is_read_by_the_same_cards_and_no_others(tmp_path: Path) -> None:
    assert read_calibration(tmp_path, *CARDS) is None
    path = write_calibration(tmp_path, calibration())
    assert path == path_of(tmp_path, *CARDS)
    assert path.name == "alsa-hw-CARD-seeed-DEV-0.json"
    assert read_calibration(tmp_path, *CARDS) == calibration()
    assert read_calibration(tmp_path, "alsa", "default", "default") is None
    path.rename(path_of(tmp_path, "alsa", "default", "default"))
    with pytest.raises(ValueError, match="another card"):
        read_calibration(tmp_path, "alsa", "default", "default")


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff\xfe", b'{"version": "x"}'])
def test_a_file_that_is_no_calibration_is_said_to_be_none(tmp_path: Path, rubbish: bytes) -> None:
    path_of(tmp_path, *CARDS).parent.mkdir()
    path_of(tmp_path, *CARDS).write_bytes(rubbish)
    with pytest.raises(ValueError, match="oyez-hw calibrate"):
        read_calibration(tmp_path, *CARDS)


def test_a_name_with_slashes_stays_in_the_folder(tmp_path: Path) -> None:
    path = path_of(tmp_path, "../../etc", "/dev/x", "..")
    assert path.parent == tmp_path / "calibration"
    assert path.name == "etc-dev-x.json"
