"""The board `virtual`: PulseAudio null sinks through the real alsa-lib. It skips with its reason where they are not."""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from oyez_hw import virtual_pulse
from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.board_settings import settings_of
from oyez_hw.catalogue import known
from oyez_hw.pcm import PcmFormat, Samples
from oyez_hw.ports import HardwareError

MICROPHONE, LOUDSPEAKER = PcmFormat(16_000, 4), PcmFormat(48_000, 2)


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[virtual_pulse.VirtualPulse]:
    if reason := virtual_pulse.missing():
        pytest.skip(f"virtual board: {reason}")
    if importlib.util.find_spec("alsaaudio") is None:
        pytest.skip("virtual board: pyalsaaudio is not installed (extra `board`)")
    made = virtual_pulse.VirtualPulse(tmp_path / "pulse", MICROPHONE, LOUDSPEAKER)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    made.start()
    yield made
    made.stop()


def carried(say: AlsaSpeaker, hear: AlsaMicrophone, sound: Samples) -> Samples:
    """What is heard while `sound` is played, without the frames in which nothing was."""
    rate_hz = hear.open().rate_hz
    step = say.open().rate_hz // 50

    def play() -> None:
        for start in range(0, len(sound), step):
            say.write(sound[start : start + step])

    mouth = threading.Thread(target=play)
    mouth.start()
    heard = [hear.read().samples for _ in range(50)]
    mouth.join()
    hear.close()
    say.close()
    whole = np.concatenate(heard)
    assert len(whole) == rate_hz
    return whole[np.any(whole != 0, axis=1)]


def test_each_microphone_hears_its_own_channel(board: virtual_pulse.VirtualPulse) -> None:
    names = settings_of(known()["virtual"], None)
    mouth = AlsaSpeaker(virtual_pulse.MOUTH, MICROPHONE)
    microphone = AlsaMicrophone(names["capture_device"], MICROPHONE)
    levels = np.array([1000, 2000, 4000, 8000], np.int16)
    heard = carried(mouth, microphone, np.tile(levels, (9_600, 1)))
    assert len(heard) > 4_800
    assert (heard == levels).all()


def test_what_the_daemon_plays_can_be_heard_by_who_listens(board: virtual_pulse.VirtualPulse) -> None:
    names = settings_of(known()["virtual"], None)
    loudspeaker = AlsaSpeaker(names["playback_device"], LOUDSPEAKER)
    ear = AlsaMicrophone(virtual_pulse.HEARD, LOUDSPEAKER)
    heard = carried(loudspeaker, ear, np.full((28_800, 2), 5000, np.int16))
    assert len(heard) > 14_400
    assert (heard == 5000).all()


def test_the_cards_keep_the_format_that_was_asked_for(board: virtual_pulse.VirtualPulse) -> None:
    microphone = AlsaMicrophone(virtual_pulse.MICROPHONE, MICROPHONE)
    assert microphone.open() == MICROPHONE
    microphone.close()


def test_a_server_that_is_gone_is_a_card_that_is_gone_and_it_comes_back(board: virtual_pulse.VirtualPulse) -> None:
    microphone = AlsaMicrophone(virtual_pulse.MICROPHONE, MICROPHONE)
    microphone.open()
    microphone.read()
    board.stop()

    def read_on() -> None:
        for _ in range(200):
            microphone.read()

    with pytest.raises(HardwareError):
        read_on()
    microphone.close()
    with pytest.raises(HardwareError):
        microphone.open()
    board.start()
    assert microphone.open() == MICROPHONE
    microphone.close()


def test_the_command_says_what_the_other_program_needs_and_ends_with_its_server(tmp_path: Path) -> None:
    if reason := virtual_pulse.missing():
        pytest.skip(f"virtual board: {reason}")
    command = [sys.executable, "-m", "oyez_hw.virtual_pulse", "--dir", str(tmp_path / "pulse")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        name, _, value = running.stdout.readline().strip().partition("=")
        arguments = ["--device", virtual_pulse.MICROPHONE, "--seconds", "0.3", "--json", str(tmp_path / "x.wav")]
        recorded = subprocess.run(
            [sys.executable, "-m", "oyez_hw", "record", *arguments],
            env={**os.environ, name: value},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        running.terminate()
        assert running.wait(10) == 0
    if importlib.util.find_spec("alsaaudio") is not None:
        assert recorded.returncode == 0, recorded.stderr
    assert not virtual_pulse.VirtualPulse(tmp_path / "pulse", MICROPHONE, LOUDSPEAKER)._answers()


def test_channels_without_an_order_of_alsa_s_are_refused(tmp_path: Path) -> None:
    if reason := virtual_pulse.missing():
        pytest.skip(f"virtual board: {reason}")
    with pytest.raises(ValueError, match="channels is 3"):
        virtual_pulse.VirtualPulse(tmp_path, PcmFormat(16_000, 3), LOUDSPEAKER)
