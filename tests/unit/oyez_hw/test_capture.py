"""Capture: frames in order into the loop, bounded, ended cleanly."""

import asyncio

import pytest

from oyez_hw.capture import Capture
from oyez_hw.ports import HardwareError
from oyez_hw.sound_watch import SoundWatch
from tests.unit.oyez_hw.cards import GONE, ScriptedMicrophone


async def collect(capture: Capture) -> list[int]:
    return [int(frame.samples[0, 0]) async for frame in capture.frames()]


async def test_frames_come_in_order_and_then_the_error_that_ended_the_thread() -> None:
    capture = Capture(ScriptedMicrophone(5, GONE))
    capture.start(asyncio.get_running_loop())
    frames = capture.frames()
    assert [int((await anext(frames)).samples[0, 0]) for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(HardwareError, match="gone"):
        await anext(frames)
    assert (capture.frames_read, capture.last_frame_s, capture.frames_dropped) == (5, pytest.approx(0.05), 0)


async def test_past_the_bound_the_oldest_frames_are_dropped_and_counted() -> None:
    microphone = ScriptedMicrophone(30, GONE)
    capture = Capture(microphone, buffer_s=0.1)
    capture.start(asyncio.get_running_loop())
    assert microphone.delivered.wait(5)  # the loop is busy all that time
    frames = capture.frames()
    first = await anext(frames)
    assert int(first.samples[0, 0]) == 21
    assert capture.frames_dropped == 20


async def test_stop_ends_the_frames_and_closes_the_card() -> None:
    microphone = ScriptedMicrophone(3)
    capture = Capture(microphone)
    capture.start(asyncio.get_running_loop())
    reading = asyncio.create_task(collect(capture), name="reading")
    assert await asyncio.to_thread(microphone.delivered.wait, 5)
    microphone.release.set()
    capture.stop()
    assert (await asyncio.wait_for(reading, 5))[:3] == [1, 2, 3]
    assert microphone.closed
    capture.stop()


async def test_a_bug_in_the_thread_is_not_swallowed() -> None:
    capture = Capture(ScriptedMicrophone(0, ZeroDivisionError("ours")))
    capture.start(asyncio.get_running_loop())
    with pytest.raises(ZeroDivisionError, match="ours"):
        await collect(capture)


async def test_frames_before_start_and_a_second_start_are_refused() -> None:
    microphone = ScriptedMicrophone(1)
    capture = Capture(microphone)
    with pytest.raises(RuntimeError, match="start"):
        await collect(capture)
    capture.start(asyncio.get_running_loop())
    with pytest.raises(RuntimeError, match="stop"):
        capture.start(asyncio.get_running_loop())
    microphone.release.set()
    capture.stop()


async def test_a_card_that_can_be_read_and_gives_nothing_is_lost_when_it_is_watched() -> None:
    """Its periods are counted, and none of them as sound."""
    for watch, told in ((SoundWatch(zeros_s=0.05), "nothing but zeros"), (None, "gone")):
        capture = Capture(ScriptedMicrophone(30, GONE), watch=watch)
        capture.start(asyncio.get_running_loop())
        with pytest.raises(HardwareError, match=told):
            await collect(capture)
        assert (capture.frames_sounding == 0) == (watch is not None)
        capture.stop()
