"""Tells how loud it is and from where, four times a second, where lights or screens want to know it."""

import asyncio
from collections.abc import Callable

LOOK_S = 0.25
Level = tuple[float, float, float | None]


async def tell_levels(
    level: Callable[[], Level | None], tell: Callable[[float, float, float | None], None], *, wanted: bool
) -> None:
    """For ever, if it is wanted. level: the ears'; while it is None, they are muted, nothing is told. tell: the
    broker's."""
    while wanted:
        await asyncio.sleep(LOOK_S)
        heard = level()
        if heard is not None:
            tell(*heard)
