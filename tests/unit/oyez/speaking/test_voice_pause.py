"""A voice that is paused and goes on: on a player that plays exactly as far as it is told, and knows what it played."""

import asyncio

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from oyez.config import Speaking
from oyez.events import Event, PlaybackFinished
from oyez.speaking.voice import MOST_WAITING_S, WIRE_HZ, Voice
from oyez_hw.crossing import OutboxFull
from oyez_hw.ledger import PlaybackMark
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError

MS = WIRE_HZ // 1000


class Player:
    """At the service's rate, so that what the room hears can be told frame by frame."""

    def __init__(self, limit_frames: int = 10**9) -> None:
        self.format: PcmFormat | None = PcmFormat(WIRE_HZ, 1)
        self.given = np.zeros(0, np.int16)
        self.audible = 0
        self.limit_frames = limit_frames
        self.room = np.zeros(0, np.int16)
        """What was heard."""

    def put(self, samples: np.ndarray) -> int:
        if self.format is None:
            raise HardwareError("the loudspeaker is away")
        if len(self.given) + len(samples) - self.audible > self.limit_frames:
            raise OutboxFull("too much is queued")
        self.given = np.concatenate([self.given, samples])
        return len(self.given) - len(samples)

    def play(self, frames: int) -> None:
        self.room = np.concatenate([self.room, self.given[self.audible : self.audible + frames]])
        self.audible = min(len(self.given), self.audible + frames)

    def position(self) -> PlaybackMark:
        return PlaybackMark(len(self.given), self.audible, 0.0)

    async def cut(self) -> PlaybackMark:
        mark = self.position()
        await asyncio.sleep(0)
        self.audible = len(self.given)
        return mark


class Scene:
    def __init__(self, limit_frames: int = 10**9) -> None:
        self.player, self.told = Player(limit_frames), list[Event]()
        self.voice = Voice(Speaking(), self.player, self.told.append)
        self.said = np.zeros(0, np.int16)

    def say(self, frames: int, item: str = "a") -> None:
        """Each frame of all that is said is another number."""
        sound = np.arange(len(self.said) + 1, len(self.said) + 1 + frames).astype(np.int16)
        self.said = np.concatenate([self.said, sound])
        self.voice.say(item, 0, sound.astype("<i2").tobytes())

    def play(self, frames: int) -> None:
        self.player.play(frames)
        self.voice.progressed(self.player.position())


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 700)),
        st.tuples(st.just("play"), st.integers(0, 900)),
        st.tuples(st.sampled_from(["pause", "resume", "complete", "look"]), st.just(0)),
    ),
    max_size=40,
)


