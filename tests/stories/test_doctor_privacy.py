"""What `oyez doctor` tells of a device holds nothing of the household, whatever was planted where."""

import html
import io
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oyez.config import Device, Home
from oyez.doctor.command import redaction
from oyez.doctor.examination import Examination
from oyez.secret import mask
from oyez.view import Trouble, View
from oyez_hw.doctor.command import Teller, examine, finish
from tests.doubles.home import at_home
from tests.doubles.patient import DEVICE_KEY, Patient, patient
from tests.doubles.pi import put
from tests.doubles.processes import mosquitto

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


@pytest.fixture
async def healthy(tmp_path: Path) -> AsyncIterator[Patient]:
    async with mosquitto() as broker, patient(tmp_path, broker) as device:
        yield device


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
