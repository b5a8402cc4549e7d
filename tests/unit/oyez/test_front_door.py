"""A board that `auto` does not find: the daemon waits for a moment, lives without it, and begins anew when it comes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import pytest

from oyez import front_door
from oyez.errors import ConfigError
from oyez.lives import Lives
from tests.unit.oyez_hw.machines_shown import laid_out

CONFIG = '[board]\nname = "auto"\n[home]\nhost = "127.0.0.1"\nport = 9\n[line]\nbackend_url = "http://127.0.0.1:9"\n'


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of a machine in tmp_path."""
    monkeypatch.setattr(front_door, "MACHINE", tmp_path)
    monkeypatch.setattr(front_door, "LOOK_AGAIN_S", 0.0)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    file = tmp_path / "oyez.toml"
    file.write_text(CONFIG)
    return file


async def test_a_board_that_comes_late_is_found_before_anything_is_told(config: Path, tmp_path: Path) -> None:
    waiting = asyncio.create_task(front_door._configured(config, asyncio.Event()))
    await asyncio.sleep(0)
    laid_out("usb-v2-six-channels", tmp_path)
    found, coming = await waiting
    assert (found.board.clean_channel, coming) == (0, None)


async def test_one_that_does_not_come_is_waited_for_in_the_house(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_door, "WAIT_FOR_BOARD_S", 0.0)
    found, coming = await front_door._configured(config, asyncio.Event())
    assert found.board.name == "auto"
    assert coming is not None


async def test_two_boards_are_the_operator_s_to_choose_among(config: Path, tmp_path: Path) -> None:
    laid_out("two-usb-microphones", tmp_path)
    with pytest.raises(ConfigError):
        await front_door._configured(config, asyncio.Event())


def _wish(config: Path, board: str) -> None:
    config.write_text(CONFIG.replace("auto", board))


class Told:
    """In the trace's place: what is told can be waited for."""

    def __init__(self) -> None:
        self._facts: list[str] = []
        self._news = asyncio.Event()

    def __call__(self, fact: object) -> None:
        self._facts.append(str(fact))
        self._news.set()

    async def until(self, words: str) -> None:
        async with asyncio.timeout(20.0):
            while not any(words in fact for fact in self._facts):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def daemon(config: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Task[int]]:
    monkeypatch.setattr(front_door, "Trace", lambda path, clock: nullcontext(told))
    running = asyncio.create_task(front_door.run(config, config))
    try:
        yield running
    finally:
        if not running.done():
            os.kill(os.getpid(), signal.SIGTERM)
            assert await running == 0


async def test_the_house_lives_without_a_board_and_is_built_anew_with_the_one_that_is_plugged_in(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same process; that the new card cannot be opened here shows which one is meant."""
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    monkeypatch.setattr(front_door, "WAIT_FOR_BOARD_S", 0.0)
    told = Told()
    async with daemon(config, told, monkeypatch) as running:
        await told.until("board.name is auto, and no sound card for a voice is there")
        laid_out("usb-v2-six-channels", tmp_path)
        await told.until("there is no microphone hw:CARD=ArrayUAC10,DEV=0")
        assert not running.done()


async def test_a_named_board_lives_with_its_loudspeaker_until_its_microphone_is_plugged_in(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timers ring meanwhile. (There is no such loudspeaker on this machine: that it is asked for is seen.)"""
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    monkeypatch.setattr(front_door, "WAIT_FOR_BOARD_S", 0.0)
    _wish(config, "hifiberry-dac-plus")
    told = Told()
    async with daemon(config, told, monkeypatch):
        await told.until("there is no loudspeaker hw:CARD=sndrpihifiberry,DEV=0")
        await told.until("board.name is hifiberry-dac-plus, and nothing of it is there")
        laid_out("hifiberry-with-usb-microphone", tmp_path)
        await told.until("there is no microphone hw:CARD=Device,DEV=0")


async def test_an_end_that_is_ordered_between_two_houses_is_an_end(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the one is taken down and the other is built."""
    monkeypatch.setattr(front_door, "WAIT_FOR_BOARD_S", 0.0)
    monkeypatch.setattr(Lives, "ended", lambda lives, why: os.kill(os.getpid(), signal.SIGTERM))
    told = Told()
    async with daemon(config, told, monkeypatch) as running:
        await told.until("no sound card for a voice is there")
        laid_out("usb-v2-six-channels", tmp_path)
        async with asyncio.timeout(20.0):
            assert await running == 0


async def test_boards_that_cannot_be_told_apart_when_they_come_are_told_of_and_end_nothing(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_door, "WAIT_FOR_BOARD_S", 0.0)
    told = Told()
    async with daemon(config, told, monkeypatch) as running:
        await told.until("no sound card for a voice is there")
        laid_out("two-usb-microphones", tmp_path)
        await told.until("usb is there 2 times")
        assert not running.done()
