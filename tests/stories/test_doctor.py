"""`oyez doctor` on a whole device: it finds each planted fault by name, and nothing else; on a healthy one nothing.

(What users of voice appliances ask for, number 15 of what none of them has: one report of what is wrong.)
"""

import html
import io
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oyez.config import Device, Home
from oyez.doctor.command import redaction
from oyez.doctor.examination import Examination
from oyez.secret import mask
from oyez.view import Trouble, View
from oyez_hw.doctor.command import Teller, examine, finish
from oyez_hw.doctor.report import Report
from tests.doubles.guarded_broker import locked
from tests.doubles.home import at_home
from tests.doubles.patient import DEVICE_KEY, Patient, patient
from tests.doubles.pi import put
from tests.doubles.processes import mosquitto, running
from tests.doubles.scripted_realtime import Close, Emit

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)
BOARD = frozenset(("power", "heat", "load", "storage", "wifi", "state", "settings", "words", "money", "version"))
SERVICES = frozenset(("names", "broker", "daemon", "backend", "clock", "latency", "line", "local"))
SOUND = frozenset(("sound", "mixer"))
THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
ALARM = "sys/class/hwmon/hwmon1/in0_lcrit_alarm"
WIRELESS = "proc/net/wireless"


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


@dataclass(frozen=True)
class Fault:
    plant: Callable[[Patient], object]
    found: set[str]
    """Names of the findings: these and no others."""
    looks: frozenset[str] = frozenset()
    """The checks that could be moved by it, for the sake of the suite's time; empty: all."""


def root(name: str, text: str) -> Callable[[Patient], None]:
    return lambda device: put(device.root, name, text)


def clock(hours: float) -> Callable[[Patient], None]:
    def wrong(device: Patient) -> None:
        device.clock_is_wrong_by = timedelta(hours=hours)

    return wrong


def ear(number: int, **what: object) -> Callable[[Patient], None]:
    return lambda device: device.change_ear(number, **what)


def room(**what: object) -> Callable[[Patient], None]:
    def changed(device: Patient) -> None:
        device.room = replace(device.room, **what)  # type: ignore[arg-type]

    return changed


def configured(**lines: str) -> Callable[[Patient], None]:
    return lambda device: device.lines.update(lines)


def full(device: Patient) -> None:
    device.where = lambda where: replace(where, space=lambda folder: _statvfs(free=3000))


def _statvfs(free: int) -> os.statvfs_result:
    return os.statvfs_result((4096, 4096, 4_000_000, free, free, 9, 9, 9, 0, 255))


def unwritable(device: Patient) -> None:
    device.where = lambda where: replace(where, state_folder=Path("/proc/self"))


def spent(amount: str) -> Callable[[Patient], None]:
    today = datetime.now().astimezone().date().isoformat()
    books = {"on": today, "day": amount, "month": amount, "warned": []}
    return lambda device: put(device.state, "spending.json", json.dumps(books))


def busy(device: Patient) -> None:
    device.insert_card().microphone.open()


def unplugged(device: Patient) -> None:
    device.insert_card().unplug()


def unsynchronised(device: Patient) -> None:
    (device.root / "run/systemd/timesync/synchronized").unlink()


def refused(status: int) -> Callable[[Patient], None]:
    def refuses(device: Patient) -> None:
        device.backend.status = status

    return refuses


FAULTS = {
    "under-voltage now": Fault(root(ALARM, "1\n"), {"under_voltage"}, BOARD),
    "under-voltage since the boot": Fault(root(THROTTLED, "50000\n"), {"was_under_voltage"}, BOARD),
    "slowed down by heat": Fault(root(THROTTLED, "60006\n"), {"throttled"}, BOARD),
    "too hot": Fault(root("sys/class/thermal/thermal_zone0/temp", "83500\n"), {"throttled"}, BOARD),
    "overloaded": Fault(root("proc/loadavg", "9.0 8.5 8.0 9/300 1\n"), {"busy"}, BOARD),
    "no memory": Fault(root("proc/meminfo", "MemTotal: 400000 kB\nMemAvailable: 9000 kB\n"), {"little_memory"}, BOARD),
    "worn flash": Fault(root("sys/block/mmcblk0/device/life_time", "0x02 0x0a\n"), {"flash_worn"}, BOARD),
    "errors of the card": Fault(root("sys/fs/ext4/mmcblk0p2/errors_count", "7\n"), {"file_system_errors"}, BOARD),
    "card gone read-only": Fault(root("proc/mounts", "/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n"), {"read_only"}, BOARD),
    "a program that writes all day": Fault(
        root("sys/block/mmcblk0/stat", "0 0 0 0 0 0 90000000 0\n"), {"much_written"}, BOARD
    ),
    "weak Wi-Fi": Fault(root(WIRELESS, "a\nb\n wlan0: 0000   20.  -83.  -256  0 0 0 0 0 9\n"), {"weak_wifi"}, BOARD),
    "clock three hours ahead": Fault(clock(3), {"clock_wrong"}),
    "clock set by nobody": Fault(unsynchronised, {"clock_unsynchronised"}),
    "disk nearly full": Fault(full, {"disk_full"}, BOARD),
    "state folder not writable": Fault(unwritable, {"state_not_writable"}, BOARD),
    "a mistake in the configuration": Fault(configured(line='vioce = "marin"'), {"config"}),
    "a model that is not there": Fault(
        configured(hearing='wake_words = ["alexa"]\nwords = [{name = "alexa", model = "/nowhere/alexa.json"}]'),
        {"wake_model"},
        BOARD,
    ),
    "an old version": Fault(
        lambda device: put(device.run, "update.json", '{"latest": "99.0.0"}'), {"old_version"}, BOARD
    ),
    "an update that was gone back from": Fault(
        root(
            "var/lib/oyez-system/update.json",
            '{"last": {"number": 1, "result": "gone_back", "version": "9", "from_version": "1", "why": "It hung."}}',
        ),
        {"update_gone_back"},
        BOARD,
    ),
    "the budget used up": Fault(spent("2.5"), {"budget_spent"}, BOARD),
    "the budget nearly used up": Fault(spent("1.9"), {"budget_nearly_spent"}, BOARD),
    "a name that nobody knows": Fault(configured(backend="http://nowhere.invalid"), {"dns", "backend_away"}),
    "no key": Fault(lambda device: (device.folder / "device.key").unlink(), {"backend_no_key"}),
    "a key that was revoked": Fault(refused(401), {"backend_refused"}),
    "a backend that fails": Fault(refused(503), {"backend_away"}),
    "a dead microphone": Fault(ear(2, dead=True), {"microphone_dead"}, SOUND),
    "a covered microphone": Fault(ear(1, gain_db=-12.0), {"unequal"}, SOUND),
    "a microphone that clips": Fault(ear(0, gain_db=38.0), {"clipping", "loud_echo"}, SOUND),
    "direct voltage": Fault(ear(3, offset=0.08), {"dc"}, SOUND),
    "an inverted microphone": Fault(ear(1, inverted=True), {"inverted"}, SOUND),
    "noise": Fault(room(noise_dbfs=-36.0), {"noisy"}, SOUND),
    "a clock of the card that is five percent wrong": Fault(room(capture_drift_ppm=50_000.0), {"rate_mismatch"}, SOUND),
    "a silent loudspeaker": Fault(room(echo_gain_db=None), {"loudspeaker_not_heard"}, SOUND),
    "an echo that comes half a second late": Fault(room(echo_delay_s=0.55), {"long_echo"}, SOUND),
    "a microphone in use": Fault(busy, {"card_busy"}, SOUND),
    "a card that is gone": Fault(unplugged, {"card_failed"}, SOUND),
}


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


