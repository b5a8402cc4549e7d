"""What Home Assistant shows when the device dies, when it is restarted itself, and when a device is renamed or leaves.

The device is a process of its own here, `hall`, as on a board.
"""

from pathlib import Path

import pytest

from tests.doubles.onlooker import onlooker
from tests.peers.home_assistant import device
from tests.peers.home_assistant.hall import HALL, daemon, run_folder
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.theatre import Services

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
OFF = {"[home]": "[home]\ndiscovery = false"}


async def test_killed_it_is_unavailable_and_started_again_it_is_back(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """kill -9 says nothing to anybody: the broker does, by the last will; every single entity shows it."""
    async with home.api.watched() as watched, daemon(tmp_path, world) as process:
        known = await device.taken_in(home.api, world.broker.port, HALL)
        assert len(known.by_key) >= 10
        here = watched.now
        await process.kill()
        for entity_id in known.by_key.values():
            await watched.until(entity_id, "unavailable", after=here)
        here = watched.now
        await process.start()
        for entity_id in known.by_key.values():
            await watched.until(entity_id, lambda state: state["state"] != "unavailable", after=here)
        await watched.until(known["state"], "idle", after=here)


async def test_after_a_restart_of_home_assistant_everything_is_back(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """Its birth message is answered by a new announcement; no entity stays unavailable, none is there twice."""
    async with daemon(tmp_path, world), onlooker(world.broker.port) as looker:
        known = await device.taken_in(home.api, world.broker.port, HALL)
        await home.end()
        await looker.until("homeassistant/status", lambda payload: payload == b"offline")
        here = len(looker.seen)
        await home.start()
        await looker.until("homeassistant/status", lambda payload: payload == b"online", after=here, timeout_s=60.0)
        await looker.until(device.discovery(HALL), after=here)
        again = await device.taken_in(home.api, world.broker.port, HALL)
        assert again == known
        async with home.api.watched() as watched:
            await watched.until(known["state"], "idle")
            await home.api.call("number.set_value", known["volume"], value=42)
            await watched.until(known["volume"], "42")


async def test_a_renamed_device_keeps_its_entities(home: HomeAssistant, world: Services, tmp_path: Path) -> None:
    """Another name in the configuration: the same device and entity ids, under the new name."""
    async with daemon(tmp_path, world):
        known = await device.taken_in(home.api, world.broker.port, HALL)
    async with daemon(tmp_path, world, {f'id = "{HALL}"': f'id = "{HALL}"\nname = "Hall by the door"'}):
        assert await device.taken_in(home.api, world.broker.port, HALL) == known
        assert [one["name"] for one in await of(home, HALL)] == ["Hall by the door"]


async def test_discovery_switched_off_leaves_nothing_behind(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """No dead entity, no device without entities."""
    async with daemon(tmp_path, world):
        known = await device.taken_in(home.api, world.broker.port, HALL)
    async with home.api.watched() as watched, daemon(tmp_path, world, OFF):
        await watched.gone(known.by_key.values())
        assert (await device.entities(home.api, HALL)).by_key == {}
        assert await of(home, HALL) == []


async def test_another_id_is_another_device_and_the_old_one_is_gone(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """device.id changed in the configuration: the daemon takes back what it announced under its old one."""
    async with daemon(tmp_path, world):
        known = await device.taken_in(home.api, world.broker.port, HALL)
    async with home.api.watched() as watched, daemon(tmp_path, world, {f'id = "{HALL}"': 'id = "attic"'}):
        await watched.gone(known.by_key.values())
        assert await of(home, HALL) == []
        assert len((await device.taken_in(home.api, world.broker.port, "attic")).by_key) >= 10
    async with home.api.watched() as watched, daemon(tmp_path, world, {f'id = "{HALL}"': 'id = "attic"', **OFF}):
        await watched.gone((await device.entities(home.api, "attic")).by_key.values())


async def test_an_entity_that_is_announced_no_more_is_gone(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """Words of the household, published no more: Home Assistant would keep their entities for ever, but is told."""
    async with daemon(tmp_path, world, {"[home]": "[home]\npublish_text = true"}):
        known = await device.taken_in(home.api, world.broker.port, HALL)
        words = [known["last_heard"], known["last_said"]]
    async with home.api.watched() as watched, daemon(tmp_path, world):
        await watched.gone(words)
        left = await device.taken_in(home.api, world.broker.port, HALL)
        assert set(known.by_key) - set(left.by_key) == {"last_heard", "last_said"}


async def test_a_restart_ordered_by_home_assistant(home: HomeAssistant, world: Services, tmp_path: Path) -> None:
    """The button ends the process in order, with the exit code after which systemd starts it again."""
    async with home.api.watched() as watched, daemon(tmp_path, world) as process:
        known = await device.taken_in(home.api, world.broker.port, HALL)
        here = watched.now
        await home.api.call("button.press", known["restart"])
        assert await process.wait() == 0
        await watched.until(known["state"], "unavailable", after=here)


async def test_an_update_is_offered_installed_and_followed(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """Home Assistant shows what the updater says, asks it to install, and shows how far it is."""
    folder = run_folder(tmp_path)
    folder.mkdir()
    (folder / "update.json").write_text('{"latest": "99.0.0", "release_url": "https://example.org/99"}')
    async with home.api.watched() as watched, daemon(tmp_path, world):
        known = await device.taken_in(home.api, world.broker.port, HALL)
        offered = await watched.until(known["update"], "on")
        assert offered["attributes"]["latest_version"] == "99.0.0"
        assert offered["attributes"]["release_url"] == "https://example.org/99"
        await home.api.call("update.install", known["update"])
        async with onlooker(world.broker.port) as looker:
            # An answer means that what came before was done.
            await looker.send(f"oyez/{HALL}/do/stop", '{"id": "then"}')
            await looker.json(f"oyez/{HALL}/event/done", id="then")
        assert (folder / "install-update").read_text() == "99.0.0\n"
        (folder / "update.json").write_text('{"latest": "99.0.0", "in_progress": true, "percentage": 40}')
        # The device looks every half minute.
        await watched.until(
            known["update"], lambda state: state["attributes"].get("update_percentage") == 40, timeout_s=60
        )


async def of(home: HomeAssistant, device_id: str) -> list[dict[str, str]]:
    """Devices of that identifier in the registry."""
    devices = await home.api.command("config/device_registry/list")
    return [one for one in devices if ["mqtt", f"oyez_{device_id}"] in one["identifiers"]]
