"""The way of a bench: rig.toml, ssh, the agent on the board, the mouth. Here ssh is a program that runs the words on
this machine, the Pi's card is the virtual one, and the mouth speaks into PulseAudio.
"""

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from oyez_hw import virtual_pulse
from oyez_hw.faults import Fault
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError
from tests.hardware.rig.hands import levelled, read_rig
from tests.hardware.rig.remote import Agent, ssh_command
from tests.hardware.rig.rig_file import RigError, Ssh
from tests.hardware.rig.speak import level_65_dbfs
from tests.hardware.rig.stand_in import BOARD, make_rig, run

PLUG = """import struct, sys
folder, fault = sys.argv[1:]
for name in ("microphone", "loudspeaker"):
    with open(f"{folder}/{name}.bus", "r+b") as bus:
        bus.seek(6 * 8)
        bus.write(struct.pack("=q", int(fault)))
"""
"""The word `fault` of the virtual card: what every call on it answers."""
SOUND = ("test_contract", "test_loop_back")


@pytest.fixture(autouse=True)
def here(pytestconfig: pytest.Config) -> None:
    if board := pytestconfig.getoption("--board", ""):
        pytest.skip(f"the bench itself is tried where no board is under test, and {board} is")


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return make_rig(tmp_path, monkeypatch)


@pytest.fixture
def card(plugin_folder: Path, tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """A virtual card in a process of its own, as a Pi's would be; the options that name it."""
    command = [sys.executable, "-m", "oyez_hw.virtual_card", "--dir", str(tmp_path / "card")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        name, _, value = program.stdout.readline().strip().partition("=")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, value)
            yield BOARD
        program.terminate()


@pytest.mark.long
def test_the_whole_contract_holds_over_ssh_and_the_card_is_pulled_out(
    rig: Path, card: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "plug.py").write_text(PLUG)
    plug = f'"{sys.executable}", "{tmp_path / "plug.py"}", "{tmp_path / "card"}"'
    rig.write_text(rig.read_text() + f'[usb]\noff = [{plug}, "{errno.ENODEV}"]\non = [{plug}, "0"]\n')
    done, results = run(tmp_path, rig, SOUND, *card)
    assert done.returncode == 0, done.stdout
    assert results["test_a_card_that_vanishes_is_told_as_gone_and_opens_again_when_it_is_back"] == "passed"
    assert list(results.values()).count("passed") >= 11


def test_the_same_tests_run_over_ssh_with_a_mouth_and_the_daemon_rests_meanwhile(rig: Path, tmp_path: Path) -> None:
    if reason := virtual_pulse.missing():
        pytest.skip(f"virtual board: {reason}")
    pulse = virtual_pulse.VirtualPulse(tmp_path / "pulse", PcmFormat(16_000, 2), PcmFormat(48_000, 2))
    mouth = f'device = "{virtual_pulse.MOUTH}"\ndistance_m = 1.0\nlevel_65_dbfs = -26.0\nrate_hz = 16000\n'
    rig.write_text(rig.read_text() + f"[mouth]\n{mouth}")
    pulse.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in pulse.environment.items():
                patch.setenv(name, value)
            words = [*BOARD, "--capture-format", "16000,2", "--loop", "none"]
            done, results = run(tmp_path, rig, SOUND, *words, "-k", "open_tells or in_its_place")
    finally:
        pulse.stop()
    assert done.returncode == 0, done.stdout
    assert results == {
        "test_open_tells_what_the_card_really_gives": "passed",
        "test_every_channel_is_in_its_place": "passed",
        "test_every_channel_is_a_microphone_in_its_place": "skipped",
    }
    assert "a-pi does not hear itself" in done.stdout
    assert (tmp_path / "stopped").exists()
    assert (tmp_path / "started").exists(), "it runs again afterwards"


def test_a_wrong_rig_ends_the_run_with_its_mistakes(rig: Path, tmp_path: Path) -> None:
    rig.write_text(rig.read_text() + "[mouht]\n")
    done, results = run(tmp_path, rig, SOUND, "--board", "a-pi")
    assert done.returncode == 4
    assert "mouht is unknown. Did you mean mouth?" in done.stdout + done.stderr
    assert not results


def test_a_rig_or_a_key_that_is_not_there_is_named(rig: Path, tmp_path: Path) -> None:
    with pytest.raises(RigError, match=r"no\.toml could not be read"):
        read_rig(tmp_path / "no.toml")
    (tmp_path / "key").unlink()
    with pytest.raises(RigError, match=r"ssh\.key is .*no such file"):
        read_rig(rig)


def test_a_board_that_does_not_answer_is_told_with_what_to_look_at(tmp_path: Path, rig: Path) -> None:
    agent = Agent(Ssh(host="board", user="bench", key="k", python="no-such-python"))
    with pytest.raises(HardwareError, match=r"board does not answer over ssh .* can import oyez_hw"):
        agent.ask("hello")
    agent.end()


def test_what_the_board_s_card_says_arrives_with_its_fault(rig: Path) -> None:
    agent = Agent(Ssh(host="board", user="bench", key="k", python=sys.executable))
    agent.ask("choose", "a-pi", ["hw:9", "hw:9"], [None, None])
    with pytest.raises(HardwareError) as told:
        agent.ask("listen")
    assert told.value.fault is Fault.ABSENT
    with pytest.raises(HardwareError, match="give --capture-device"):
        agent.ask("choose", "a-pi", ["", ""], [None, None])
    assert agent.ask("hello")["version"]
    agent.end()


def test_no_word_of_a_rig_reaches_the_board_s_shell_as_more_than_a_word() -> None:
    command = ssh_command(Ssh(host="h", user="u", key="k"), ["echo", "$(reboot)", "a b", "; halt"])
    assert command[-2:] == ["--", "echo '$(reboot)' 'a b' '; halt'"]


def test_speech_that_would_clip_is_refused() -> None:
    sound = np.rint(np.sin(np.arange(16_000) * 0.3) * 20_000).astype(np.int16)
    assert np.abs(levelled(sound, 16_000, 48_000, -20.0)).max() == pytest.approx(0.1 * np.sqrt(2), rel=0.05)
    with pytest.raises(ValueError, match="clips"):
        levelled(sound, 16_000, 48_000, 0.0)


def test_what_a_meter_showed_becomes_the_level_of_a_person() -> None:
    """6.6 dB too quiet at -30 dBFS: so much louder it is to speak."""
    assert level_65_dbfs(-30.0, 58.4) == -23.4
