"""`oyez doctor` on a whole device: it finds each planted fault by name, and nothing else; on a healthy one nothing.

(What users of voice appliances ask for, number 15 of what none of them has: one report of what is wrong.)
"""

import json
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oyez.config import Device, Home
from oyez.view import Trouble, View
from oyez_hw.doctor.report import Report
from tests.doubles.guarded_broker import locked
from tests.doubles.home import at_home
from tests.doubles.patient import Patient, patient
from tests.doubles.processes import mosquitto, running
from tests.doubles.scripted_realtime import Close, Emit
from tests.stories.planted_faults import FAULTS, SERVICES, SOUND

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


@pytest.fixture
async def healthy(tmp_path: Path) -> AsyncIterator[Patient]:
    async with mosquitto() as broker, patient(tmp_path, broker) as device:
        yield device


def names(report: Report) -> set[str]:
    return {finding.name for finding in report.findings}


async def test_on_a_healthy_device_nothing_is_found_and_everything_was_looked_at(healthy: Patient) -> None:
    report = await healthy.examine()
    assert names(report) == set()
    skipped = {result.name for result in report.results if result.skipped}
    assert skipped == {"money", "daemon", "local"}  # nothing was spent; it does not run; there is none


RESOLVERS_OWN = "a name that nobody knows"
"""What is said of it differs from machine to machine."""
DOCS = Path(__file__).parents[2] / "docs" / "doctor.md"


def row(fault: str, report: Report) -> str:
    """Of the table in docs/doctor.md, without what differs from run to run."""
    said = " ".join(finding.what for finding in report.findings)
    said = re.sub(r"/[^ ,)]*/(?=oyez\.toml|device\.key|state)", "", said).replace("|", "\\|").replace("\n", " ")
    return f"| {fault} | {said} |\n"


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_planted_fault_is_found_and_nothing_else(healthy: Patient, fault: str) -> None:
    FAULTS[fault].plant(healthy)
    report = await healthy.examine(FAULTS[fault].looks)
    assert names(report) == FAULTS[fault].found
    if fault != RESOLVERS_OWN:
        assert row(fault, report) in DOCS.read_text(), "run docs/make_doctor_page.py"


async def test_a_broker_that_is_stopped_is_found(healthy: Patient) -> None:
    await healthy.broker.kill()
    assert names(await healthy.examine()) == {"broker_away"}


async def test_a_wrong_password_is_found(tmp_path: Path) -> None:
    async with locked("kitchen", "right") as broker, patient(tmp_path, broker) as device:
        (device.folder / "mqtt.password").write_text("wrong")
        device.lines["home"] = f'username = "kitchen"\npassword_file = "{device.folder}/mqtt.password"'
        report = await device.examine(SERVICES)
        assert names(report) == {"broker_away"}
        assert "refuses user 'kitchen'" in report.findings[0].what


async def test_a_model_that_the_service_does_not_offer_is_found(tmp_path: Path) -> None:
    error = {"type": "invalid_request_error", "code": "model_not_found", "message": "No such model."}
    refusal = Emit({"type": "error", "event_id": "event_1", "error": error})
    async with mosquitto() as broker, patient(tmp_path, broker, refusal, Close(3000)) as device:
        report = await device.examine(SERVICES)
        assert names(report) == {"line_model"}
        assert "No such model." in report.findings[0].what
        assert "line.model" in report.findings[0].remedy


async def test_a_service_that_is_away_is_found(healthy: Patient) -> None:
    healthy.backend.realtime_url = "ws://127.0.0.1:9/v1/realtime"
    assert names(await healthy.examine(SERVICES)) == {"line_away"}


async def test_a_local_server_that_is_away_is_found(healthy: Patient) -> None:
    healthy.lines["line"] = 'local_url = "ws://127.0.0.1:9/v1/realtime"'
    assert names(await healthy.examine(SERVICES)) == {"local_server"}


async def test_a_running_daemon_is_asked_and_keeps_its_card(healthy: Patient) -> None:
    """What it tells is judged; the card is not opened, and no finding comes of that."""
    home = Home(port=healthy.broker.port)
    async with at_home(home, device=Device(id="kitchen")) as (broker, _):
        broker.show(
            View(muted=True, troubles=(Trouble("microphones", "microphone 2 clips: look at its solder joints."),)),
            {"hearing": {"erle_db": 2.0, "noise_dbfs": -60.0, "lost": {"frames": 0}}},
        )
        healthy.insert_card().unplug()  # who opens it fails
        report = await healthy.examine(SERVICES | SOUND)
    assert names(report) == {"muted", "daemon_microphones", "poor_echo"}
    assert "daemon holds the card" in next(result.skipped for result in report.results if result.name == "sound")


async def test_the_command_prints_one_object_writes_a_page_and_exits_1_where_there_is_trouble(healthy: Patient) -> None:
    """The program itself, on the simulated board in real time."""
    healthy.backend.status = 401
    config = healthy.surroundings().config_path
    page = healthy.folder / "report.html"
    command = [sys.executable, "-m", "oyez", "doctor", "--config", config, "--root", healthy.root]
    async with running([*command, "--state", healthy.state, "--json", "--html", page]) as process:
        assert await process.wait(60.0) == 1
    said = json.loads(next(line for line in reversed(process.lines) if line.startswith("{")))
    assert "backend_refused" in {finding["name"] for finding in said["findings"]}
    assert said["ok"] is False
    assert "<svg" in page.read_text()
