"""A device that gets another id, prefix or version leaves nothing dead behind, on a real mosquitto."""

import json
import shutil
from pathlib import Path

import pytest

from oyez.config import Device, Home
from oyez.home.announced import Announced, AnnouncedFile, Place
from oyez.view import View
from tests.doubles.home import at_home
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.processes import mosquitto

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)
OLD, NEW = Device(id="old"), Device(id="new")


def config_of(name: str, prefix: str = "homeassistant") -> str:
    return f"{prefix}/device/{name}/config"


async def lived(port: int, device: Device, folder: Path, looker: Onlooker, **home: str) -> None:
    """The device was there, announced itself and went."""
    after = len(looker.seen)
    async with at_home(Home(port=port, **home), device=device, announced=AnnouncedFile(folder)) as (broker, _):  # type: ignore[arg-type]
        broker.show(View())
        await looker.until(f"oyez/{device.id}/state", after=after)
    await looker.until(f"oyez/{device.id}/availability", lambda payload: payload == b"offline", after=after)


async def test_another_id_takes_the_old_device_back_with_all_that_was_retained(tmp_path: Path) -> None:
    async with mosquitto() as server, onlooker(server.port) as looker:
        await lived(server.port, OLD, tmp_path, looker)
        after = len(looker.seen)
        async with at_home(Home(port=server.port), device=NEW, announced=AnnouncedFile(tmp_path)):
            for topic in (config_of("old"), "oyez/old/state", "oyez/old/status/budget"):
                await looker.until(topic, lambda payload: not payload, after=after)
        async with onlooker(server.port) as late:
            await late.until(config_of("new"))
            await late.until("oyez/new/availability")
            assert not [message.topic for message in late.seen if "/old/" in message.topic]
        assert AnnouncedFile(tmp_path).recall().left == ()


async def test_a_copy_of_a_card_does_not_take_the_original_away(tmp_path: Path) -> None:
    """Same state folder, another id, and the device with the old id is still there."""
    folder, copy = tmp_path / "card", tmp_path / "copy"
    folder.mkdir()
    async with mosquitto() as server, onlooker(server.port) as looker:
        await lived(server.port, OLD, folder, looker)
        shutil.copytree(folder, copy)
        original = at_home(Home(port=server.port), device=OLD, announced=AnnouncedFile(folder))
        async with original as (broker, _):
            broker.show(View(muted=True))
            await looker.json("oyez/old/state", muted=True)
            await lived(server.port, NEW, copy, looker)
            async with onlooker(server.port) as late:
                assert (await late.until(config_of("old"))).payload
                assert (await late.until("oyez/old/availability")).payload == b"online"
        assert AnnouncedFile(copy).recall().left == (Place("homeassistant", "old"),), "it will look again"


async def test_another_prefix_takes_the_old_announcement_back(tmp_path: Path) -> None:
    async with mosquitto() as server, onlooker(server.port) as looker:
        await lived(server.port, NEW, tmp_path, looker)
        await lived(server.port, NEW, tmp_path, looker, discovery_prefix="ha")
        async with onlooker(server.port) as late:
            await late.until(config_of("new", "ha"))
            await late.until("oyez/new/availability")
            assert config_of("new") not in {message.topic for message in late.seen}


async def test_an_entity_that_an_earlier_version_had_is_removed(tmp_path: Path) -> None:
    """By its platform alone, which is how Home Assistant lets go of one."""
    AnnouncedFile(tmp_path).keep(Announced(Place("homeassistant", "new"), {"dance": "button"}))
    async with mosquitto() as server, onlooker(server.port) as looker:
        await lived(server.port, NEW, tmp_path, looker)
        document = json.loads((await looker.until(config_of("new"))).payload)
        assert document["components"]["dance"] == {"platform": "button"}
        after = len(looker.seen)
        await lived(server.port, NEW, tmp_path, looker)
        again = json.loads((await looker.until(config_of("new"), after=after)).payload)
        assert "dance" not in again["components"]
        assert "mute" in again["components"]
