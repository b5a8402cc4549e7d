"""`oyez doctor` beside a daemon, a backend and a Realtime server that are processes: nothing is invented."""

import io
import shutil
import sys
from pathlib import Path

import pytest

from oyez.doctor.examination import Examination, Surroundings
from oyez_hw.doctor.command import Teller, examine
from oyez_hw.doctor.report import Report
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from oyez_hw.simulated import FastClock, SimulatedCard
from tests.doubles.onlooker import onlooker
from tests.doubles.pi import healthy_pi
from tests.doubles.processes import running
from tests.stories.outside import write_config
from tests.stories.theatre import services

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


async def examined(where: Surroundings) -> Report:
    return await examine(Examination(where).checks(), where.root, Teller(io.StringIO()))


def names(report: Report) -> set[str]:
    return {finding.name for finding in report.findings}


async def test_before_beside_and_after_a_daemon_the_doctor_finds_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    """No finding before it starts; none beside it, and its card is left alone; then the service behind the backend
    dies, and the backend's own sentence is told."""
    state = tmp_path / "state"
    state.mkdir()
    card = SimulatedCard(Room(PcmFormat(16_000, 1), PcmFormat(48_000, 2), RoomSettings(), epoch_s=0.0), FastClock())
    async with services(tmp_path) as world:
        where = Surroundings(
            config_path=write_config(tmp_path, world, 'name = "simulated"'),
            root=healthy_pi(tmp_path / "root"),
            state_folder=state,
            run_folder=tmp_path / "run",
            cards=lambda settings: lambda: (card.microphone, card.speaker),
            card_clock=card.clock.now_s,
        )
        assert names(await examined(where)) == set()
        card.unplug()  # who listens from here on has a finding
        command = [sys.executable, "-m", "oyez", "run", "--config", where.config_path]
        async with onlooker(world.broker.port) as looker, running(command, env={"STATE_DIRECTORY": str(state)}):
            await looker.until("oyez/story/availability", lambda payload: payload == b"online", timeout_s=40.0)
            await looker.until("oyez/story/state", lambda payload: b'"idle"' in payload, timeout_s=40.0)
            report = await examined(where)
        assert names(report) == set()
        skipped = {result.name: result.skipped for result in report.results if result.skipped}
        assert set(skipped) == {"money", "local", "sound"}
        assert "the daemon holds the card" in skipped["sound"]
        await world.local.kill()
        card.replug()
        report = await examined(where)
    assert names(report) == {"backend_away"}
