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
