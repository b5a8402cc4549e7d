"""Oyez alive on a bench, the whole way of a rig: its broker, mouth, reference microphone and power switch.

The Pi is a process on this machine, whose power is cut by kill -9; the air is PulseAudio's.
"""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from oyez_hw import virtual_pulse
from oyez_hw.pcm import PcmFormat
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE
from tests.hardware.rig.stand_in import BOARD, make_rig, run
from tests.stories.outside import write_config
from tests.stories.theatre import services

POWER = """import os, signal, subprocess, sys
pid = "{pid}"
if sys.argv[1] == "on":
    with open("{log}", "a") as log:
        program = subprocess.Popen({command}, env={{**os.environ, **{environment}}}, stdout=log, stderr=log)
    open(pid, "w").write(str(program.pid))
else:
    os.kill(int(open(pid).read()), signal.SIGKILL)
"""
RIG = """[broker]
device_id = "story"
port = {port}
[mouth]
device = "{mouth}"
distance_m = 1.0
level_65_dbfs = -24.0
rate_hz = 16000
channels = 1
[ear]
device = "{heard}"
distance_m = 0.3
channels = 2
[power]
off = ["{python}", "{power}", "off"]
on = ["{python}", "{power}", "on"]
off_s = 0.5
"""
ON_CARD = f"""name = "virtual"
capture_device = "{MICROPHONE}"
playback_device = "{LOUDSPEAKER}"
"""


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_oyez_on_a_bench_wakes_is_interrupted_and_survives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    if pytestconfig.getoption("--board", "") or (reason := virtual_pulse.missing()):
        pytest.skip(reason if not pytestconfig.getoption("--board", "") else "a board is under test")
    rig, power = make_rig(tmp_path, monkeypatch), tmp_path / "power.py"
    pulse = virtual_pulse.VirtualPulse(tmp_path / "pulse", PcmFormat(16_000, 1), PcmFormat(48_000, 2))
    pulse.start()
    try:
        async with services(tmp_path) as world:
            for name, value in pulse.environment.items():
                monkeypatch.setenv(name, value)
            command = [sys.executable, "-m", "oyez", "run", "--config", str(write_config(tmp_path, world, ON_CARD))]
            environment = {"STATE_DIRECTORY": str(tmp_path / "state")}
            (tmp_path / "state").mkdir()
            files = {"pid": tmp_path / "pid", "log": tmp_path / "oyez.log"}
            power.write_text(POWER.format(command=command, environment=environment, **files))
            names = {"mouth": virtual_pulse.MOUTH, "heard": virtual_pulse.HEARD, "python": sys.executable}
            rig.write_text(rig.read_text() + RIG.format(port=world.broker.port, power=power, **names))
            await switched(power, "on")
            try:
                asked = (*BOARD, "-m", "not long", "-k", "wake_word_is_told or as_it_was_set or interrupts or mute")
                done, results = await asyncio.to_thread(run, tmp_path, rig, ["test_device"], *asked, timeout_s=300.0)
            finally:
                await switched(power, "off")
    finally:
        pulse.stop()
    assert done.returncode == 0, done.stdout + (tmp_path / "oyez.log").read_text()
    assert results == {
        "test_a_wake_word_is_told": "passed",
        "test_the_mute_button_mutes_and_a_lamp_says_so": "skipped",
        "test_after_a_power_cut_it_comes_back_as_it_was_set": "passed",
        "test_somebody_who_interrupts_is_let_speak": "passed",
    }
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    figures = {figure["name"]: figure["value"] for outcome in report["outcomes"] for figure in outcome["figures"]}
    assert {"device.wake_told_ms", "device.power_back_s", "device.barge_in_ms"} <= set(figures)


async def switched(power: Path, to: str) -> None:
    program = await asyncio.create_subprocess_exec(sys.executable, str(power), to)
    assert await program.wait() == 0
