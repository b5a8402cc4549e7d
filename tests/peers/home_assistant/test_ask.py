"""An automation of Home Assistant asks somebody in the room and does what was answered.

It is docs/examples/home-assistant.yaml as it stands there, begun by Home Assistant's own API.
"""

import asyncio
from typing import Any

import pytest

from oyez import actions as do, events as ev
from tests.peers.home_assistant.api import Watched
from tests.peers.home_assistant.device import Entities
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.theatre import Theatre

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]
LAMP = "input_boolean.lamp"
REACTION_S = 0.3
"""So long a person takes to begin to answer."""


async def asked(home: HomeAssistant, play: Theatre, answer: str) -> dict[str, Any]:
    """What the automation was told in the end. answer: spoken into the Room when the question has been heard; empty:
    nobody answers."""
    place = play.now
    async with home.api.socket() as socket:
        await socket.ask("subscribe_events", event_type="lamp_question_answered")
        await home.api.post("events/lamp_left_on", {})
        question = await play.told(ev.AskAsked, after=place)
        assert question.question == "The lamp is still on. Shall I switch it off?"
        if answer:
            await play.told(ev.PlaybackFinished, after=place)
            await asyncio.sleep(REACTION_S)
            play.say(answer)
        told = (await socket.receive("event"))["event"]["data"]["answer"]
    await play.shown("idle", after=place)
    assert isinstance(told, dict)
    return told


async def test_the_answer_comes_back_to_the_automation(
    home: HomeAssistant, known: Entities, play: Theatre, watched: Watched
) -> None:
    """The question is heard in the Room, a person says yes, and Home Assistant switches the lamp off."""
    await home.api.call("input_boolean.turn_on", LAMP)
    await watched.until(LAMP, "on")
    here, place = watched.now, play.now
    told = await asked(home, play, "Yes, please.")
    assert told["ok"] is True
    assert "yes" in told["answer"].lower()
    await watched.until(LAMP, "off", after=here)
    assert [fact for _, fact in play.facts[place:] if isinstance(fact, do.RunTool)] == [], (
        "the service did not act on it"
    )


async def test_a_question_that_nobody_answers(home: HomeAssistant, known: Entities, play: Theatre) -> None:
    """The automation is told why there is no answer, and goes on."""
    told = await asked(home, play, "")
    assert told["ok"] is False
    assert told["why"]


async def test_a_question_that_cannot_be_asked(
    home: HomeAssistant, known: Entities, play: Theatre, watched: Watched
) -> None:
    """A muted device refuses at once, and even that quick answer is not missed."""
    await home.api.call("switch.turn_on", known["mute"])
    await watched.until(known["mute"], "on")
    here = watched.now
    async with home.api.socket() as socket:
        await socket.ask("subscribe_events", event_type="lamp_question_answered")
        await home.api.post("events/lamp_left_on", {})
        told = (await socket.receive("event"))["event"]["data"]["answer"]
    await home.api.call("switch.turn_off", known["mute"])
    await watched.until(known["mute"], "off", after=here)
    assert told["ok"] is False
    assert "mute" in told["why"].lower()
