"""Tools of the chaos: slow, failing, or both, as chance will have it; counted, so that none runs twice for one call."""

import asyncio
from random import Random

from oyez_realtime.tools import ToolRegistry

registry = ToolRegistry()
chance = Random(0)


@registry.tool
async def water_plants() -> str:
    """Water the plants in the garden."""
    await asyncio.sleep(chance.choice((0.0, 0.3, 2.0, 6.0, 12.0)))
    if chance.random() < 0.3:
        raise RuntimeError("The tap is stuck.")
    return "The plants are watered."
