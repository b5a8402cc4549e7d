"""`oyez-hw calibrate` once, and the daemon begins with what it found: two programs, one folder."""

import json
import sys
from pathlib import Path

import pytest

from oyez_hw.calibration_file import path_of, read_calibration
from oyez_hw.wav import write_wav
from tests.doubles.processes import running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced, write_config
from tests.stories.theatre import services

CARDS = ("simulated", "default", "default")
REQUEST = "Hey Jarvis, turn on the kitchen light."
SHORT = ("--loudest", "-36", "--seconds", "0")
"""One level is tried and seven sweeps are played."""


@pytest.mark.long
async def test_the_daemon_begins_with_what_was_measured_and_bears_a_file_that_was_damaged_since(tmp_path: Path) -> None:
    state = tmp_path / "state"
    sound, rate_hz = speech(REQUEST)
    write_wav(tmp_path / "request.wav", sound[:, None], rate_hz)
    script = tmp_path / "room.json"
    script.write_text(json.dumps({"steps": [{"wav": "request.wav", "after": "start", "delay_s": 3.0}]}))
    async with services(tmp_path) as world:
        config = write_config(tmp_path, world, f'name = "simulated"\nroom_script = "{script}"')
        calibrate = [sys.executable, "-m", "oyez_hw", "calibrate", "--board", "simulated", "--state", state, *SHORT]
        async with running(calibrate) as measuring:
            assert await measuring.wait(timeout_s=90.0) == 0
        made = read_calibration(state, *CARDS)
        assert made is not None

        command = [sys.executable, "-m", "oyez", "run", "--config", config, "--trace", "/dev/stdout"]
        async with running(command, env={"STATE_DIRECTORY": str(state)}) as daemon:
            await daemon.line(f"Gains and echo are as `oyez-hw calibrate` measured them on {made.date}")
            await traced(daemon, "WakeHeard", after=0)
            await traced(daemon, "ToolAnswered", after=0, ok=True)
            assert (await traced(daemon, "PlaybackFinished", after=0))["heard"]
            assert await daemon.terminate(timeout_s=5.0) == 0

        path_of(state, *CARDS).write_bytes(path_of(state, *CARDS).read_bytes()[:-100])
        async with running(command, env={"STATE_DIRECTORY": str(state)}) as daemon:
            await daemon.line("The calibration is left out")
            await daemon.line("Listening for hey_jarvis")
