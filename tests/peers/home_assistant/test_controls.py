"""Every control works from Home Assistant's side: by the services that its dashboards and automations call."""

from dataclasses import dataclass
from typing import Any

import pytest

from oyez import actions as do, events as ev
from tests.doubles.processes import Broker
from tests.peers.home_assistant import device
from tests.peers.home_assistant.api import Watched
from tests.peers.home_assistant.device import Entities
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.theatre import Theatre

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]


@dataclass(frozen=True)
class Call:
    service: str
    data: dict[str, Any]
    shown: str
    """The entity's value, once the device has done it and published it."""


SETTINGS: dict[str, tuple[Call, Call]] = {
    "mute": (Call("switch.turn_on", {}, "on"), Call("switch.turn_off", {}, "off")),
    "volume": (Call("number.set_value", {"value": 37}, "37"), Call("number.set_value", {"value": 60}, "60")),
    "follow_up": (Call("switch.turn_off", {}, "off"), Call("switch.turn_on", {}, "on")),
    "wake_words": (
        Call("text.set_value", {"value": "alexa, hey_jarvis"}, "alexa, hey_jarvis"),
        Call("text.set_value", {"value": "hey_jarvis"}, "hey_jarvis"),
    ),
    "wake_word": (
        Call("select.select_option", {"option": "alexa"}, "alexa"),
        Call("select.select_option", {"option": "hey_jarvis"}, "hey_jarvis"),
    ),
    "sensitivity": (
        Call("select.select_option", {"option": "high"}, "high"),
        Call("select.select_option", {"option": "medium"}, "medium"),
    ),
}
"""What each is set to, and then back."""
DEEDS = {"say", "announce", "ask", "listen", "stop"}
ELSEWHERE = {"restart", "update"}
"""Pressed in test_comings_and_goings.py."""


async def test_no_control_is_left_out(broker: Broker, known: Entities) -> None:
    """What the document announces as a control is pressed by a test."""
    controls = {key for key, part in (await device.announced(broker.port)).items() if "command_topic" in part}
    assert controls == {*SETTINGS, *DEEDS, *ELSEWHERE}


@pytest.mark.parametrize("key", list(SETTINGS))
async def test_a_setting(home: HomeAssistant, known: Entities, watched: Watched, key: str) -> None:
    """Set by its service, obeyed by the device, shown as the device published it; and back."""
    for call in SETTINGS[key]:
        here = watched.now
        await home.api.call(call.service, known[key], **call.data)
        await watched.until(known[key], call.shown, after=here)


SPOKEN = {"say": ("text.set_value", "value"), "announce": ("notify.send_message", "message")}


@pytest.mark.parametrize("key", list(SPOKEN))
@pytest.mark.parametrize("text", ["Dinner is ready.", '{"soup": "hot"}'], ids=["words", "like JSON"])
async def test_it_speaks(home: HomeAssistant, known: Entities, play: Theatre, key: str, text: str) -> None:
    """A text typed on the dashboard, or sent by an automation as a notification, is heard in the Room as it is."""
    service, name = SPOKEN[key]
    place = play.now
    await home.api.call(service, known[key], **{name: text})
    await play.told(ev.SayAsked, after=place, text=text)
    await play.told(ev.ReplyAudible, after=place)
    await play.told(do.CompleteOrder, after=place, ok=True)


async def test_ask(home: HomeAssistant, known: Entities, play: Theatre, watched: Watched) -> None:
    """A question typed on the dashboard is asked; the stop button ends the listening for an answer."""
    place = play.now
    await home.api.call("text.set_value", known["ask"], value="Is anybody there?")
    await play.told(ev.AskAsked, after=place, question="Is anybody there?")
    await play.told(do.OpenTap, after=place)
    await home.api.call("button.press", known["stop"])
    await play.told(do.CompleteOrder, after=place, ok=False)
    await play.shown("idle", after=place)


async def test_listen_and_stop(home: HomeAssistant, known: Entities, play: Theatre, watched: Watched) -> None:
    """Two buttons: it listens as after the wake word, and sleeps again."""
    here, place = watched.now, play.now
    await home.api.call("button.press", known["listen"])
    await play.told(do.OpenTap, after=place)
    await watched.until(known["state"], "listening", after=here)
    here = watched.now
    await home.api.call("button.press", known["stop"])
    await play.told(do.CloseTap, after=place)
    await watched.until(known["state"], "idle", after=here)
