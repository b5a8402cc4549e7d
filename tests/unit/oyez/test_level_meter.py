"""Levels are told where they are wanted, and not while nobody listens."""

import asyncio

from oyez.level_meter import Level, tell_levels


async def test_what_is_heard_is_told_and_a_muted_ear_tells_nothing() -> None:
    told: asyncio.Queue[Level] = asyncio.Queue()
    heard = iter([None, (-30.0, 20.0, None), None, (-60.0, 0.0, 90.0)])
    task = asyncio.create_task(
        tell_levels(lambda: next(heard, None), lambda *level: told.put_nowait(level), wanted=True)
    )
    async with asyncio.timeout(10.0):
        assert await told.get() == (-30.0, 20.0, None)
        assert await told.get() == (-60.0, 0.0, 90.0)
    task.cancel()
    await asyncio.wait({task})


async def test_where_nobody_wants_them_there_is_nothing_to_do() -> None:
    await tell_levels(lambda: None, lambda *level: None, wanted=False)
