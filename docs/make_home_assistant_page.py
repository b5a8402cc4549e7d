"""Writes the table of entities into docs/home-assistant.md, and takes docs/home-assistant.png: what a real Home
Assistant shows of a device, after one request in its Room.

`python -m tests.peers.home_assistant.install`, `apt-get install chromium`, `python docs/make_home_assistant_page.py`.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.doubles.processes import mosquitto  # noqa: E402
from tests.peers.home_assistant import device  # noqa: E402
from tests.peers.home_assistant.api import Api  # noqa: E402
from tests.peers.home_assistant.install import BROWSER, PICTURE  # noqa: E402
from tests.peers.home_assistant.running import HomeAssistant, home_assistant  # noqa: E402
from tests.stories.theatre import Theatre, services, stage  # noqa: E402

from oyez.config import Device, Home  # noqa: E402

PAGE, PNG = ROOT / "docs" / "home-assistant.md", ROOT / "docs" / "home-assistant.png"
BEGIN, END = "<!-- begin: docs/make_home_assistant_page.py -->", "<!-- end -->"
SIZE = ("900", "2040")
KITCHEN = Device(id="kitchen", name="Kitchen speaker")
KINDS = {None: "", "config": "configuration", "diagnostic": "diagnostic"}


async def table(api: Api) -> list[str]:
    """Lines of Markdown: one an entity, as Home Assistant's registry and states tell it."""
    states = {state["entity_id"]: state for state in await api.get("states")}
    entries = (await api.entities()).values()
    rows = [_row(entry, states) for entry in entries]
    order = sorted(rows, key=lambda row: (list(KINDS.values()).index(row[2]), row[1]))
    return [
        "| name | entity | among | shows |",
        "|---|---|---|---|",
        *(f"| {name} | `{entity}` | {kind} | {shows} |" for name, entity, kind, shows in order),
    ]


def _row(entry: dict[str, Any], states: dict[str, Any]) -> tuple[str, str, str, str]:
    state = states[entry["entity_id"]]
    unit = state["attributes"].get("unit_of_measurement", "")
    moment = re.match(r"\d{4}-\d\d-\d\dT", state["state"])
    shows = "a moment" if moment else " ".join([state["state"], unit]).strip()
    return entry["original_name"] or "(the device)", entry["entity_id"], KINDS[entry["entity_category"]], shows


async def one_request(play: Theatre) -> None:
    place = play.now
    play.say("Hey Jarvis, turn on the kitchen light.")
    await play.shown("speaking", after=place)
    await play.shown("idle", after=place)


async def live_a_little(home: HomeAssistant, play: Theatre) -> None:
    """So long that most of its entities have something to show."""
    async with home.api.watched() as watched:
        await device.taken_in(home.api, play.broker.port)
        await one_request(play)
        timer = {"topic": f"oyez/{KITCHEN.id}/do/timer", "payload": '{"seconds": 600, "label": "eggs"}'}
        await home.api.call("mqtt.publish", None, **timer)
        for measured in ("noise_dbfs", "drift_ppm", "answer_ms"):
            await watched.until(f"sensor.{KITCHEN.id}_{measured}", _is_known, timeout_s=90.0)


def _is_known(state: dict[str, Any]) -> bool:
    return state["state"] not in ("unknown", "unavailable")


async def picture(home: HomeAssistant) -> None:
    BROWSER.install()
    devices = await home.api.command("config/device_registry/list")
    (kitchen,) = [one for one in devices if ["mqtt", f"oyez_{KITCHEN.id}"] in one["identifiers"]]
    page = f"/config/devices/device/{kitchen['id']}"
    command = ["node", BROWSER.folder / PICTURE, home.url, home.api.token, page, *SIZE, PNG]
    browser = await asyncio.create_subprocess_exec(*command)
    if await browser.wait():
        raise SystemExit("There is no picture; the table was not written either.")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        of_home, of_services = Path(folder, "home"), Path(folder, "services")
        for place in (of_home, of_services):
            os.mkdir(place)
        async with mosquitto() as broker, services(of_services, broker=broker) as world:
            house = Home(port=broker.port)
            async with home_assistant(of_home, broker.port) as home, stage(world, device=KITCHEN, home=house) as play:
                await live_a_little(home, play)
                await picture(home)
                lines = await table(home.api)
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text("\n".join([f"{before}{BEGIN}", *lines, f"{END}{after}"]))


asyncio.run(main())
