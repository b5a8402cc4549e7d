"""Timers in the house: by voice or by a program, they ring until somebody hears them, and nothing makes them forget."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from oyez import actions as do, events as ev
from oyez.config import Speaking
from oyez.speaking.chimes import RING_MOST_DBFS, RING_S
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.processes import Process, free_port, mosquitto, running
from tests.stories.outside import traced
from tests.stories.theatre import Theatre, patient, theatre

LOUDEST = Speaking(volume=1.0, chime_level_dbfs=-6.0)
"""The ring is as loud as it can be."""
FRAME_S = 0.1
CONFIG = """
[device]
id = "story"
[board]
name = "simulated"
[line]
backend_url = "http://127.0.0.1:{backend}"
[home]
port = {broker}
"""


def loudness(play: Theatre, since_s: float, until_s: float) -> list[float]:
    """Peak of what the loudspeaker gave the room, each tenth of a second, in dBFS."""
    room = play.board.room
    assert room is not None
    rate_hz = room.heard.rate_hz
    frames = round((until_s - since_s) * rate_hz)
    heard = np.abs(room.heard.read(round((since_s - room.epoch_s) * rate_hz), frames)[:, 0].astype(np.float64))
    step = round(FRAME_S * rate_hz)
    peaks = [heard[at : at + step].max() for at in range(0, len(heard) - step + 1, step)]
    return [20 * np.log10(max(peak, 1e-9) / 32_768) for peak in peaks]


async def heard_until(until_s: float) -> None:
    """The Room runs in real time: what was heard until a moment is known at that moment."""
    await asyncio.sleep(max(0.0, until_s - time.monotonic()))


async def test_a_timer_set_by_voice_rings_until_somebody_says_the_wake_word_over_it(tmp_path: Path) -> None:
    """With the local server alone; at the loudest ring there is; and whoever stopped it so is listened to."""
    async with (
        theatre(tmp_path, speaking=LOUDEST, conversation=patient(patience_s=1.0), memory=tmp_path) as play,
        onlooker(play.broker.port) as looker,
    ):
        play.say("Hey Jarvis, set a timer for five seconds.")
        called = await play.told(ev.ToolCalled, name="set_timer")
        assert called.arguments["seconds"] == 5
        said = await play.told(ev.TextSaid)
        assert said.text == "The 5 second timer is set for 5 seconds."
        shown = await looker.json("oyez/story/event/timer", what="set")
        await play.told(do.Ring, on=True)
        since_s = play.when(do.Ring, on=True)
        assert since_s - play.when(ev.ToolCalled, name="set_timer") >= 5.0
        await heard_until(since_s + RING_S + 0.7)
        rung = loudness(play, since_s, since_s + RING_S)
        assert abs(max(rung) - RING_MOST_DBFS) < 1.0
        assert sum(level < -90 for level in rung) * FRAME_S >= 1.8, "there is no pause for a wake word"
        place = play.now
        play.say("Hey Jarvis, what time is it?", level_dbfs=-20.0)
        await play.told(do.Ring, after=place, on=False)
        await play.told(do.AcknowledgeTimers, after=place, timer_ids=(shown["id"],), heard=True)
        await looker.json("oyez/story/event/timer", what="heard", id=shown["id"])
        stopped_s = play.when(do.Ring, on=False)
        heard = await play.told(ev.TextHeard, after=place)
        assert "time" in heard.text.lower()
        assert max(loudness(play, stopped_s + 0.15, play.when(ev.TextHeard, text=heard.text) - 0.1)) < -60
        assert json.loads((tmp_path / "timers.json").read_text())["entries"] == []


@asynccontextmanager
async def daemon(folder: Path, broker_port: int) -> AsyncIterator[Process]:
    config = folder / "oyez.toml"
    config.write_text(CONFIG.format(backend=free_port(), broker=broker_port))
    command = [sys.executable, "-m", "oyez", "run", "--config", config, "--trace", "/dev/stdout"]
    async with running(command, env={"STATE_DIRECTORY": str(folder)}) as process:
        yield process


async def online(looker: Onlooker, after: int) -> None:
    await looker.until("oyez/story/availability", lambda payload: payload == b"online", after=after, timeout_s=30.0)


async def test_a_timer_outlives_kill_9_rings_after_it_and_is_stopped_over_mqtt(tmp_path: Path) -> None:
    """Set, confirmed, killed in that moment; it rings in the next process, even when that one is killed as it rings;
    stopped, it never rings again. No voice service and no backend is needed for any of it."""
    async with mosquitto() as broker, onlooker(broker.port) as looker:
        async with daemon(tmp_path, broker.port) as first:
            await online(looker, 0)
            await looker.send("oyez/story/do/timer", '{"seconds": 2, "label": "eggs", "id": "eggs"}')
            await looker.send("oyez/story/do/timer", '{"seconds": 600, "label": "tea", "id": "tea"}')
            await looker.json("oyez/story/event/done", id="tea", ok=True)
            await first.kill()
        async with daemon(tmp_path, broker.port) as second:
            await traced(second, "TimerDue", after=0, timer_id="eggs")
            await traced(second, "Ring", after=0, on=True)
            await second.kill()
        after = len(looker.seen)
        async with daemon(tmp_path, broker.port) as third:
            await traced(third, "Ring", after=0, on=True)
            await online(looker, after)
            await looker.send("oyez/story/do/stop", '{"id": "enough"}')
            await traced(third, "Ring", after=0, on=False)
            await looker.json("oyez/story/event/timer", after=after, id="eggs", what="heard")
            state = await looker.json("oyez/story/state", after=after, timers_count=1)
            assert [one["label"] for one in state["timers"]] == ["tea"]
            await looker.send("oyez/story/do/cancel_timer", '{"timer": "tea", "id": "no-tea"}')
            await looker.json("oyez/story/event/done", after=after, id="no-tea", ok=True)
            await third.kill()
        after = len(looker.seen)
        async with daemon(tmp_path, broker.port):
            state = await looker.json("oyez/story/state", after=after)
            assert state["timers"] == []
