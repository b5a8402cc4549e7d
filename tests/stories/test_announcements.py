"""Sounds that a program has the device play, in the whole daemon with nothing but a broker: heard in the Room at their
volume, refused in quiet hours, and refused with a sentence whatever a hostile source may be."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from oyez import actions as do, events as ev
from oyez.config import Home
from tests.doubles.onlooker import Onlooker, onlooker
from tests.doubles.processes import Process, free_port, mosquitto
from tests.doubles.sound_server import Page, SoundServer, leads_to, sound_server
from tests.doubles.speech import say as speech
from tests.stories.theatre import Services, Theatre, stage

HZ, SECONDS, LEVEL = 700.0, 1.5, 0.2
NOBODY = Process(["true"])


def tone(kind: str) -> bytes:
    """A sound file."""
    file = BytesIO()
    sound = LEVEL * np.sqrt(2) * np.sin(2 * np.pi * HZ * np.arange(round(SECONDS * 44_100)) / 44_100)
    soundfile.write(file, sound, 44_100, format=kind)
    return file.getvalue()


@asynccontextmanager
async def at_home(folder: Path, **home: Any) -> AsyncIterator[tuple[Theatre, Onlooker]]:
    """Neither line nor backend is there: a sound needs none."""
    async with mosquitto() as broker:
        world = Services(broker, NOBODY, NOBODY, f"http://127.0.0.1:{free_port()}", folder / "none", "oyez_nobody")
        house = Home(port=broker.port, audio_folder=str(folder), **{"announce_from": ("127.0.0.1",), **home})
        async with stage(world, home=house) as play, onlooker(broker.port) as looker:
            yield play, looker


async def announce(looker: Onlooker, source: str, topic: str = "done", **more: Any) -> dict[str, Any]:
    """What became of it. topic: `error`, where it is no order at all."""
    order_id = f"order-{time.monotonic_ns()}"
    await looker.send("oyez/story/do/announce", json.dumps({"source": source, "id": order_id, **more}))
    return await looker.json(f"oyez/story/event/{topic}", id=order_id)


def level_of_tone(play: Theatre, since_s: float, until_s: float) -> float:
    """As an amplitude (RMS) in the room while it sounded, full scale 1; it must sound for as long as the file says."""
    room = play.board.room
    assert room is not None
    rate_hz = room.heard.rate_hz
    heard = (
        room.heard.read(round((since_s - room.epoch_s) * rate_hz), round((until_s - since_s) * rate_hz))[:, 0] / 32768
    )
    windows = heard[: len(heard) // 480 * 480].reshape(-1, 480)
    at_hz = windows @ np.exp(-2j * np.pi * HZ / rate_hz * np.arange(480)) / 480 * np.sqrt(2)
    loud = np.abs(at_hz)
    sounding = loud > loud.max() / 2
    assert abs(sounding.sum() * 480 / rate_hz - SECONDS) < 0.1
    return float(np.median(loud[sounding]))


async def test_a_sound_from_the_web_and_one_of_the_devices_own_are_heard_at_their_volume_and_the_old_one_is_back(
    tmp_path: Path,
) -> None:
    """An MP3 from a real web server at 80, a FLAC from the folder at 60, as the household set it; told when heard."""
    (tmp_path / "bell.flac").write_bytes(tone("FLAC"))
    async with sound_server(bell=Page(tone("MP3"))) as server, at_home(tmp_path) as (play, looker):
        levels: dict[str, float] = {}
        for source, volume in ((server.address("/bell"), {"volume": 80}), ("bell.flac", {})):
            begun_s, place = time.monotonic(), play.now
            assert await announce(looker, source, **volume) == {
                "id": (await play.told(ev.PlayAsked, after=place)).order_id,
                "ok": True,
                "why": "",
                "event_type": "done",
            }
            levels[source] = level_of_tone(play, begun_s, time.monotonic())
            assert play.board.volume.get() == 0.6
            played = await play.told(do.PlayClip, after=place)
            await play.told(do.DropClip, after=place, clip=played.clip)
        web, own = levels.values()
        assert web == pytest.approx(LEVEL * 0.8**3, rel=0.1)
        assert own == pytest.approx(LEVEL * 0.6**3, rel=0.1)


async def test_who_says_the_wake_word_over_a_sound_silences_it_and_its_sender_is_told(tmp_path: Path) -> None:
    """The device hears them over its own loudspeaker, as over a reply."""
    told = speech("Here is the news of the day. The weather stays dry, and the trains are on time. " * 4)
    soundfile.write(tmp_path / "news.ogg", told[0], told[1])
    wake = "Hey Jarvis."
    speech(wake)
    async with at_home(tmp_path) as (play, looker):
        await looker.send("oyez/story/do/announce", '{"source": "news.ogg", "id": "n"}')
        asked = await play.told(ev.PlayAsked)
        await play.told(do.PlayClip)
        await play.shown("speaking")
        play.say(wake)
        refused = await looker.json("oyez/story/event/done", id="n")
        assert not refused["ok"]
        assert "someone spoke over it" in refused["why"]
        cut = await play.told(do.CutReply)
        dropped = await play.told(do.DropClip)
        assert dropped.clip == asked.clip
        assert play.moment(cut) - play.when(do.PlayClip) < asked.seconds - 2.0


@asynccontextmanager
async def hostile(folder: Path) -> AsyncIterator[SoundServer]:
    """A server that answers with everything but a sound."""
    (folder / "notes.mp3").write_text("These are my notes.")
    (folder / "out.wav").symlink_to("/etc/passwd")
    pages = {
        "elsewhere": leads_to("http://localhost/bell.wav"),
        "inside": leads_to("file:///etc/passwd"),
        "endless": Page(bytes(1 << 20), endless=True),
        "text": Page(b"This is a text.", headers=(("Content-Type", "audio/mpeg"),)),
    }
    async with sound_server(**pages) as server:
        yield server


async def test_hostile_sources_are_refused_with_a_sentence_and_the_device_lives_on(tmp_path: Path) -> None:
    async with hostile(tmp_path) as server, at_home(tmp_path) as (play, looker):
        for source in ("file:///etc/passwd", "../secret.wav", "/etc/passwd", "gopher://127.0.0.1/"):
            assert not (await announce(looker, source, "error"))["ok"]
        refused = {
            server.address("/elsewhere"): "localhost is no host that home.announce_from allows",
            server.address("/inside"): "Only http",
            server.address("/endless"): "larger than 20 MB",
            server.address("/text"): "no sound that can be played",
            "notes.mp3": "no sound that can be played",
            "out.wav": "leads out of home.audio_folder",
            server.address("/elsewhere", "localhost"): "localhost is no host",
        }
        for source, why in refused.items():
            answer = await announce(looker, source)
            assert not answer["ok"]
            assert why in answer["why"], (source, answer)
        assert not any(isinstance(fact, ev.PlayAsked) for _, fact in play.facts)
        (tmp_path / "bell.wav").write_bytes(tone("WAV"))
        assert (await announce(looker, "bell.wav"))["ok"]


async def test_in_quiet_hours_only_what_is_urgent_is_heard(tmp_path: Path) -> None:
    (tmp_path / "bell.wav").write_bytes(tone("WAV"))
    now = datetime.now()  # noqa: DTZ005  (quiet hours go by the clock on the wall)
    night = {
        "quiet_from": (now - timedelta(hours=1)).strftime("%H:%M"),
        "quiet_until": (now + timedelta(hours=1)).strftime("%H:%M"),
    }
    async with at_home(tmp_path, **night) as (play, looker):
        refused = await announce(looker, "bell.wav")
        assert not refused["ok"]
        assert night["quiet_until"] in refused["why"]
        for name, field in (("say", "text"), ("ask", "question")):
            await looker.send(f"oyez/story/do/{name}", json.dumps({field: "Hello", "id": name}))
            assert night["quiet_until"] in (await looker.json("oyez/story/event/done", id=name, ok=False))["why"]
        await play.told(do.DropClip)
        assert (await announce(looker, "bell.wav", priority="urgent"))["ok"]
