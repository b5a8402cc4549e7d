"""The voice on a player that plays exactly as far as it is told."""

import itertools

import numpy as np
import pytest
from hypothesis import given, strategies as st

from oyez.config import Speaking
from oyez.events import Event, PlaybackFinished
from oyez.speaking.voice import Voice
from oyez_hw.crossing import OutboxFull
from oyez_hw.ledger import PlaybackMark
from oyez_hw.pcm import PcmFormat
from oyez_hw.ports import HardwareError


class Player:
    """Keeps what was put; `audible` is how far it has played."""

    def __init__(self, rate_hz: int = 48_000, limit_frames: int = 10**9) -> None:
        self.format: PcmFormat | None = PcmFormat(rate_hz, 1)
        self.put_frames = 0
        self.audible = 0
        self.limit_frames = limit_frames
        self.queued: list[np.ndarray] = []

    def put(self, samples: np.ndarray) -> int:
        if self.format is None:
            raise HardwareError("the loudspeaker is away")
        if self.put_frames + len(samples) - self.audible > self.limit_frames:
            raise OutboxFull("too much is queued")
        self.queued.append(samples)
        self.put_frames += len(samples)
        return self.put_frames - len(samples)

    def position(self) -> PlaybackMark:
        return PlaybackMark(self.put_frames, self.audible, 0.0)

    async def cut(self) -> PlaybackMark:
        mark = PlaybackMark(self.put_frames, self.audible, 0.0)
        self.audible = self.put_frames
        return mark


class Scene:
    def __init__(self, player: Player, config: Speaking | None = None) -> None:
        self.player, self.told = player, list[Event]()
        self.voice = Voice(config or Speaking(), player, self.told.append)

    def play(self, frames: int) -> None:
        self.player.audible = min(self.player.put_frames, self.player.audible + frames)
        self.voice.progressed(self.player.position())


def pcm(ms: int) -> bytes:
    return (8000 * np.sin(np.arange(ms * 24) * 0.1)).astype("<i2").tobytes()


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100, 48_000])
@given(cuts=st.lists(st.integers(0, 24_000), max_size=12))
def test_deltas_of_any_size_play_to_their_last_sample(rate_hz: int, cuts: list[int]) -> None:
    scene, sound = Scene(Player(rate_hz)), pcm(500)
    edges = [0, *sorted(cuts), len(sound)]
    for start, end in itertools.pairwise(edges):
        scene.voice.say("a", 0, sound[start:end])
    scene.voice.reply_complete()
    assert scene.player.put_frames == rate_hz // 2
    assert scene.told == []
    scene.play(rate_hz // 2 - 1)
    assert scene.told == []
    scene.play(1)
    assert scene.told == [PlaybackFinished()]


def test_with_nothing_queued_a_reply_is_over_at_once_and_told_once() -> None:
    scene = Scene(Player())
    scene.voice.reply_complete()
    scene.play(1000)
    assert scene.told == [PlaybackFinished()]


async def test_a_cut_tells_what_was_heard_and_the_next_reply_begins_anew() -> None:
    scene = Scene(Player())
    scene.voice.chime("wake")
    chime_frames = scene.player.put_frames
    scene.voice.say("a", 0, pcm(400))
    scene.voice.say("b", 1, pcm(400))
    scene.play(chime_frames + 48 * 250)
    assert scene.voice.heard() == {("a", 0): 250, ("b", 1): 0}
    cut = await scene.voice.cut()
    assert cut is not None
    assert (cut.item_id, cut.content_index, cut.heard_ms, cut.total_ms) == ("a", 0, 250, 400)
    assert cut.unheard == (("b", 1),)
    assert await scene.voice.cut() is None
    assert scene.told == []
    scene.voice.say("c", 0, pcm(100))
    scene.voice.reply_complete()
    scene.play(48 * 100)
    assert scene.told == [PlaybackFinished()]


def test_chimes_are_not_waited_for() -> None:
    scene = Scene(Player())
    scene.voice.say("a", 0, pcm(100))
    scene.voice.reply_complete()
    scene.voice.chime("done")
    scene.play(48 * 100)
    assert scene.told == [PlaybackFinished()]
    assert scene.player.put_frames > 48 * 100


def test_chimes_can_be_switched_off() -> None:
    scene = Scene(Player(), Speaking(chimes=False))
    scene.voice.chime("wake")
    assert scene.player.put_frames == 0


def test_a_reply_of_two_minutes_fits_and_what_is_past_the_bound_is_dropped_and_counted() -> None:
    scene = Scene(Player(limit_frames=48_000 * 180))
    for _ in range(190):
        scene.voice.say("a", 0, pcm(1000))
    scene.voice.reply_complete()
    assert scene.player.put_frames >= 48_000 * 179
    assert scene.voice.dropped_ms == pytest.approx(10_000, abs=1100)
    scene.play(48_000 * 200)
    assert scene.told == [PlaybackFinished(heard=False)]


def test_with_the_card_away_nothing_waits_for_ever() -> None:
    scene = Scene(Player())
    scene.player.format = None
    scene.voice.chime("wake")
    scene.voice.say("a", 0, pcm(500))
    scene.voice.reply_complete()
    assert scene.told == [PlaybackFinished(heard=False)]
    assert scene.voice.dropped_ms > 400


def test_a_card_lost_while_a_reply_plays_ends_the_reply() -> None:
    scene = Scene(Player())
    scene.voice.say("a", 0, pcm(500))
    scene.voice.reply_complete()
    scene.voice.lost()
    assert scene.told == [PlaybackFinished(heard=False)]
    scene.voice.lost()
    assert scene.told == [PlaybackFinished(heard=False)]
    assert scene.voice.heard() == {}


def test_what_was_lost_is_told_once_and_the_next_reply_is_heard_again() -> None:
    scene = Scene(Player())
    scene.voice.say("a", 0, pcm(500))
    scene.voice.lost()  # in the middle of it: the rest comes when the card is back
    scene.voice.say("a", 0, pcm(500))
    scene.voice.reply_complete()
    scene.play(48 * 1000)
    scene.voice.say("b", 0, pcm(100))
    scene.voice.reply_complete()
    scene.play(48 * 100)
    assert scene.told == [PlaybackFinished(heard=False), PlaybackFinished()]


def test_a_card_lost_when_all_so_far_was_heard_took_nothing_away() -> None:
    scene = Scene(Player())
    scene.voice.say("a", 0, pcm(100))
    scene.play(48 * 100)
    scene.voice.lost()
    scene.voice.reply_complete()
    assert scene.told == [PlaybackFinished()]


async def test_what_a_cut_reply_lost_is_not_told_of_the_next_one() -> None:
    scene = Scene(Player(limit_frames=48 * 600))
    for _ in range(2):
        scene.voice.say("a", 0, pcm(500))
    assert scene.voice.dropped_ms > 0
    await scene.voice.cut()
    scene.voice.say("b", 0, pcm(100))
    scene.voice.reply_complete()
    scene.play(48 * 100)
    assert scene.told == [PlaybackFinished()]
