"""A long sound reaches the voice whole, in order, and never much before it is heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from oyez.config import Speaking
from oyez.events import Event, PlaybackFinished
from oyez.speaking.feeder import AHEAD_S, PIECE_BYTES, Feeder, Speaker
from oyez.speaking.voice import Voice
from tests.unit.oyez.speaking.test_voice import Player


class Listener:
    """A voice that hears what it is told to have heard."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, int, bytes]] = []
        self.unheard_s = 0.0
        self.complete = asyncio.Event()
        self.full = asyncio.Event()

    def say(self, item_id: str, content_index: int, pcm24k: bytes) -> None:
        self.pieces.append((item_id, content_index, pcm24k))
        self.unheard_s += len(pcm24k) / PIECE_BYTES
        if self.unheard_s > AHEAD_S:
            self.full.set()

    def reply_complete(self) -> None:
        self.complete.set()

    @property
    def sound(self) -> bytes:
        return b"".join(pcm for _, _, pcm in self.pieces)


class Brimming(Player):
    """A player that nobody hears, and that tells when it has as much as it ever gets ahead."""

    def __init__(self, rate_hz: int) -> None:
        super().__init__(rate_hz)
        self.brimming = asyncio.Event()

    def put(self, samples: np.ndarray) -> int:
        first = super().put(samples)
        if self.put_frames > AHEAD_S * 24_000:
            self.brimming.set()
        return first


@asynccontextmanager
async def feeding(listener: Speaker) -> AsyncIterator[Feeder]:
    feeder = Feeder(listener)
    running = asyncio.create_task(feeder.run())
    try:
        async with asyncio.timeout(10):
            yield feeder
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_short_sound_is_given_whole_and_then_it_is_complete() -> None:
    sound = bytes(range(256)) * 500
    listener = Listener()
    async with feeding(listener) as feeder:
        feeder.play("bell", sound)
        await listener.complete.wait()
    assert listener.sound == sound
    assert {(name, part) for name, part, _ in listener.pieces} == {("bell", 0)}
    assert max(len(pcm) for _, _, pcm in listener.pieces) <= PIECE_BYTES


async def test_a_long_sound_waits_until_what_was_given_is_heard() -> None:
    """While the voice is paused nothing is heard, so that nothing more is given."""
    listener = Listener()
    async with feeding(listener) as feeder:
        feeder.play("song", bytes(60 * PIECE_BYTES))
        await listener.full.wait()
        given = len(listener.sound)
        await asyncio.sleep(0)  # a moment in which it would go on
        assert len(listener.sound) == given <= (AHEAD_S + 1) * PIECE_BYTES
        assert not listener.complete.is_set()
        listener.unheard_s = -100.0  # all of it is heard, and so will be what comes
        await listener.complete.wait()
    assert listener.sound == bytes(60 * PIECE_BYTES)


async def test_a_sound_that_was_stopped_is_not_gone_on_with_and_the_next_one_is_whole() -> None:
    listener = Listener()
    async with feeding(listener) as feeder:
        feeder.play("song", bytes(60 * PIECE_BYTES))
        await listener.full.wait()
        feeder.stop()
        listener.pieces.clear()
        listener.unheard_s = 0.0
        feeder.play("bell", b"\x01\x02")
        await listener.complete.wait()
    assert listener.pieces == [("bell", 0, b"\x01\x02")]


async def test_a_sound_that_was_stopped_before_it_began_tells_nothing() -> None:
    listener = Listener()
    async with feeding(listener) as feeder:
        await asyncio.sleep(0)  # the feeder waits
        feeder.play("song", bytes(PIECE_BYTES))
        feeder.stop()
        for _ in range(5):
            await asyncio.sleep(0)
    assert listener.pieces == []
    assert not listener.complete.is_set()


async def test_a_card_that_is_lost_in_the_midst_of_a_long_sound_ends_it_and_says_that_it_was_not_heard() -> None:
    """Nobody waits for ten minutes for what nobody will hear."""
    player, ended = Brimming(24_000), asyncio.Event()
    told: list[Event] = []

    def tell(event: Event) -> None:
        told.append(event)
        ended.set()

    voice = Voice(Speaking(), player, tell)
    async with feeding(voice) as feeder:
        feeder.play("song", bytes(600 * PIECE_BYTES))
        await player.brimming.wait()
        player.format = None
        voice.lost()
        await ended.wait()
    assert told == [PlaybackFinished(heard=False)]
    assert player.put_frames <= (AHEAD_S + 1) * 24_000


async def test_a_clip_that_is_empty_is_complete_at_once() -> None:
    listener = Listener()
    async with feeding(listener) as feeder:
        feeder.play("nothing", b"")
        await listener.complete.wait()
    assert listener.pieces == []
