"""What lights, screens and people see of a conversation: levels, captions, plain values, delays, an update."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from oyez import actions as do, events as ev
from oyez.config import Home
from tests.doubles.onlooker import onlooker
from tests.stories.theatre import services, stage

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


def is_(text: str) -> Any:
    return lambda payload: payload == text.encode()


async def test_a_conversation_is_followed_on_topics(tmp_path: Path) -> None:
    """The whole daemon in a Room: what is said is captioned, what is loud is told, and how long the answer took."""
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    (run_folder / "update.json").write_text('{"latest": "99.0", "release_url": "https://example.org/99"}')
    async with services(tmp_path) as world, onlooker(world.broker.port) as looker:
        home = Home(port=world.broker.port, publish_text=True, publish_levels=True)
        async with stage(world, home=home, run_folder=run_folder) as play:
            await looker.until("oyez/story/status/activity", is_("idle"))
            await looker.until("oyez/story/status/muted", is_("OFF"))
            play.say("Hey Jarvis, turn on the kitchen light.")
            heard = await looker.json("oyez/story/caption", speaker="person")
            assert "kitchen light" in heard["text"]
            said = await looker.json("oyez/story/caption", speaker="device")
            assert "light" in said["text"]
            await looker.until("oyez/story/status/activity", is_("speaking"))
            loud = await looker.until("oyez/story/level", lambda payload: json.loads(payload)["snr_db"] > 10.0)
            assert json.loads(loud.payload)["direction_deg"] is None, "one microphone"
            await play.told(do.CloseSession, after=play.now)
            await looker.json("oyez/story/caption", speaker="nobody", text="")
            state = await looker.json("oyez/story/state", state="idle", after=len(looker.seen) - 40)
            assert 200 < state["line"]["answer_ms"] < 20_000
            assert state["update"]["latest_version"] == "99.0"
            assert state["device"]["started"]
            await looker.send("oyez/story/do/install_update", '{"id": "u"}')
            await looker.json("oyez/story/event/done", id="u", ok=True)
            assert (run_folder / "install-update").read_text() == "99.0\n"
            half = {"latest": "99.0", "in_progress": True, "percentage": 50, "stage": "installing"}
            (run_folder / "update.json").write_text(json.dumps(half))
            await looker.json("oyez/story/event/update", what="installing", version="99.0")
            await looker.until("oyez/story/state", lambda raw: json.loads(raw)["update"]["update_percentage"] == 50)
            await looker.send("oyez/story/set/muted", "ON")
            await play.told(ev.MuteAsked)
            await looker.until("oyez/story/status/muted", is_("ON"))
            place = len(looker.seen)
            await asyncio.sleep(1.0)  # four levels would come in it
            assert not [m for m in looker.seen[place:] if m.topic == "oyez/story/level"], "muted is muted"
