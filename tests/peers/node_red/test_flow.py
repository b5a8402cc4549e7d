"""The flow that the documentation gives to people, in a real Node-RED: it follows the device, and makes it speak."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from oyez import actions as do, events as ev
from oyez.config import Device
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.processes import Process, free_port, running
from tests.peers.environments import ROOT
from tests.peers.node_red.install import NODE_RED
from tests.stories.theatre import Theatre, theatre

pytestmark = pytest.mark.timeout(120)
FLOW = ROOT / "docs" / "examples" / "node-red.json"
SETTINGS = """module.exports = {{ uiHost: '127.0.0.1', uiPort: {port}, flowFile: 'flows.json',
    telemetry: {{ enabled: false, updateNotification: false }} }}
"""


@asynccontextmanager
async def node_red(folder: Path, broker_port: int) -> AsyncIterator[Process]:
    """Runs the flow as it stands in the documentation, but for the broker's port."""
    flow = json.loads(FLOW.read_text())
    for node in flow:
        if node["type"] == "mqtt-broker":
            node["port"] = str(broker_port)
    (folder / "flows.json").write_text(json.dumps(flow))
    (folder / "settings.js").write_text(SETTINGS.format(port=free_port()))
    node = shutil.which("node")
    assert node is not None
    program = NODE_RED.folder / "node_modules" / "node-red" / "red.js"
    async with running([node, program, "--userDir", folder], ready="Connected to broker", ready_timeout_s=60.0) as red:
        yield red


@asynccontextmanager
async def kitchen(folder: Path) -> AsyncIterator[tuple[Theatre, Onlooker]]:
    """The device and Node-RED at one broker, and somebody who sees all that passes."""
    reason = NODE_RED.why_absent()
    if reason is not None:
        pytest.skip(reason)
    nodes = folder / "node-red"
    nodes.mkdir()
    async with (
        theatre(folder, device=Device(id="kitchen")) as play,
        node_red(nodes, play.broker.port) as red,
        onlooker(play.broker.port) as looker,
    ):
        yield play, looker
        (started,) = [place for place, line in enumerate(red.lines) if "Started flows" in line]
        assert not [line for line in red.lines[started:] if "[error]" in line or "[warn]" in line]


async def test_the_flow_follows_a_conversation_and_speaks(tmp_path: Path) -> None:
    """The wake word reaches the screen and each state its colour; a ring at the door is said aloud in the Room."""
    async with kitchen(tmp_path) as (play, looker):
        await looker.until("house/lamp/colour/set", lambda payload: payload == b"off")
        place, seen = play.now, len(looker.seen)
        play.say("Hey Jarvis, turn on the kitchen light.")
        await play.shown("speaking", after=place)
        await play.shown("idle", after=place)
        await looker.until("house/lamp/colour/set", lambda payload: payload == b"off", after=seen)
        colours = [m.payload for m in looker.seen[seen:] if m.topic == "house/lamp/colour/set"]
        assert [colour for colour in colours if colour != b"off"][:3] == [b"blue", b"yellow", b"green"]
        word, score = (await looker.until("house/screen/line", after=seen)).payload.split()
        assert word == b"hey_jarvis"
        assert 0.0 < float(score) <= 1.0
        place, seen = play.now, len(looker.seen)
        await looker.send("house/doorbell", "PRESS")
        await play.told(ev.SayAsked, after=place, text="Somebody is at the door.")
        await play.told(ev.ReplyAudible, after=place)
        await play.told(do.CompleteOrder, after=place, ok=True)
        done = await looker.json("oyez/kitchen/event/done", after=seen, ok=True)
        assert done["id"].startswith("bell-")
