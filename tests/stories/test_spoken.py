"""What the device says by itself: while the daemon holds the card the daemon is asked, and is heard in the room."""

import asyncio
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from oyez import actions as do
from oyez.home import announcements
from oyez_hw.wav import write_wav
from oyez_system.card.places import Places
from oyez_system.spoken import say
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, mosquitto
from tests.stories.theatre import Services, stage

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed: apt install mosquitto"
)


def wait_for(path: Path) -> None:
    until_s = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < until_s, f"there is no {path.name}"
        time.sleep(0.1)


async def test_a_running_daemon_says_a_sentence_without_backend_or_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole daemon in a Room, with nobody to talk to; the sentence is asked for as first boot asks."""
    places = Places.below(tmp_path)
    places.run.mkdir(parents=True)
    places.spoken.mkdir(parents=True)
    tone = np.sin(np.arange(24_000) * 0.2) * 8_000
    write_wav(places.spoken / "no_network.wav", tone.astype(np.int16)[:, None], 24_000)
    monkeypatch.setattr(announcements, "SPOKEN", places.spoken)
    nobody = Process(["true"])
    async with mosquitto() as broker:
        world = Services(broker, nobody, nobody, "http://127.0.0.1:9", tmp_path / "none", "key")
        async with stage(world, run_folder=places.run) as play:
            await asyncio.to_thread(wait_for, places.run / "proof.json")
            asked_s = time.monotonic()
            assert await asyncio.to_thread(say, "no_network", places)
            assert not (places.run / "say/no_network").exists()
            await play.told(do.DropClip)
            begun_s, ended_s = play.reply_in_room(asked_s, time.monotonic())
            assert 0.9 < ended_s - begun_s < 1.3


async def test_a_factory_reset_is_asked_for_by_nobody_by_accident(tmp_path: Path) -> None:
    """Over MQTT, with the word that confirms it, and only where somebody takes it up."""
    nobody = Process(["true"])
    async with mosquitto() as broker, onlooker(broker.port) as looker:
        world = Services(broker, nobody, nobody, "http://127.0.0.1:9", tmp_path / "none", "key")
        async with stage(world, run_folder=tmp_path):
            order, request = "oyez/story/do/factory_reset", tmp_path / "factory-reset"
            await looker.send(order, '{"confirm": "yes", "id": "slip"}')
            told = await looker.json("oyez/story/event/error", id="slip")
            assert "everything on the device would be lost" in told["why"]
            await looker.send(order, '{"confirm": "erase everything", "id": "early"}')
            told = await looker.json("oyez/story/event/done", id="early", ok=False)
            assert "only one that runs from the Oyez image can" in told["why"]
            assert not request.exists()
            (tmp_path / "resettable").touch()
            await looker.send(order, '{"confirm": "erase everything", "id": "now"}')
            await looker.json("oyez/story/event/done", id="now", ok=True)
            assert request.exists()
