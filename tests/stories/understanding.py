"""What a person in the room understood of the loudspeaker, by a recogniser that knows nothing of what it was."""

import asyncio
from functools import cache

import numpy as np

from oyez_hw.room import Room
from oyez_local.recogniser import MoonshineRecogniser


@cache
def _recogniser() -> MoonshineRecogniser:
    return MoonshineRecogniser()


async def understood(room: Room, since_s: float, until_s: float) -> str:
    """What the loudspeaker said in this time (monotonic), both channels alike."""
    rate_hz = room.loudspeaker.rate_hz
    start, frames = round((since_s - room.epoch_s) * rate_hz), round((until_s - since_s) * rate_hz)
    heard = room.heard.read(start, frames)
    assert np.array_equal(heard[:, 0], heard[:, 1])
    recogniser = await asyncio.to_thread(_recogniser)
    return await asyncio.to_thread(recogniser.transcribe, heard[:, 0].copy(), rate_hz)
