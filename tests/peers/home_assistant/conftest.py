"""One Home Assistant and one broker for all tests, which share a loop; a device for each module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from oyez.config import Device
from tests.doubles.processes import Broker, mosquitto
from tests.peers.home_assistant import device
from tests.peers.home_assistant.api import Watched
from tests.peers.home_assistant.install import HOME_ASSISTANT
from tests.peers.home_assistant.running import HomeAssistant, home_assistant
from tests.stories.theatre import Services, Theatre, services, stage

KITCHEN = Device(id="kitchen", name="Kitchen speaker")


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def broker() -> AsyncIterator[Broker]:
    async with mosquitto() as server:
        yield server


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def home(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HomeAssistant]:
    """Skips, with the reason, where it could not be installed."""
    reason = HOME_ASSISTANT.why_absent()
    if reason is not None:
        pytest.skip(reason)
    async with home_assistant(tmp_path_factory.mktemp("home-assistant"), broker.port) as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def world(
    home: HomeAssistant, broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Services]:
    """What the device needs beside a broker."""
    async with services(tmp_path_factory.mktemp("services"), broker=broker) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def play(world: Services, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    """The whole daemon in its Room."""
    async with stage(world, device=KITCHEN, memory=tmp_path_factory.mktemp("memory")) as theatre:
        yield theatre


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def known(home: HomeAssistant, play: Theatre) -> device.Entities:
    """Its entities, when Home Assistant has taken in all of them."""
    return await device.taken_in(home.api, play.broker.port)


@pytest_asyncio.fixture(loop_scope="session")
async def watched(home: HomeAssistant) -> AsyncIterator[Watched]:
    async with home.api.watched() as states:
        yield states


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def forgiven(home: HomeAssistant) -> AsyncIterator[list[str]]:
    """Whatever a test does, Home Assistant warns of nothing, neither in its log nor in what it shows its user; but for
    lines with one of these texts in them."""
    before, texts = len(home.log()), list[str]()
    yield texts
    shown = [f" {entry['level']} {entry['name']}: {entry['message']}" for entry in await home.api.complaints()]
    await home.api.call("system_log.clear")
    complaints = device.about_us([*home.log()[before:], *shown])
    assert [line for line in complaints if not any(text in line for text in texts)] == []
