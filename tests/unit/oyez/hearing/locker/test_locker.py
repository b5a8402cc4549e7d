"""The locker beside the ears: it never makes them wait, whatever the disk does."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from oyez.hearing.locker.clips import Clip, UnknownClip
from oyez.hearing.locker.locker import MOST_WAITING, NEAR_MISSES_AT_ONCE, Locker, LockerBusy
from tests.unit.oyez.hearing.locker.test_clips import facts

SOUND = np.arange(800, dtype=np.int16)
WAKE = facts(kind="wake")


class Kept:
    """Who is told of clips."""

    def __init__(self) -> None:
        self.clips: asyncio.Queue[Clip] = asyncio.Queue()

    async def next(self) -> Clip:
        async with asyncio.timeout(10.0):
            return await self.clips.get()


async def test_a_clip_is_told_of_once_it_can_be_listened_to(tmp_path: Path) -> None:
    kept = Kept()
    locker = Locker(tmp_path, 1, lambda: 0.0, on_kept=kept.clips.put_nowait)
    locker.keep(SOUND, facts())
    clip = await kept.next()
    assert (await locker.play(clip.id) == SOUND).all()
    assert await locker.list() == [clip]
    assert (locker.counts.kept, locker.counts.lost) == (1, 0)
    await locker.delete(clip.id)
    with pytest.raises(UnknownClip):
        await locker.play(clip.id)
    assert await locker.clear() == 0
    locker.close()


async def test_a_label_is_answered_with_nothing_or_with_what_was_wrong(tmp_path: Path) -> None:
    kept, told = Kept(), asyncio.Queue[str]()
    locker = Locker(tmp_path, 1, lambda: 0.0, on_kept=kept.clips.put_nowait)
    locker.keep(SOUND, facts())
    clip = await kept.next()
    locker.label(clip.id, "true", told.put_nowait)
    assert await told.get() == ""
    assert [one.label for one in await locker.list()] == ["true"]
    locker.label("77", "true", told.put_nowait)
    assert "There is no clip" in await told.get()
    locker.label(clip.id, "maybe", told.put_nowait)
    assert "no label" in await told.get()
    locker.close()


async def test_a_disk_that_stands_still_costs_clips_and_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker hangs for good in a pipe that nobody writes into; every call comes back."""
    kept, told = Kept(), asyncio.Queue[str]()
    locker = Locker(tmp_path, 1, lambda: 0.0, on_kept=kept.clips.put_nowait)
    release = _stall(locker, tmp_path)
    for _ in range(MOST_WAITING + 20):
        locker.keep(SOUND, WAKE)
    assert locker.counts.lost == 21, "one place is the one that hangs"
    assert len([line for line in caplog.messages if "not kept" in line]) == 1
    locker.label("1", "true", told.put_nowait)
    assert "try again" in told.get_nowait()
    with pytest.raises(LockerBusy):
        await locker.list()
    release()
    for _ in range(MOST_WAITING - 1):
        await kept.next()
    assert locker.counts.kept == MOST_WAITING - 1, "what waited is kept when the disk goes on"
    locker.keep(SOUND, WAKE)
    assert (await kept.next()).id == f"{MOST_WAITING:06d}"
    locker.close()


async def test_near_misses_are_rationed_and_wakes_are_not(tmp_path: Path) -> None:
    kept = Kept()
    locker = Locker(tmp_path, 1, lambda: 0.0, on_kept=kept.clips.put_nowait)
    for facts_ in [facts()] * (NEAR_MISSES_AT_ONCE + 5) + [WAKE] * 3:
        locker.keep(SOUND, facts_)
        await locker.list()
    assert (locker.counts.kept, locker.counts.passed_over) == (NEAR_MISSES_AT_ONCE + 3, 5)
    locker.close()


async def test_the_end_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    locker = Locker(tmp_path, 1, lambda: 0.0)
    release = _stall(locker, tmp_path)
    locker.keep(SOUND, facts())
    locker.close()
    locker.close()
    release()


async def test_a_folder_that_cannot_be_written_is_said_once_and_every_clip_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    locker = Locker(tmp_path / "file" / "locker", 1, lambda: 0.0)
    for _ in range(3):
        locker.keep(SOUND, facts())
    assert await locker.list() == [], "and all is done by now"
    assert (locker.counts.lost, locker.counts.kept) == (3, 0)
    assert len([line for line in caplog.messages if "not kept" in line]) == 1
    locker.close()


def _stall(locker: Locker, folder: Path) -> Callable[[], object]:
    """Has the worker read a pipe; returns what lets it go on."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    job = locker._in_worker(pipe.read_bytes)
    job.add_done_callback(lambda done: None)
    return lambda: pipe.write_bytes(b"on")
