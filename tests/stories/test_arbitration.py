"""Stories of two whole daemons that hear one person over one broker: which of them answers."""

import os
import shutil
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from oyez import actions as do, events as ev
from oyez.config import Device
from oyez.house import StateShown
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import free_port, running
from tests.doubles.speech import say as speech
from tests.stories.theatre import Services, Theatre, services, stage

pytestmark = pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install it")

NEAR_DBFS, FAR_DBFS = -22.0, -34.0
ELSEWHERE = """
[device]
id = "near"

[board]
name = "simulated"

[line]
backend_url = "http://127.0.0.1:{backend}"

[home]
port = {broker}
"""


async def device(stack: AsyncExitStack, world: Services, name: str) -> Theatre:
    return await stack.enter_async_context(stage(world, device=Device(id=name)))


async def test_of_two_devices_the_nearer_one_answers_and_nothing_leaves_the_room_of_the_other(tmp_path: Path) -> None:
    """(Users: every device in the house answers at once.)"""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(services(tmp_path))
        looker = await stack.enter_async_context(onlooker(world.broker.port))
        near, far = [await device(stack, world, name) for name in ("near", "far")]
        for play in (near, far):
            await play.told(ev.RivalsKnown, any=True)
        request = speech("Hey Jarvis, turn on the kitchen light.")
        near.play(*request, NEAR_DBFS)
        far.play(*request, FAR_DBFS)
        assert (await far.told(do.ReportYield)).to == "near"
        heard = await near.told(ev.TextHeard)
        assert heard.text.lower().startswith("turn on the kitchen light"), heard.text
        await near.shown("speaking")
        assert (await looker.json("oyez/far/event/yielded"))["to"] == "near"
        assert far.house.hearing.tap_bytes == 0
        orders = [fact for _, fact in far.facts if isinstance(fact, do.OpenTap | do.OpenSession | do.PlayChime)]
        assert orders == [], "it had begun to answer"
        assert {fact.state for _, fact in far.facts if isinstance(fact, StateShown)} <= {"idle"}
        assert len([m for m in looker.seen if m.topic.endswith("/event/wake")]) == 1


async def test_with_the_nearer_one_frozen_the_other_one_answers(tmp_path: Path) -> None:
    """A stopped process stays online for its broker, and is waited for no longer than for one that hears nothing."""
    config = tmp_path / "near.toml"
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(services(tmp_path))
        config.write_text(ELSEWHERE.format(backend=free_port(), broker=world.broker.port))
        near = await stack.enter_async_context(running([sys.executable, "-m", "oyez", "run", "--config", config]))
        far = await device(stack, world, "far")
        await far.told(ev.RivalsKnown, any=True)
        os.kill(near.pid, signal.SIGSTOP)
        try:
            far.play(*speech("Hey Jarvis, turn on the kitchen light."), FAR_DBFS)
            await far.told(do.PlaceBid)
            await far.told(ev.BidWon)
            assert far.when(ev.BidWon) - far.when(do.PlaceBid) >= far.config.conversation.bid_s - 0.01, "not waited for"
            assert (await far.told(ev.TextHeard)).text.lower().startswith("turn on the kitchen light")
        finally:
            os.kill(near.pid, signal.SIGCONT)
