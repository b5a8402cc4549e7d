"""The broker is away for ten minutes in mid-conversation: that goes on, states catch up, nothing is doubled."""

import asyncio
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from oyez import events as ev
from oyez.config import Home
from oyez.events import StopAsked
from oyez.home.broker import Broker
from oyez.view import View
from tests.doubles.cutting_proxy import cutting_proxy
from tests.doubles.home import ROOT, at_home
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.processes import mosquitto
from tests.stories.theatre import Theatre, patient, services, stage

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)
AWAY_S = 600.0


async def test_after_ten_minutes_the_last_state_comes_and_only_what_happened_in_the_last_minute() -> None:
    """The home organ by a clock of its own: ten minutes pass while the connection is cut."""
    now = [0.0]
    async with (
        mosquitto() as server,
        cutting_proxy() as proxy,
        onlooker(server.port) as looker,
    ):
        proxy.target_port = server.port
        async with at_home(Home(port=proxy.port), clock=lambda: now[0]) as (broker, told):
            broker.show(View(state="listening"))
            await looker.json(f"{ROOT}/state", state="listening")
            proxy.cut(shut=True)
            assert await told.trouble()
            await looker.until(f"{ROOT}/availability", lambda payload: payload == b"offline")
            seen = len(looker.seen)
            await looker.send(f"{ROOT}/do/stop", '{"id": "meanwhile"}')
            await converse(broker, now)
            proxy.cut()
            await looker.json(f"{ROOT}/event/done", after=seen, id="meanwhile", ok=True)
            await looker.until(f"{ROOT}/availability", lambda payload: payload == b"online", after=seen)
            assert told.events == [StopAsked("meanwhile")], "the broker kept it, and it was obeyed once"
            told_since = [m for m in looker.seen[seen:] if m.topic.startswith(ROOT)]
            assert [json.loads(m.payload)["word"] for m in told_since if m.topic == f"{ROOT}/event/wake"] == ["late"]
            states = [json.loads(m.payload) for m in told_since if m.topic == f"{ROOT}/state"]
            assert [state["state"] for state in states] == ["idle"], "the last one, once"
            assert Counter(m.topic for m in told_since if m.retain or "/status/" in m.topic).most_common(1)[0][1] == 1


async def converse(broker: Broker, now: list[float]) -> None:
    """Ten minutes of it, as the house would tell them."""
    for minute in range(10):
        broker.emit("wake", {"word": f"minute {minute}"})
        for state in ("listening", "thinking", "speaking"):
            broker.show(View(state=state))  # type: ignore[arg-type]
        now[0] += AWAY_S / 10
    now[0] += 1.0
    broker.emit("wake", {"word": "late"})
    broker.show(View(state="idle"))
    await asyncio.sleep(0)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_people_do_not_notice_that_the_broker_is_away(tmp_path: Path) -> None:
    """The whole daemon, ten real minutes: request after request is answered. (A minute of it: test_outages.py.)"""
    async with services(tmp_path) as world, cutting_proxy() as proxy, onlooker(world.broker.port) as looker:
        proxy.target_port = world.broker.port
        home = Home(port=proxy.port, publish_text=True)
        async with stage(world, conversation=patient(max_conversation_s=900.0), home=home) as play:
            play.say("Hey Jarvis, what time is it?")
            await play.told(ev.ReplyAudible)
            await looker.json("oyez/story/event/tool", name="get_time")
            place = play.now
            proxy.cut(shut=True)
            await play.told(ev.TroubleFound, after=place, kind="broker_away")
            asked = await ask_until(play, asyncio.get_running_loop().time() + AWAY_S)
            seen = len(looker.seen)
            proxy.cut()
            await play.told(ev.TroubleGone, after=place, kind="broker_away", timeout_s=90.0)
            await looker.until("oyez/story/state", tells(play), after=seen, timeout_s=30.0)
            assert asked >= AWAY_S // 30
            # What waited goes after the state, and before this answer.
            await looker.send("oyez/story/do/stop", '{"id": "last"}')
            await looker.json("oyez/story/event/done", after=seen, id="last")
            await nothing_is_doubled(looker, seen, play)


async def ask_until(play: Theatre, end_s: float) -> int:
    """Requests that were answered to the end, one after the other. What was misheard is answered, too."""
    answered = 0
    await play.told(ev.PlaybackFinished, after=play.now)
    while asyncio.get_running_loop().time() < end_s:
        place = play.now
        play.say("Hey Jarvis, what time is it?")
        await play.told(ev.ReplyAudible, after=place)
        await play.told(ev.PlaybackFinished, after=place, heard=True)
        answered += 1
    return answered


def tells(play: Theatre) -> Callable[[bytes], bool]:
    """Whether a state document tells what the house itself knows now."""

    def fits(payload: bytes) -> bool:
        view, shown = play.house.conductor.view, json.loads(payload)
        return bool(shown["state"] == view.state and shown["last_said"] == view.last_said)

    return fits


async def nothing_is_doubled(looker: Onlooker, seen: int, play: Theatre) -> None:
    """Events that waited come once each, and none that is older than a minute."""
    told = [message.payload for message in looker.seen[seen:] if message.topic == "oyez/story/event/tool"]
    called = [at for at, fact in play.facts if isinstance(fact, ev.ToolCalled)]
    last_s = play.when_last(ev.TroubleGone)
    assert len(told) <= sum(at > last_s - 62.0 for at in called)
    assert len(told) >= sum(at > last_s - 58.0 for at in called)