@given(STEPS)
def test_however_often_it_is_paused_the_room_hears_every_frame_once_in_order_and_the_end_is_told_once(
    steps: list[tuple[str, int]],
) -> None:
    async def go() -> None:
        scene, complete, ends = Scene(), False, 0
        for what, frames in steps:
            if what == "say":
                scene.say(frames)
                complete = False
            elif what == "play":
                scene.play(frames)
            elif what == "pause":
                await scene.voice.pause()
            elif what == "resume":
                scene.voice.resume()
            elif what == "complete":
                scene.voice.reply_complete()
                complete = True
            if complete and len(scene.player.room) == len(scene.said):
                ends, complete = ends + 1, False
                assert scene.told == [PlaybackFinished()] * ends
                continue
            assert len(scene.told) == ends
            heard = scene.voice.heard()
            assert np.array_equal(scene.player.room, scene.said[: len(scene.player.room)])
            assert not heard or ends or heard == {("a", 0): len(scene.player.room) // MS}
        scene.voice.resume()
        scene.voice.reply_complete()
        scene.play(len(scene.said))
        assert np.array_equal(scene.player.room, scene.said)
        assert scene.told[-1] == PlaybackFinished()

    asyncio.run(go())


@given(st.lists(st.integers(1, 100), max_size=6), st.integers(0, 300), st.booleans())
def test_a_paused_reply_that_is_cut_ends_where_it_was_paused_and_tells_of_what_came_meanwhile(
    plays_ms: list[int], more_ms: int, went_on: bool
) -> None:
    async def go() -> None:
        scene = Scene()
        scene.say(1000 * MS)
        for play_ms in plays_ms:
            scene.play(play_ms * MS)
            await scene.voice.pause()
            if went_on:
                scene.voice.resume()
        await scene.voice.pause()
        scene.say((more_ms + 1) * MS)
        scene.say(50 * MS, "b")
        cut = await scene.voice.cut()
        assert cut is not None
        assert cut.heard_ms == len(scene.player.room) // MS == sum(plays_ms if went_on else plays_ms[:1])
        assert cut.total_ms == 1000 + more_ms + 1
        assert cut.unheard == (("b", 0),)
        assert not scene.voice.paused
        before = len(scene.player.room)
        scene.say(100 * MS, "c")
        scene.voice.reply_complete()
        scene.play(100 * MS)
        assert len(scene.player.room) == before + 100 * MS
        assert scene.told == [PlaybackFinished()]

    asyncio.run(go())


async def test_while_paused_nothing_sounds_chimes_neither_and_all_of_it_does_afterwards() -> None:
    scene = Scene()
    scene.say(100 * MS)
    await scene.voice.pause()
    scene.voice.chime("error")
    scene.say(10 * MS)
    scene.voice.reply_complete()
    given = len(scene.player.given)
    scene.play(1000 * MS)
    assert len(scene.player.given) == given
    assert scene.told == []
    scene.voice.resume()
    scene.play(1000 * MS)
    assert scene.told == [PlaybackFinished()]
    assert np.array_equal(scene.player.room[: 100 * MS], scene.said[: 100 * MS])
    assert np.array_equal(scene.player.room[-10 * MS :], scene.said[-10 * MS :])
    assert len(scene.player.room) > 300 * MS


async def test_a_reply_that_ended_as_it_was_paused_is_told_to_have_ended() -> None:
    scene = Scene()
    scene.say(100 * MS)
    scene.play(100 * MS)
    await scene.voice.pause()
    scene.voice.reply_complete()
    assert scene.told == [PlaybackFinished()]


async def test_a_card_that_is_lost_in_a_pause_ends_the_reply() -> None:
    scene = Scene()
    scene.say(100 * MS)
    scene.voice.reply_complete()
    await scene.voice.pause()
    scene.voice.lost()
    assert scene.told == [PlaybackFinished(heard=False)]
    scene.voice.resume()
    assert len(scene.player.room) == 0


async def test_a_card_that_is_lost_while_it_is_told_to_pause_leaves_the_next_reply_whole() -> None:
    scene = Scene()
    scene.say(500 * MS)
    scene.play(400 * MS)
    pausing = asyncio.ensure_future(scene.voice.pause())
    await asyncio.sleep(0)
    scene.voice.lost()
    await pausing
    scene.voice.resume()
    scene.say(100 * MS, "b")
    assert scene.voice.heard() == {("b", 0): 0}


async def test_a_card_that_is_away_when_the_reply_is_to_go_on_ends_it() -> None:
    scene = Scene()
    scene.say(100 * MS)
    scene.voice.reply_complete()
    await scene.voice.pause()
    scene.player.format = None
    scene.voice.resume()
    assert scene.told == [PlaybackFinished(heard=False)]


async def test_what_finds_no_room_when_the_reply_goes_on_is_dropped_counted_and_not_waited_for() -> None:
    scene = Scene(limit_frames=300 * MS)
    for _ in range(3):
        scene.say(100 * MS)
    await scene.voice.pause()
    scene.say(100 * MS)
    scene.voice.reply_complete()
    scene.voice.resume()
    assert scene.voice.dropped_ms == pytest.approx(100)
    scene.play(300 * MS)
    assert scene.told == [PlaybackFinished(heard=False)]


async def test_a_pause_keeps_no_more_than_playback_would() -> None:
    scene = Scene()
    await scene.voice.pause()
    for _ in range(int(MOST_WAITING_S) + 3):
        scene.say(1000 * MS)
    assert scene.voice.dropped_ms == pytest.approx(3000)
