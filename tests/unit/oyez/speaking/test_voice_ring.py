"""A voice that rings: over and over until it is told to stop, and without a frame of it after that."""

import asyncio

import numpy as np
import pytest

from oyez.config import Speaking
from oyez.events import PlaybackFinished
from oyez.speaking.chimes import RING_S, chime, ring
from oyez.speaking.voice import WIRE_HZ, Voice
from oyez_hw.pcm import PcmFormat
from tests.unit.oyez.speaking.test_voice_pause import Player, Scene

PERIOD = round(RING_S * WIRE_HZ)
RING = ring(WIRE_HZ, Speaking().chime_level_dbfs)


async def test_it_rings_over_and_over_and_never_queues_more_than_a_ring_ahead() -> None:
    scene = Scene()
    await scene.voice.ring(True)
    await scene.voice.ring(True)
    for _ in range(100):
        scene.play(PERIOD // 10)
        assert len(scene.player.given) - scene.player.audible <= 2 * PERIOD
    assert np.array_equal(scene.player.room, np.tile(RING, 10))


@pytest.mark.parametrize("heard", [0, 1, PERIOD // 3, PERIOD, 3 * PERIOD + 17])
async def test_told_to_stop_it_is_silent_at_once_and_can_ring_again(heard: int) -> None:
    scene = Scene()
    await scene.voice.ring(True)
    for _ in range(heard // 1000):
        scene.play(1000)
    scene.play(heard % 1000)
    await scene.voice.ring(False)
    await scene.voice.ring(False)
    scene.play(5 * PERIOD)
    assert np.array_equal(scene.player.room, np.resize(RING, heard))
    await scene.voice.ring(True)
    scene.play(PERIOD)
    assert np.array_equal(scene.player.room[heard:], RING)


async def test_what_else_is_queued_goes_on_when_the_ring_stops() -> None:
    """A reply that began meanwhile loses nothing, and its end is told."""
    scene = Scene()
    await scene.voice.ring(True)
    scene.play(100)
    scene.say(5000)
    scene.voice.reply_complete()
    await scene.voice.ring(False)
    scene.play(10 * PERIOD)
    assert np.array_equal(scene.player.room[100:], scene.said)
    assert scene.told == [PlaybackFinished()]


async def test_it_rings_on_behind_a_reply_that_is_cut() -> None:
    scene = Scene()
    await scene.voice.ring(True)
    scene.say(5000)
    await scene.voice.cut()
    scene.play(PERIOD)
    assert np.array_equal(scene.player.room, RING)


async def test_a_card_that_comes_back_rings_again() -> None:
    scene = Scene()
    await scene.voice.ring(True)
    scene.player.format = None
    scene.voice.lost()
    scene.player.format = PcmFormat(WIRE_HZ, 1)
    scene.player.audible = len(scene.player.given)
    scene.voice.go_on_ringing()
    scene.play(PERIOD)
    assert np.array_equal(scene.player.room, RING)


async def test_it_rings_where_chimes_are_switched_off_and_the_single_ring_is_heard_too() -> None:
    player = Player()
    voice = Voice(Speaking(chimes=False), player, lambda event: None)
    voice.chime("wake")
    assert len(player.given) == 0
    voice.chime("ring")
    assert np.array_equal(player.given, chime("ring", WIRE_HZ, Speaking().chime_level_dbfs))
    await voice.ring(True)
    assert len(player.given) > PERIOD


async def test_a_ring_that_stops_while_the_card_answers_the_stop_leaves_nothing_behind() -> None:
    """Sound that is said in that very moment is kept."""
    scene = Scene()
    await scene.voice.ring(True)
    stopping = asyncio.ensure_future(scene.voice.ring(False))
    await asyncio.sleep(0)
    scene.say(300)
    await stopping
    scene.play(2 * PERIOD)
    assert np.array_equal(scene.player.room, scene.said)
