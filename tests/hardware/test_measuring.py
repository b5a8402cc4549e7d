"""oyez-hw measures the virtual ALSA card: what was set in its Room is what comes out."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oyez_hw.calibration_file import read_calibration
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE, VirtualCard

Make = Callable[..., VirtualCard]
CARD = ("--capture-device", MICROPHONE, "--playback-device", LOUDSPEAKER)


@pytest.fixture
def make_card(plugin_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    made: list[VirtualCard] = []

    def make(room: RoomSettings, channels: int = 1) -> VirtualCard:
        air = Room(PcmFormat(16_000, channels), PcmFormat(48_000, 2), room, epoch_s=time.monotonic())
        card = VirtualCard(tmp_path / "card", air, build_folder=plugin_folder)
        for name, value in card.environment.items():
            monkeypatch.setenv(name, value)
        card.start()
        made.append(card)
        return card

    yield make
    for card in made:
        card.stop()


def oyez_hw(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oyez_hw", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)


def asked(*arguments: str | Path) -> dict[str, Any]:
    done = oyez_hw(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_latency_finds_the_delay_and_the_drift_that_were_set(make_card: Make) -> None:
    make_card(RoomSettings(echo_delay_s=0.073, capture_drift_ppm=42.0))
    found = asked("latency", *CARD, "--seconds", "6")
    assert found["unexplained_ms"] == pytest.approx(73.0, abs=1.0)
    assert found["drift_ppm"] == pytest.approx(42.0, abs=5.0)
    assert found["drift_error_ppm"] < 5.0
    assert found["round_trip_ms"]["median"] > found["unexplained_ms"]
    if not found["overruns"] + found["underruns"]:  # a busy machine's: what lies beyond one is left out
        assert found["heard"] >= found["chirps"] - 1


def test_a_loudspeaker_that_nobody_hears_is_said_to_be_that(make_card: Make) -> None:
    make_card(RoomSettings(echo_gain_db=None))
    done = oyez_hw("latency", *CARD, "--seconds", "1")
    assert done.returncode == 1
    assert "turn the loudspeaker up" in done.stderr


def test_levels_shows_each_channel_and_who_clips(make_card: Make) -> None:
    card = make_card(RoomSettings(noise_dbfs=None, ears=(Ear(), Ear(gain_db=-20.0), Ear(gain_db=30.0))), channels=3)
    card.room.say(np.sin(np.arange(16_000 * 20) * 0.2), 16_000, level_dbfs=-20.0)
    found = asked("levels", "--device", MICROPHONE, "--channels", "3", "--seconds", "1")
    assert found["loudest_dbfs"][:2] == pytest.approx([-20.0, -40.0], abs=1.0)
    assert found["clipped"] == [False, False, True]


def test_a_level_or_channel_that_cannot_be_is_refused(make_card: Make) -> None:
    make_card(RoomSettings())
    for wrong in (("--level", "3"), ("--channels", "0"), ("--seconds", "-1")):
        assert oyez_hw("latency", *CARD, *wrong).returncode == 2


SQUARE = {0: (40.0, 0.0), 1: (0.0, -40.0), 2: (-40.0, 0.0), 3: (0.0, 40.0)}
ASIDE = (60.0, 25.0, 10.0)


def test_channels_finds_a_swap_an_inverted_and_a_dead_microphone(make_card: Make, tmp_path: Path) -> None:
    config = tmp_path / "oyez.toml"
    places = "".join(f"[[board.microphones]]\nchannel = {c}\nx_mm = {x}\ny_mm = {y}\n" for c, (x, y) in SQUARE.items())
    config.write_text(
        f'[board]\ncapture_device = "{MICROPHONE}"\nplayback_device = "{LOUDSPEAKER}"\ncapture_channels = 5\n{places}'
        "[[board.microphones]]\nchannel = 4\nx_mm = 10.0\ny_mm = 0.0\n"
    )
    ears = (
        Ear(x_mm=-40.0),
        Ear(y_mm=-40.0, inverted=True),
        Ear(x_mm=40.0, gain_db=-3.0),
        Ear(y_mm=40.0),
        Ear(x_mm=10.0, dead=True),
    )
    make_card(RoomSettings(ears=ears, loudspeaker_mm=ASIDE, capture_drift_ppm=-30.0), channels=5)
    where = ",".join(map(str, ASIDE))
    done = oyez_hw("channels", "--config", config, "--loudspeaker", where, "--json")
    found = json.loads(done.stdout.splitlines()[-1])
    assert done.returncode == 1
    assert not found["ok"]
    assert {(one["kind"], tuple(one["channels"])) for one in found["findings"]} == {
        ("dead", (4,)),
        ("inverted", (1,)),
        ("moved", (0, 2)),
    }
    assert found["channels"][2]["beside_others_db"] == pytest.approx(-3.0, abs=0.5)


@pytest.mark.long
def test_calibrate_keeps_gains_and_the_way_of_the_echo(make_card: Make, tmp_path: Path) -> None:
    """Seven levels and a sweep: most of a minute."""
    ears = (Ear(), Ear(gain_db=-5.0), Ear(gain_db=3.0))
    make_card(RoomSettings(ears=ears, echo_delay_s=0.04, echo_gain_db=-10.0, capture_drift_ppm=15.0), channels=3)
    found = asked("calibrate", *CARD, "--channels", "3", "--state", tmp_path / "state", "--loudest", "-12")
    assert Path(found["file"]).exists()
    assert found["path_ms"] == pytest.approx(40.0, abs=1.5)
    assert found["drift_ppm"] == pytest.approx(15.0, abs=5.0)
    gains = {way["channel"]: way["gain_db"] for way in found["ways"]}
    assert gains == pytest.approx({0: 0.0, 1: 5.0, 2: -3.0}, abs=0.5)
    assert (found["gains_by"], found["safe_dbfs"]) == ("direct", -12.0)
    kept = read_calibration(tmp_path / "state", "alsa", MICROPHONE, LOUDSPEAKER)
    assert kept is not None
    assert len(kept.ways) == 3
