"""A timer of an automation is seen in Home Assistant from its beginning to the moment at which somebody hears it."""

from collections.abc import Callable
from typing import Any

import pytest

from oyez import actions_home as do
from tests.peers.home_assistant.api import Watched
from tests.peers.home_assistant.device import Entities
from tests.peers.home_assistant.running import HomeAssistant
from tests.stories.theatre import Theatre

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]


def told(what: str) -> Callable[[dict[str, Any]], bool]:
    return lambda state: state["attributes"].get("event_type") == what and state["attributes"].get("label") == "eggs"


async def test_a_timer_rings_and_is_stopped(
    home: HomeAssistant, known: Entities, play: Theatre, watched: Watched
) -> None:
    """It is counted while it runs; it rings in the Room; the stop button ends it, and Home Assistant is told of all."""
    here, place = watched.now, play.now
    order = {"topic": "oyez/kitchen/do/timer", "payload": '{"seconds": 3, "label": "eggs"}'}
    await home.api.call("mqtt.publish", None, **order)
    await watched.until(known["timer"], told("set"), after=here)
    await watched.until(known["timers"], "1", after=here)
    await play.told(do.Ring, after=place, on=True)
    await watched.until(known["timer"], told("due"), after=here)
    await watched.until(known["ringing"], "on", after=here)
    await home.api.call("button.press", known["stop"])
    await play.told(do.Ring, after=place, on=False)
    await watched.until(known["timer"], told("heard"), after=here)
    await play.shown("idle", after=place)
    for key, value in {"ringing": "off", "timers": "0"}.items():
        await watched.until_last(known[key], value)
