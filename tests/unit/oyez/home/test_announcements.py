"""Each order to announce a sound ends in one PlayAsked or one refusal, and no more is kept than the bounds allow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile

from oyez.config import Home
from oyez.events import Event, PlayAsked
from oyez.home import announcements
from oyez.home.announcements import MOST_CLIPS, Announcements
from oyez.home.deeds import FetchSound
from tests.doubles.sound_server import Page, SoundServer, sound_server


def bell(seconds: float = 0.5) -> bytes:
    file = BytesIO()
    soundfile.write(file, np.full(round(seconds * 24_000), 0.25), 24_000, format="WAV", subtype="PCM_16")
    return file.getvalue()


class Stage:
    """The organ, a web server and a folder; what was told and answered, in order."""

    def __init__(self, organ: Announcements, server: SoundServer) -> None:
        self.organ, self.server = organ, server
        self.told: asyncio.Queue[Event | tuple[str | None, bool, str]] = asyncio.Queue()

    async def play_asked(self) -> PlayAsked:
        asked = await asyncio.wait_for(self.told.get(), 10)
        assert isinstance(asked, PlayAsked), asked
        return asked

    async def refused(self) -> tuple[str | None, str]:
        answer = await asyncio.wait_for(self.told.get(), 10)
        assert isinstance(answer, tuple), answer
        assert not answer[1]
        return answer[0], answer[2]


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    (folder / "bell.wav").write_bytes(bell())
    async with (
        sound_server(bell=Page(bell()), text=Page(b"no sound")) as server,
        httpx.AsyncClient(trust_env=False) as http,
    ):
        here: Stage
        organ = Announcements(
            Home(audio_folder=str(folder), announce_from=("127.0.0.1",)),
            http,
            lambda event: here.told.put_nowait(event),
            lambda *answer: here.told.put_nowait(answer),
        )
        here = Stage(organ, server)
        running = asyncio.create_task(organ.run())
        try:
            yield here
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.wait([running])


async def test_a_sound_of_either_source_is_told_with_what_was_ordered_and_kept_until_it_is_dropped(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as here:
        here.organ.fetch(FetchSound(here.server.address("/bell"), "1", "urgent", 0.7))
        fetched = await here.play_asked()
        assert fetched == PlayAsked(fetched.clip, 0.5, "1", "urgent", 0.7)
        here.organ.fetch(FetchSound("bell.wav"))
        read = await here.play_asked()
        assert read == PlayAsked(read.clip, 0.5)
        assert read.clip != fetched.clip
        assert here.organ.clip(fetched.clip) == here.organ.clip(read.clip)
        assert len(here.organ.clip(read.clip)) == 24_000
        here.organ.drop(read.clip)
        here.organ.drop(read.clip)
        assert here.organ.clip(read.clip) == b""


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("none.wav", "cannot be read"),
        ("http://127.0.0.1:{port}/none", "answered 404"),
        ("http://127.0.0.1:{port}/text", "no sound that can be played"),
        ("http://localhost:{port}/bell", "announce_from"),
    ],
)
async def test_what_cannot_be_had_is_answered_and_the_next_order_is_served(
    tmp_path: Path, source: str, why: str
) -> None:
    async with stage(tmp_path) as here:
        here.organ.fetch(FetchSound(source.format(port=here.server.port), "7"))
        order_id, sentence = await here.refused()
        assert order_id == "7"
        assert why in sentence
        here.organ.fetch(FetchSound("bell.wav"))
        await here.play_asked()


async def test_only_so_many_clips_are_kept_or_on_their_way_and_a_dropped_one_makes_room(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        for _ in range(MOST_CLIPS + 1):
            here.organ.fetch(FetchSound("bell.wav", "x"))
        _, why = await here.refused()
        assert "waiting already" in why
        clips = [(await here.play_asked()).clip for _ in range(MOST_CLIPS)]
        here.organ.fetch(FetchSound("bell.wav", "y"))
        assert (await here.refused())[0] == "y"
        here.organ.drop(clips[0])
        here.organ.fetch(FetchSound("bell.wav", "z"))
        assert (await here.play_asked()).order_id == "z"


async def test_an_urgent_sound_waits_for_no_slow_one_and_finds_a_place_of_its_own(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        here.server.pages["/never"] = Page(silent=True)
        for _ in range(MOST_CLIPS):
            here.organ.fetch(FetchSound(here.server.address("/never")))
        for number in range(MOST_CLIPS):
            here.organ.fetch(FetchSound("bell.wav", str(number), "urgent"))
            assert (await here.play_asked()).order_id == str(number)
        here.organ.fetch(FetchSound("bell.wav", "over", "urgent"))
        assert (await here.refused())[0] == "over"


async def test_only_so_much_sound_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "MOST_KEPT_BYTES", 40_000)
    async with stage(tmp_path) as here:
        here.organ.fetch(FetchSound("bell.wav"))
        await here.play_asked()
        here.organ.fetch(FetchSound("bell.wav", "2"))
        assert "too much sound" in (await here.refused())[1]


async def test_whoever_is_told_to_stop_plays_nothing_that_was_still_on_its_way(tmp_path: Path) -> None:
    """One is being fetched, one waits behind it: both are refused at once, and the next order is taken."""
    async with stage(tmp_path) as here:
        go_on = asyncio.Event()
        here.server.pages["/slow"] = Page(bell(), held=go_on)
        here.organ.fetch(FetchSound(here.server.address("/slow"), "1"))
        await asyncio.wait_for(here.server.reached.wait(), 10)
        here.organ.fetch(FetchSound(here.server.address("/bell"), "2"))
        here.organ.give_up("the device was told to stop")
        assert {await here.refused(), await here.refused()} == {
            ("1", "the device was told to stop"),
            ("2", "the device was told to stop"),
        }
        go_on.set()
        here.organ.fetch(FetchSound("bell.wav", "3"))
        assert (await here.play_asked()).order_id == "3", "the first was fetched meanwhile, and nobody hears of it"
