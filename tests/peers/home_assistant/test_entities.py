"""Home Assistant finds the device by itself, takes all that it announces, and shows what it does."""

import json

import pytest

from oyez import actions as do
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Broker
from tests.peers.environments import ROOT
from tests.peers.home_assistant import device
from tests.peers.home_assistant.api import Watched
from tests.peers.home_assistant.device import Entities
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.theatre import Theatre

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]


async def test_every_part_of_the_document_is_an_entity(home: HomeAssistant, broker: Broker, known: Entities) -> None:
    """Each is there under the entity_id that was asked for, and all are parts of one device."""
    components = await device.announced(broker.port)
    entries = await home.api.entities()
    ours = {key: entries[component["unique_id"]] for key, component in components.items()}
    for key, component in components.items():
        assert ours[key]["entity_id"] == component["default_entity_id"] == known[key]
    assert len({entry["device_id"] for entry in ours.values()}) == 1


async def test_the_documentation_names_them_all(known: Entities) -> None:
    """The table of docs/home-assistant.md is made from a real Home Assistant; a new entity wants it made anew."""
    page = (ROOT / "docs" / "home-assistant.md").read_text()
    assert [entity_id for entity_id in known.by_key.values() if f"`{entity_id}`" not in page] == []


async def test_its_states_follow_a_conversation(known: Entities, play: Theatre, watched: Watched) -> None:
    """A request in the Room: the states of the conversation in order, the wake word as an event with its score."""
    await watched.until(known["state"], "idle")
    here, place = watched.now, play.now
    play.say("Hey Jarvis, turn on the kitchen light.")
    await play.told(do.RunTool, after=place)
    await play.shown("speaking", after=place)
    await play.shown("idle", after=place)
    await watched.until(known["state"], "speaking", after=here)
    spoke = next(n for n in range(here, watched.now) if _is(watched, n, known["state"], "speaking"))
    await watched.until(known["state"], "idle", after=spoke)
    history = watched.history(known["state"], here)
    assert [state for state in history if state != "idle"][:3] == ["listening", "thinking", "speaking"]
    assert history[-1] == "idle"
    await watched.until(known["last_heard"], lambda state: "kitchen light" in state["state"].lower(), after=here)
    await watched.until(known["last_said"], lambda state: "kitchen light" in state["state"].lower(), after=here)
    woken = await watched.until(known["wake"], lambda state: state["attributes"].get("word") == "hey_jarvis")
    assert 0.0 < woken["attributes"]["score"] <= 1.0
    assert woken["attributes"]["event_type"] == "wake"


def _is(watched: Watched, place: int, entity_id: str, value: str) -> bool:
    name, state = watched.seen[place]
    return name == entity_id and state is not None and state["state"] == value


async def test_a_wrong_document_would_be_seen(home: HomeAssistant, broker: Broker, forgiven: list[str]) -> None:
    """What the other tests hold true of our document can fail: Home Assistant complains of one without an origin."""
    complaint = "Invalid MQTT device discovery payload"
    forgiven.append(complaint)
    async with onlooker(broker.port) as looker, home.api.socket() as socket:
        await socket.ask("subscribe_events", event_type="system_log_event")
        document = {"device": {"identifiers": ["wrong"]}, "components": {"a": {"p": "button", "unique_id": "wrong_a"}}}
        await looker.send(device.discovery("wrong"), json.dumps(document))
        told = (await socket.receive("event"))["event"]["data"]["message"]
    assert complaint in told[0]
    assert any(complaint in line for line in device.about_us(home.log()))
