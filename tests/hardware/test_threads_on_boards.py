"""Capture and Playback on real drivers: what was cut is what the room did not hear."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from oyez_hw.capture import Capture
from oyez_hw.playback import Playback, PlaybackMark
from oyez_hw.ports import HardwareError
from tests.hardware.bench import Bench


@pytest.fixture
def capture(any_bench: Bench) -> Iterator[Capture]:
    made = Capture(any_bench.microphone)
    yield made
    made.stop()  # before the card is closed under its thread


@pytest.fixture
def playback(any_bench: Bench) -> Iterator[Playback]:
    made = Playback(any_bench.speaker)
    yield made
    made.stop()


async def drain(capture: Capture) -> None:
    async for _ in capture.frames():
        continue


async def test_a_cut_tells_exactly_how_much_sound_the_room_heard(
    any_bench: Bench, capture: Capture, playback: Playback
) -> None:
    loop = asyncio.get_running_loop()
    capture.start(loop)
    card = playback.start(loop)
    audible = asyncio.Event()
    playback.on_progress = lambda mark: audible.set() if mark.frames_audible > card.rate_hz // 4 else None
    assert playback.put(np.full(card.rate_hz, 1000, np.int16)) == 0
    await asyncio.wait_for(audible.wait(), 5)
    before = loop.time()
    mark = await playback.cut()
    assert loop.time() - before < 0.5
    assert playback.queued_frames == 0
    async with asyncio.timeout(5):  # so that the room has certainly heard what was audible
        async for frame in capture.frames():
            if frame.time_s > mark.time_s + 0.2:
                break
    capture.stop()
    playback.stop()
    heard = any_bench.room.heard.read(0, any_bench.room.heard.end)
    assert np.count_nonzero(heard[:, 0]) == pytest.approx(mark.frames_audible, abs=card.rate_hz * 0.005)
    assert np.array_equal(heard[:, 0], heard[:, 1])
    last_s = any_bench.room.monotonic_s(np.nonzero(heard[:, 0])[0][-1] / card.rate_hz)
    assert last_s < mark.time_s + 0.02
    assert capture.frames_dropped == 0


async def test_a_finished_capture_leaves_the_card_to_others_and_begins_again(
    any_bench: Bench, capture: Capture
) -> None:
    """As for a muted microphone: nothing is read any more, and nobody had to wait for that."""
    loop = asyncio.get_running_loop()
    capture.start(loop)
    frames = capture.frames()
    async with asyncio.timeout(5):
        await anext(frames)
        capture.finish()
        assert [frame async for frame in frames][2:] == [], "what was being read, and no more"
    read = capture.frames_read
    any_bench.second_microphone.open()
    any_bench.second_microphone.close()
    assert capture.frames_read == read
    capture.start(loop)
    async with asyncio.timeout(5):
        await anext(capture.frames())


async def test_sound_put_after_a_cut_is_heard_and_counted_on(playback: Playback) -> None:
    loop = asyncio.get_running_loop()
    card = playback.start(loop)
    playback.put(np.full(card.rate_hz, 1000, np.int16))
    await playback.cut()
    start = playback.put(np.full(card.rate_hz // 5, 2000, np.int16))
    assert start == card.rate_hz
    finished: asyncio.Future[PlaybackMark] = loop.create_future()

    def look(mark: PlaybackMark) -> None:
        if mark.frames_audible >= start + card.rate_hz // 5 and not finished.done():
            finished.set_result(mark)

    playback.on_progress = look
    mark = await asyncio.wait_for(finished, 5)
    playback.stop()
    assert mark.frames_audible == mark.frames_written == start + card.rate_hz // 5


async def test_an_unplugged_card_ends_both_threads_with_an_error_and_both_start_again(
    any_bench: Bench, capture: Capture, playback: Playback
) -> None:
    loop = asyncio.get_running_loop()
    capture.start(loop)
    playback.start(loop)
    any_bench.unplug()
    async with asyncio.timeout(5):
        with pytest.raises(HardwareError, match="gone"):
            await drain(capture)
        with pytest.raises(HardwareError, match="gone"):
            await playback.ended()
    with pytest.raises(HardwareError, match="not open"):
        playback.put(np.zeros(10, np.int16))
    await playback.cut()
    any_bench.replug()
    capture.start(loop)
    playback.start(loop)
    async with asyncio.timeout(5):
        async for _ in capture.frames():
            break
    playback.put(np.zeros(10, np.int16))
    capture.stop()
    playback.stop()


async def test_an_idle_loudspeaker_is_kept_running_a_little_ahead(playback: Playback) -> None:
    loop = asyncio.get_running_loop()
    card = playback.start(loop)
    leads: list[float] = []
    enough = asyncio.Event()

    def look(samples: np.ndarray, audible_s: float) -> None:
        leads.append(audible_s + len(samples) / card.rate_hz - playback.last_write_s)
        if len(leads) >= 15:
            enough.set()

    playback.on_played = look
    await asyncio.wait_for(enough.wait(), 5)
    playback.stop()
    assert max(leads) < 0.06
