"""What Home Assistant shows when the device dies, when it is restarted itself, and when a device is renamed or leaves.

The device is a process of its own here, `hall`, as on a board.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, running
from tests.peers.home_assistant import device
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.outside import write_config
from tests.stories.theatre import Services

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
HALL = "hall"


@asynccontextmanager
async def daemon(folder: Path, world: Services, **changes: str) -> AsyncIterator[Process]:
    """`oyez run`, ready. changes: texts of its configuration, and what stands there instead."""
    config = write_config(folder, world, 'name = "simulated"', HALL)
    text = config.read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    config.write_text(text)
    environment = {"STATE_DIRECTORY": str(folder / "state")}
    async with running(
        [sys.executable, "-m", "oyez", "run", "--config", config], ready="Listening for", env=environment
    ) as process:
        yield process


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
    async with daemon(tmp_path, world, **{f'id = "{HALL}"': f'id = "{HALL}"\nname = "Hall by the door"'}):
        assert await device.taken_in(home.api, world.broker.port, HALL) == known
        assert [one["name"] for one in await of_hall(home)] == ["Hall by the door"]


async def test_discovery_switched_off_leaves_nothing_behind(
    home: HomeAssistant, world: Services, tmp_path: Path
) -> None:
    """No dead entity, no device without entities."""
    async with daemon(tmp_path, world):
        known = await device.taken_in(home.api, world.broker.port, HALL)
    async with home.api.watched() as watched, daemon(tmp_path, world, **{"[home]": "[home]\ndiscovery = false"}):
        await watched.gone(known.by_key.values())
        assert (await device.entities(home.api, HALL)).by_key == {}
        assert await of_hall(home) == []


async def of_hall(home: HomeAssistant) -> list[dict[str, str]]:
    """Devices of that identifier in the registry."""
    devices = await home.api.command("config/device_registry/list")
    return [one for one in devices if ["mqtt", f"oyez_{HALL}"] in one["identifiers"]]
