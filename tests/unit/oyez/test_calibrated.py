"""What `oyez-hw calibrate` found is what the ears begin with."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from msgspec.structs import replace

from oyez.calibrated import first_echo, put_to_use, with_gains
from oyez.config_hearing import Board, Hearing, MicrophonePlace
from oyez.hearing.array.front import Picked
from oyez.hearing.blocks import BLOCK, RATE_HZ
from oyez.hearing.near_end import NearEnd
from oyez_hw.calibration_file import write_calibration
from oyez_hw.measuring.calibration import MOST_GAIN_DB, Way
from tests.unit.oyez_hw.measuring.takes import room
from tests.unit.oyez_hw.measuring.test_calibration import CARDS, calibration

BOARD = Board(name="alsa", capture_device=CARDS[1], playback_device=CARDS[2])
PLACES = [MicrophonePlace(channel=channel, x_mm=40.0 * channel, y_mm=0.0) for channel in (0, 1)]


def way(channel: int, gain_db: float = 0.0, response: np.ndarray | None = None) -> Way:
    sound = np.array([1.0, 0.5]) if response is None else response
    scale = float(np.abs(sound).max()) / 32_767
    return Way(channel, gain_db, -12.0, False, scale, np.rint(sound / scale).astype("<i2").tobytes())


def two(**fields: object) -> object:
    return calibration(ways=(way(0, 1.5), way(1, -1.5)), **fields)


def test_measured_gains_go_to_the_places_of_their_channels() -> None:
    board = replace(BOARD, microphones=PLACES, capture_channels=2)
    assert [place.gain_db for place in with_gains(board, two()).microphones] == [1.5, -1.5]  # type: ignore[arg-type]


def test_what_the_operator_wrote_wins_and_gains_of_no_use_are_not_used() -> None:
    written = replace(BOARD, microphones=[PLACES[0], replace(PLACES[1], gain_db=3.0)])
    assert with_gains(written, two()) == written  # type: ignore[arg-type]
    plain = replace(BOARD, microphones=PLACES)
    assert with_gains(plain, two(gains_by="direct")) == plain  # type: ignore[arg-type]
    assert with_gains(plain, None) == plain


def heard(lag: int, response: np.ndarray, volume: float, seconds: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """(what was played, what the microphone hears of it): noise that swells as speech does."""
    rng = np.random.default_rng(3)
    count = round(seconds * RATE_HZ)
    far = rng.standard_normal(count) * (0.6 + 0.4 * np.sin(np.arange(count) / RATE_HZ * 2 * np.pi * 3)) * 2_000
    near = np.convolve(far, response)[:count] * volume**3
    near = np.concatenate([np.zeros(lag), near])[:count]
    return far.astype(np.int16), near.astype(np.int16)


def left_db(near_end: NearEnd, far: np.ndarray, near: np.ndarray) -> float:
    """What the branch for the wake word leaves of the echo, over the second half second."""
    out = []
    for start in range(0, len(far) - BLOCK, BLOCK):
        near_end.played(far[start : start + BLOCK, None], RATE_HZ, 10 + start / RATE_HZ)
    for start in range(0, len(near) - BLOCK, BLOCK):
        picked = Picked(near[start : start + BLOCK], None, 10 + (start + BLOCK) / RATE_HZ)
        out.append(near_end.hear(picked).for_wake)
    whole = np.concatenate(out).astype(np.float64)
    part = slice(RATE_HZ // 4, RATE_HZ * 3 // 4)
    return float(10 * np.log10(np.mean(whole[part] ** 2) / np.mean(near[part].astype(np.float64) ** 2)))


@pytest.mark.parametrize(("lag", "volume"), [(320, 1.0), (320, 0.6), (3_520, 1.0), (8_000, 1.0)])
def test_the_first_reply_is_cancelled_better_than_by_who_knows_nothing(lag: int, volume: float) -> None:
    """Also at another volume than it was measured at, and where the card's word is wrong by 200 or by 500 ms."""
    response = 0.2 * room(5)
    kept = calibration(
        ways=(way(0, response=response),), start_ms=lag * 1000 / RATE_HZ, path_ms=lag * 1000 / RATE_HZ, volume=1.0
    )
    first = first_echo(kept, BOARD, Hearing(), volume)
    assert first is not None
    far, near = heard(lag, response, volume)
    knowing, ignorant = NearEnd(Hearing(), BOARD), NearEnd(Hearing(), BOARD)
    assert knowing.begin_with(first[0])
    knowing.move(first[1])
    assert left_db(knowing, far, near) < left_db(ignorant, far, near) - 3.0


def test_a_calibration_of_other_channels_tells_nothing_of_the_echo() -> None:
    assert first_echo(calibration(ways=(way(5),)), BOARD, Hearing(), 1.0) is None
    assert first_echo(calibration(ways=()), BOARD, Hearing(), 1.0) is None
    assert first_echo(calibration(ways=(way(0),)), replace(BOARD, clean_channel=9), Hearing(), 1.0) is None


def test_the_state_folder_has_it_for_this_board_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    board = replace(BOARD, microphones=PLACES, capture_channels=2)
    assert put_to_use(board, Hearing(), None, 1.0) == (board, None)
    assert put_to_use(board, Hearing(), tmp_path, 1.0) == (board, None)
    path = write_calibration(tmp_path, two())  # type: ignore[arg-type]
    os.utime(path, (5_000, 5_000))
    ready, echo = put_to_use(board, Hearing(), tmp_path, 1.0)
    assert [place.gain_db for place in ready.microphones] == [1.5, -1.5]
    assert echo is not None
    assert echo.written_s == 5_000
    other = replace(board, capture_device="hw:1")
    assert put_to_use(other, Hearing(), tmp_path, 1.0) == (other, None)
    path.write_text("{")
    assert put_to_use(board, Hearing(), tmp_path, 1.0) == (board, None)
    assert "oyez-hw calibrate" in caplog.text


anything = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.dictionaries(st.sampled_from(["start_ms", "path_ms", "volume"]), anything),
    st.binary(max_size=50) | st.just(bytes(12_800)),
    anything,
    anything,
)
def test_a_damaged_file_ends_no_daemon_and_teaches_no_nonsense(
    fields: dict[str, float], response: bytes, gain_db: float, scale: float
) -> None:
    """It would be read at every start again."""
    damaged = calibration(**{"ways": (Way(0, gain_db, -12.0, False, scale, response),), **fields})
    board = replace(BOARD, microphones=PLACES[:1])
    with TemporaryDirectory() as folder, np.errstate(all="ignore"):
        write_calibration(Path(folder), damaged)
        ready, echo = put_to_use(board, Hearing(), Path(folder), 0.6)
        assert all(abs(place.gain_db) <= MOST_GAIN_DB for place in ready.microphones)
        if echo is not None and NearEnd(Hearing(), BOARD).begin_with(echo.learned):
            assert np.isfinite(echo.learned).all()


@pytest.mark.parametrize(
    "damage",
    [
        {"ways": (replace(way(0), response=b"abc"),)},
        {"start_ms": 401.0, "ways": (replace(way(0), response=bytes(12_800)),)},
        {"path_ms": 1e308},
        {"ways": (replace(way(0), gain_db=1e9),)},
    ],
)
def test_figures_that_cannot_be_are_left_out_and_told(
    damage: dict[str, object], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    board = replace(BOARD, microphones=PLACES[:1])
    write_calibration(tmp_path, calibration(**({"ways": (way(0),)} | damage)))
    assert put_to_use(board, Hearing(), tmp_path, 0.6) == (board, None)
    assert "The calibration is left out" in caplog.text
