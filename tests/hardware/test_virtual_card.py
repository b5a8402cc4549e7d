"""What only the virtual ALSA card has: drift, other processes, the command line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.alsa_speaker import AlsaSpeaker
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE, VirtualCard
from oyez_hw.wav import read_wav, write_wav

MONO = (PcmFormat(16_000, 1), PcmFormat(48_000, 2))
Make = Callable[..., VirtualCard]


def oyez_hw(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "oyez_hw", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_a_clock_that_runs_fast_delivers_more(make_virtual: Make) -> None:
    """5 % is far above what scheduling can blur."""
    make_virtual(MONO, drift_ppm=50_000)
    microphone = AlsaMicrophone(MICROPHONE, MONO[0])
    microphone.open()
    first = microphone.read().time_s
    last = [microphone.read() for _ in range(50)][-1].time_s
    microphone.close()
    assert 50 * 320 / (last - first) == pytest.approx(16_800, rel=0.02)


def test_a_card_that_is_not_there_is_named_with_the_setting_to_change(make_virtual: Make) -> None:
    make_virtual(MONO)
    with pytest.raises(HardwareError, match=r"no microphone nobody.*board\.capture_device"):
        AlsaMicrophone("nobody", MONO[0]).open()
    with pytest.raises(HardwareError, match=r"no loudspeaker nobody.*board\.playback_device"):
        AlsaSpeaker("nobody", MONO[1]).open()


def test_a_killed_process_frees_the_card(make_virtual: Make) -> None:
    make_virtual(MONO)
    program = (
        "from oyez_hw.alsa_microphone import AlsaMicrophone; from oyez_hw.pcm import PcmFormat\n"
        f"m = AlsaMicrophone('{MICROPHONE}', PcmFormat(16000, 1)); m.open()\n"
        "m.read(); print('open', flush=True)\nwhile True: m.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        microphone = AlsaMicrophone(MICROPHONE, MONO[0])
        with pytest.raises(HardwareError, match="in use"):
            microphone.open()
        os.kill(holder.pid, signal.SIGKILL)
    assert microphone.open() == MONO[0]
    assert len(microphone.read().samples) == 320
    microphone.close()


def test_the_command_line_records_plays_and_measures(make_virtual: Make, tmp_path: Path) -> None:
    card = make_virtual(MONO)
    card.room.say(np.sin(np.arange(16_000 * 30) * 0.2), 16_000, level_dbfs=-20.0)
    done = oyez_hw("record", tmp_path / "r.wav", "--device", MICROPHONE, "--seconds", "0.3", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert (said["rate_hz"], said["channels"], said["seconds"]) == (16_000, 1, 0.3)
    assert said["dbfs"] == pytest.approx([-20.0], abs=1.5)
    assert read_wav(tmp_path / "r.wav")[0].shape == (4_800, 1)
    write_wav(tmp_path / "p.wav", np.full((8_000, 1), 3_000, np.int16), 16_000)
    done = oyez_hw("play", tmp_path / "p.wav", "--device", LOUDSPEAKER, "--json")
    assert json.loads(done.stdout)["rate_hz"] == 48_000
    loud = np.abs(card.room.heard.read(0, card.room.heard.end)) > 2_000
    assert loud.sum(axis=0) == pytest.approx([24_000, 24_000], rel=0.05)
    done = oyez_hw("levels", "--device", MICROPHONE, "--seconds", "0.3", "--json")
    assert json.loads(done.stdout)["loudest_dbfs"] == pytest.approx([-20.0], abs=1.5)


def test_the_command_line_lists_and_says_what_fails(make_virtual: Make, tmp_path: Path) -> None:
    make_virtual(MONO)
    assert "capture" in json.loads(oyez_hw("list", "--json").stdout)
    done = oyez_hw("record", tmp_path / "r.wav", "--device", "nobody")
    assert (done.returncode, "no microphone nobody" in done.stderr) == (1, True)
    assert oyez_hw("record").returncode == 2
    assert oyez_hw("levels", "--rate", "1").returncode == 2


def test_the_card_runs_beside_other_programs_with_a_script_and_leaves_its_record(
    plugin_folder: Path, tmp_path: Path
) -> None:
    """As for a daemon on board `alsa` with no sound hardware."""
    write_wav(tmp_path / "say.wav", np.full((4_800, 1), 3_000, np.int16), 16_000)
    (tmp_path / "script.json").write_text('{"record_wav": "out", "steps": [{"wav": "say.wav", "at_s": 0.2}]}')
    command = [sys.executable, "-m", "oyez_hw.virtual_card", "--dir", str(tmp_path / "card")]
    command += ["--script", str(tmp_path / "script.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as card:
        assert card.stdout is not None
        name, _, value = card.stdout.readline().strip().partition("=")
        environment = {**os.environ, name: value}
        record = ["-m", "oyez_hw", "record", str(tmp_path / "r.wav"), "--device", MICROPHONE, "--seconds", "0.7"]
        subprocess.run([sys.executable, *record], env=environment, timeout=30, check=True)
        card.terminate()
        assert card.wait(10) == 0
    kinds = [event["kind"] for event in json.loads((tmp_path / "out.json").read_text())["events"]]
    assert kinds == ["speech_begins", "speech_ends", "script_done"]
    assert np.abs(read_wav(tmp_path / "r.wav")[0]).max() > 1_000
