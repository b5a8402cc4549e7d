"""What is listened for, on a real mosquitto: asked, refused, measured, labelled."""

import json
import shutil
from typing import Any

import pytest

from oyez.config import Home
from oyez.events import SensitivityAsked, WakeWordsAsked
from oyez.home.deeds import LabelClip
from oyez.view import View
from tests.doubles.home import ROOT, at_home
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import mosquitto

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)
DOCUMENT = "homeassistant/device/kitchen/config"


async def test_known_words_are_asked_for_and_unknown_ones_refused_with_the_known() -> None:
    """A phrase that is enrolled while the device runs is known at once."""
    known = ["alexa"]
    async with (
        mosquitto() as server,
        at_home(Home(port=server.port), known_words=lambda: known) as (_, told),
        onlooker(server.port) as looker,
    ):
        await looker.until(f"{ROOT}/availability")
        await looker.send(f"{ROOT}/set/wake_words", "alexa, our_own")
        refused = await looker.json(f"{ROOT}/event/error", order="set/wake_words")
        assert "'our_own' is no wake word of this device: known are alexa." in refused["why"]
        known.append("our_own")
        await looker.send(f"{ROOT}/set/wake_words", "alexa, our_own")
        await looker.send(f"{ROOT}/set/sensitivity", '{"sensitivity": "low", "id": "s"}')
        assert await told.heard(SensitivityAsked, 10.0)
        assert told.events == [WakeWordsAsked(("alexa", "our_own")), SensitivityAsked("low", "s")]


async def test_a_clip_is_labelled_where_clips_are_kept_and_refused_where_they_are_not() -> None:
    order = '{"clip": "000001", "label": "true", "id": "%s"}'
    labelled: list[LabelClip] = []
    async with mosquitto() as server, onlooker(server.port) as looker:
        async with at_home(Home(port=server.port)) as (_, told):
            await looker.until(f"{ROOT}/availability", lambda payload: payload == b"online")
            await looker.send(f"{ROOT}/do/label_clip", order % "a")
            answer = await looker.json(f"{ROOT}/event/done", id="a", ok=False)
            assert "cannot do that" in answer["why"]
        async with at_home(Home(port=server.port), do_deed=labelled.append) as (_, told):
            await looker.until(f"{ROOT}/availability", lambda payload: payload == b"online", after=len(looker.seen))
            await looker.send(f"{ROOT}/do/label_clip", order % "b")
            await looker.send(f"{ROOT}/do/listen", '{"id": "c"}')
            await looker.json(f"{ROOT}/event/done", id="c")
            assert labelled == [LabelClip("000001", "true", "b")]
            assert not any(isinstance(event, LabelClip) for event in told.events), "no matter of the conversation"


async def test_a_sensor_is_announced_with_the_first_value_that_there_is() -> None:
    def sensors(payload: bytes) -> set[str]:
        components: dict[str, Any] = json.loads(payload)["components"] if payload else {}
        return {"erle_db", "drift_ppm", "noise_dbfs"} & set(components)

    async with mosquitto() as server, at_home(Home(port=server.port)) as (broker, _), onlooker(server.port) as looker:
        broker.show(View(), {"hearing": {"erle_db": None, "noise_dbfs": -52.0}})
        await looker.until(DOCUMENT, lambda payload: sensors(payload) == {"noise_dbfs"})
        broker.show(View(), {"hearing": {"erle_db": 21.5, "noise_dbfs": None}})
        await looker.until(DOCUMENT, lambda payload: sensors(payload) == {"noise_dbfs", "erle_db"})
        await looker.json(f"{ROOT}/state", hearing={"erle_db": 21.5, "noise_dbfs": None})