PRIVATE = {
    "wifi": "Bäckerei Krüger 5G",
    "wifi_password": "sauerteig-1887",
    "mqtt_user": "krueger",
    "mqtt_password": "zimt&stern",
    "device_name": "Annas Zimmer",
    "host": "pi-im-flur.fritz.box",
    "address": "192.168.178.57",
    "other_address": "fd00:1:2:3::57",
    "mac": "b8:27:eb:12:34:56",
    "mail": "anna.krueger@example.org",
    "token": "ek_abcdef0123456789",
    "api_key": "sk-proj-abcdef0123456789",
    "device_key": DEVICE_KEY,
    "home": "/home/annakrueger",
    "request": "call doctor Schmidt",
}


async def test_a_report_holds_nothing_private_whatever_was_planted_where(healthy: Patient) -> None:
    """Names, passwords, keys and addresses stand in the files that are read, in what the daemon tells, and in what the
    backend answers; the page and the JSON have none of them, and say what is wrong all the same."""
    planted = " ".join(PRIVATE.values())
    root = healthy.root
    profile = f"[connection]\nid={PRIVATE['wifi']}\n[wifi]\nssid={PRIVATE['wifi']}\n[wifi-security]\n"
    put(root, "etc/NetworkManager/system-connections/home.nmconnection", f"{profile}psk={PRIVATE['wifi_password']}\n")
    put(root, "etc/credstore/oyez.mqtt_password", PRIVATE["mqtt_password"])
    put(root, "etc/credstore/oyez.device_key", PRIVATE["device_key"])
    put(root, "proc/device-tree/model", f"Raspberry Pi 4 {planted}")
    put(healthy.run, "update.json", json.dumps({"latest": "99.0.0"}))
    healthy.lines["key_file"] = f"{PRIVATE['home']}/../{healthy.folder}/device.key"
    healthy.lines["home"] = f'username = "{PRIVATE["mqtt_user"]}"'
    healthy.lines["backend"] = f"http://{PRIVATE['host']}:8700"
    healthy.lines["hearing"] = (
        f'wake_words = ["alexa"]\nwords = [{{name = "alexa", model = "{PRIVATE["home"]}/x.json"}}]'
    )
    config = healthy.surroundings().config_path
    config.write_text(
        config.read_text().replace('id = "kitchen"', f'id = "kitchen"\nname = "{PRIVATE["device_name"]}"')
    )
    home = Home(port=healthy.broker.port, publish_text=True)
    async with at_home(home, device=Device(id="kitchen")) as (broker, _):
        broker.show(
            View(last_heard=PRIVATE["request"], troubles=(Trouble("odd", f"It broke at {planted}: mend it."),)), {}
        )
        where = healthy.surroundings_as_written()
        examination = Examination(where)
        report = await examine(examination.checks(), where.root, Teller(io.StringIO()))
    hide = redaction(where, examination)
    page = healthy.folder / "report.html"
    said = finish(report, [], lambda text: mask(hide(text)), page, Teller(io.StringIO()))
    for kind, value in PRIVATE.items():
        assert value not in json.dumps(said, ensure_ascii=False), kind
        assert value not in page.read_text(), kind
        assert html.escape(value) not in page.read_text(), kind
    assert {"dns", "backend_no_key", "wake_model", "daemon_odd"} <= {one["name"] for one in said["findings"]}


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
