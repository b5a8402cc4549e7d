"""The device's own sentences, asked for by a file."""

import asyncio
from pathlib import Path

from oyez.home.deeds import FetchSound
from oyez.home.say_door import SayDoor


async def test_a_sentence_that_is_asked_for_is_taken_up_once_and_nothing_else_is(tmp_path: Path) -> None:
    asked: asyncio.Queue[FetchSound] = asyncio.Queue()
    folder = tmp_path / "say"
    folder.mkdir()
    for name in ("no_network", "mistake_in_file", "etc", "bell.wav"):
        (folder / name).touch()
    door = asyncio.create_task(SayDoor(tmp_path, asked.put_nowait).run())
    try:
        async with asyncio.timeout(10):
            taken = [await asked.get(), await asked.get()]
        assert taken == [FetchSound("spoken:mistake_in_file", priority="urgent"), FetchSound("spoken:no_network")]
        assert {path.name for path in folder.iterdir()} == {"etc", "bell.wav"}
        (folder / "ready").touch()
        async with asyncio.timeout(10):
            assert await asked.get() == FetchSound("spoken:ready")
    finally:
        door.cancel()


async def test_without_a_run_folder_nobody_is_waited_for() -> None:
    await SayDoor(None, lambda order: None).run()


async def test_a_folder_that_cannot_be_made_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "say").write_text("in the way")
    await SayDoor(tmp_path, lambda order: None).run()
