"""What is said in the Room happens in Home Assistant: by its conversation API, by its services, by its MCP server.

The token is that of a user who may administrate nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from oyez import events as ev
from oyez.config import Device
from oyez.config_tools import (
    HomeAssistant as Address,
    HomeAssistantConversation,
    HomeAssistantService,
    Mcp,
    Parameter,
)
from oyez.home.tools import HOME_ASSISTANT
from oyez.secret import Secret
from tests.peers.home_assistant.api import Watched
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.theatre import Services, Theatre, stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
LAMP = "light.reading_lamp"
CONVERSATION = HomeAssistantConversation(
    name="home_control", description="Control the devices of this house: give the user's wish as one English sentence."
)
SERVICE = HomeAssistantService(
    name="switch_light",
    description="Switch a light on or off.",
    service="light.turn_{on}",
    data={"entity_id": "light.{name}"},
    parameters={"name": Parameter(description="Which light."), "on": Parameter(type="boolean")},
    answer="The {name} is {on}.",
)


@asynccontextmanager
async def voice(home: HomeAssistant, world: Services, **sections: Any) -> AsyncIterator[Theatre]:
    """A device of the house that may use Home Assistant."""
    bearer = {HOME_ASSISTANT: {"Authorization": Secret(f"Bearer {home.voice.token}")}}
    tokens = {"home": Secret(home.voice.token)}
    address = Address(url=home.url)
    async with stage(
        world,
        device=Device(id="bath"),
        home_assistant=address,
        mcp_tokens=tokens,
        extra={"secret_headers": bearer},
        **sections,
    ) as play:
        yield play


async def switched(home: HomeAssistant, play: Theatre, watched: Watched, answer: str) -> None:
    """The lamp goes on by what is said, and off again; answer: what the device says then, of on and of off."""
    await home.api.call("light.turn_off", LAMP)
    await watched.until_last(LAMP, "off")
    for word in ("on", "off"):
        place = play.now
        play.say(f"Hey Jarvis, turn {word} the reading lamp.")
        await play.told(ev.ToolAnswered, after=place, ok=True)
        await watched.until_last(LAMP, word)
        said = await play.told(ev.TextSaid, after=place)
        assert said.text == answer.format(word)
        await play.shown("idle", after=place)


async def test_by_its_conversation_api(home: HomeAssistant, world: Services, watched: Watched) -> None:
    """The sentence goes to Home Assistant's own agent, which finds the lamp by its name."""
    await home.api.command(
        "homeassistant/expose_entity", assistants=["conversation"], entity_ids=[LAMP], should_expose=True
    )
    async with voice(home, world, tools=[CONVERSATION]) as play:
        await switched(home, play, watched, "Turned {} the light.")


async def test_by_one_of_its_services(home: HomeAssistant, world: Services, watched: Watched) -> None:
    """The tool is declared in the configuration: a service, and the entity by the name that was said."""
    async with voice(home, world, tools=[SERVICE]) as play:
        await switched(home, play, watched, "The reading lamp is {}.")


async def test_by_its_mcp_server(home: HomeAssistant, world: Services, watched: Watched) -> None:
    """The tools are those that Home Assistant has today, found by the device, which no cloud could reach."""
    await home.api.command(
        "homeassistant/expose_entity", assistants=["conversation"], entity_ids=[LAMP], should_expose=True
    )
    server = Mcp(
        label="home",
        url=f"{home.url}/api/mcp/assist",
        from_device=True,
        allowed_tools=("intent__*",),
        without_approval=("intent__*",),
    )
    async with voice(home, world, tools=[], mcp=[server]) as play:
        await switched(home, play, watched, "Done.")
