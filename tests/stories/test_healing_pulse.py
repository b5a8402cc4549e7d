"""What can befall a sound server under the whole daemon: PulseAudio with null sinks, by the real alsa-lib.

The server is killed, stands still, or has its sinks suspended: the daemon hears again by itself, in the same process.
(Users: deaf after PulseAudio was restarted.)
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from oyez_hw import virtual_pulse
from oyez_hw.pcm import PcmFormat
from oyez_hw.virtual_pulse import VirtualPulse
from oyez_hw.wav import write_wav
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, mosquitto, running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced
from tests.stories.test_healing import CONFIG, WAKE, heard

pytestmark = pytest.mark.long

STANDS_S = 10.0


@dataclass
class Scene:
    pulse: VirtualPulse
    daemon: Process
    wav: Path

    async def hears(self) -> None:
        async def say() -> None:
            async with running(["paplay", *self.server, "--device=oyez_room", self.wav]) as mouth:
                assert await mouth.wait() == 0, mouth.lines

        await heard(self.daemon, say)

    @property
    def server(self) -> list[str]:
        """For PulseAudio's own commands."""
        return ["-s", f"unix:{self.wav.parent}/pulse/native"]

    def order(self, number: int) -> None:
        """To the server."""
        assert self.pulse.server is not None
        os.kill(self.pulse.server.pid, number)


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    if reason := virtual_pulse.missing():
        pytest.skip(f"board virtual: {reason}")
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    sound, rate_hz = speech(WAKE)
    write_wav(folder / "wake.wav", sound[:, None], rate_hz)
    pulse = VirtualPulse(folder / "pulse", PcmFormat(16_000, 1), PcmFormat(48_000, 2))
    pulse.start()
    try:
        async with mosquitto() as broker, onlooker(broker.port) as looker:
            config = folder / "oyez.toml"
            # Nobody in the room is nothing but zeros here.
            config.write_text(CONFIG.format(broker_port=broker.port).replace("zeros_s = 4.0", "zeros_s = 0.0"))
            command = [sys.executable, "-m", "oyez", "run", "--config", str(config), "--trace", "/dev/stdout"]
            async with running(command, env=pulse.environment, ready="Listening for hey_jarvis") as daemon:
                yield Scene(pulse, daemon, folder / "wake.wav")
                errors = [m.payload for m in looker.seen if m.topic == "oyez/story/event/error"]
                assert {"microphone", "loudspeaker"} & {json.loads(error).get("kind") for error in errors}
                assert await daemon.terminate(timeout_s=8.0) == 0
    finally:
        pulse.stop()


async def test_a_server_that_was_killed_and_comes_back_is_used_again(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with scene(tmp_path) as play:
        await play.hears()
        place, begun_s = len(play.daemon.lines), time.monotonic()
        play.order(signal.SIGKILL)
        told = await traced(play.daemon, "TroubleFound", after=place, kind="microphone")
        await traced(play.daemon, "TroubleFound", after=place, kind="loudspeaker")
        play.pulse.stop()
        play.pulse.start()
        back_s = time.monotonic()
        for kind in ("microphone", "loudspeaker"):
            well = await traced(play.daemon, "TroubleGone", after=place, kind=kind)
        record_property("told_s", round(told["time_s"] - begun_s, 2))
        record_property("well_s", round(well["time_s"] - back_s, 2))
        await play.hears()


async def test_a_server_that_stands_still_for_ten_seconds_is_used_again(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with scene(tmp_path) as play:
        await play.hears()
        place, begun_s = len(play.daemon.lines), time.monotonic()
        play.order(signal.SIGSTOP)
        await asyncio.sleep(STANDS_S)  # the server's time is the machine's
        play.order(signal.SIGCONT)
        back_s = time.monotonic()
        told = await traced(play.daemon, "TroubleFound", after=place, kind="microphone")
        well = await traced(play.daemon, "TroubleGone", after=place, kind="microphone")
        record_property("told_s", round(told["time_s"] - begun_s, 2))
        record_property("well_s", round(well["time_s"] - back_s, 2))
        await play.hears()


async def test_sinks_that_are_suspended_are_missed_and_used_again(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with scene(tmp_path) as play:
        await play.hears()
        place, begun_s = len(play.daemon.lines), time.monotonic()
        await suspended(play, "1")
        told = await traced(play.daemon, "TroubleFound", after=place, kind="microphone")
        await suspended(play, "0")
        back_s = time.monotonic()
        well = await traced(play.daemon, "TroubleGone", after=place, kind="microphone")
        record_property("told_s", round(told["time_s"] - begun_s, 2))
        record_property("well_s", round(well["time_s"] - back_s, 2))
        await play.hears()


async def suspended(play: Scene, on: str) -> None:
    for sink in ("oyez_room", "oyez_air"):
        async with running(["pactl", *play.server, "suspend-sink", sink, on]) as pactl:
            assert await pactl.wait() == 0, pactl.lines
