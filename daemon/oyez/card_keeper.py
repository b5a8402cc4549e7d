"""Keeps a card in use: one that was lost is told and opened again, for as long as the watchdog bears it."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from oyez.backoff import delays
from oyez.troubles import Troubles
from oyez_hw.ports import HardwareError

RETRY_S = (1.0, 30.0)
"""A lost card is opened again after the first, doubling up to the second."""


async def keep(what: str, use: Callable[[], Awaitable[None]], stop: Callable[[], None], troubles: Troubles) -> None:
    """For ever. use: until the card is lost (HardwareError) or ends. stop: closes it, whatever state it is in."""
    waits, now_s = delays(random.Random(), *RETRY_S), asyncio.get_running_loop().time
    while True:
        began_s = now_s()
        try:
            await use()
        except HardwareError as error:
            troubles.found(what, str(error))
        stop()
        if now_s() - began_s > RETRY_S[1]:
            waits = delays(random.Random(), *RETRY_S)
        await asyncio.sleep(next(waits))
