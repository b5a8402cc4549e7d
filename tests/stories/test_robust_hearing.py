"""A machine that is too busy and a disk that hangs: sound is lost in counted, bounded pieces, and nothing else is.

The daemon is a process on a virtual ALSA card whose clock and room run on in this one. Stolen time is stopped time:
SIGSTOP takes the processor from every thread of it at once, as a busy host takes it from a virtual machine. A FIFO in
place of a file is a disk that never answers: opening it to write blocks.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from oyez_hw import virtual_card
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from tests.doubles.processes import Process, ProcessFailed, running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced, write_config
from tests.stories.theatre import services
from tests.stories.understanding import understood

BOARD = f"""\
name = "alsa"
capture_device = "{virtual_card.MICROPHONE}"
playback_device = "{virtual_card.LOUDSPEAKER}"
capture_rate_hz = 16000
"""
REQUEST = "Hey Jarvis, turn on the kitchen light."
STOLEN_S, SHARE = 0.03, 0.3
"""Three tenths, in pieces that are longer than the card's period."""
LEAST_LEFT_S = 0.02
STARVED = 0.05
"""Of the time a quiet machine keeps no thread of ours waiting for a processor for so long."""
STALL_S = 0.6
"""Longer than the microphone's buffer (320 ms) and the loudspeaker's (100 ms)."""
MOST_UNDERRUNS_IN_A_REPLY = 2
"""At its edges, where only 20 ms of silence are written ahead; in its middle 100 ms are."""

pytestmark = pytest.mark.long


@pytest.fixture
def card(tmp_path: Path) -> Iterator[virtual_card.VirtualCard]:
    if reason := virtual_card.missing():
        pytest.skip(f"virtual ALSA card: {reason}")
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    speech(REQUEST)  # made now: it takes this process half a second, in which the card's room stands still
    room = Room(PcmFormat(16_000, 1), PcmFormat(48_000, 2), RoomSettings(), epoch_s=time.monotonic())
    made = virtual_card.VirtualCard(tmp_path / "card", room)
    made.start()
    yield made
    made.stop()


@asynccontextmanager
async def a_daemon(folder: Path, card: virtual_card.VirtualCard, state: Path | None = None) -> AsyncIterator[Process]:
    """It hears. state: its state folder."""
    async with services(folder) as world:
        command = [sys.executable, "-m", "oyez", "run", "--config", str(write_config(folder, world, BOARD))]
        env = card.environment | ({"STATE_DIRECTORY": str(state)} if state else {})
        async with running([*command, "--trace", "/dev/stdout"], env=env) as daemon:
            await daemon.line("Listening for hey_jarvis")
            yield daemon


@asynccontextmanager
async def robbed(daemon: Process) -> AsyncIterator[list[float]]:
    """Three tenths of the daemon's time are stolen meanwhile; yields how long each piece really was, in s."""
    stolen: list[float] = []

    async def steal() -> None:
        begun_s = time.monotonic()
        while True:
            stolen.append(await stalled(daemon, STOLEN_S))
            # By the share and not by the pause: on a busy machine this thief oversleeps.
            await asyncio.sleep(max(LEAST_LEFT_S, begun_s + sum(stolen) / SHARE - time.monotonic()))

    thief = asyncio.create_task(steal())
    try:
        yield stolen
    finally:
        thief.cancel()
        with suppress(asyncio.CancelledError):
            await thief


@contextmanager
def on_a_machine_that_has_time(daemon: Process) -> Iterator[None]:
    """What fails while other programs keep the daemon from running shows nothing of what the test steals."""
    begun_s, before_s = time.monotonic(), waited_s(daemon.pid)
    try:
        yield
    except (AssertionError, ProcessFailed) as failed:
        share = (waited_s(daemon.pid) - before_s) / (time.monotonic() - begun_s)
        if share < STARVED:
            raise
        pytest.skip(f"other programs kept the daemon waiting for {share:.0%} of the time: {failed}")


def waited_s(pid: int) -> float:
    """So long its threads that read, write and hear were ready to run, and no processor had time for them."""
    waited_ns = [int(file.read_text().split()[1]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return max(waited_ns, default=0) / 1e9


async def stalled(daemon: Process, seconds: float) -> float:
    """Nothing of it runs for so long; tells how long it really was."""
    begun_s = time.monotonic()
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    return time.monotonic() - begun_s


def losses(card: virtual_card.VirtualCard) -> tuple[int, int]:
    """Overruns of the microphone and underruns of the loudspeaker, as the card itself counted them."""
    return card._microphone.get("xruns"), card._loudspeaker.get("xruns")


async def a_light_is_switched(
    daemon: Process, card: virtual_card.VirtualCard, stall_reply_s: float = 0.0
) -> tuple[str, str]:
    """Said in one breath. Returns what the service heard, and what a person in the room understood of the answer."""
    place = len(daemon.lines)
    card.room.say(*speech(REQUEST), level_dbfs=-24.0)
    await traced(daemon, "WakeHeard", after=place)
    heard = await traced(daemon, "TextHeard", after=place)
    await traced(daemon, "ToolAnswered", after=place, ok=True)
    begun = await traced(daemon, "ReplyAudible", after=place)
    _, underruns = losses(card)
    if stall_reply_s:
        await asyncio.sleep(0.5)
        await stalled(daemon, stall_reply_s)
    ended = await traced(daemon, "PlaybackFinished", after=place)
    assert ended["heard"], "part of the reply was lost"
    assert losses(card)[1] - underruns <= MOST_UNDERRUNS_IN_A_REPLY, "the reply was choppy"
    await traced(daemon, "CloseSession", after=place)
    return str(heard["text"]), await understood(card.room, begun["time_s"], ended["time_s"])


async def test_with_three_tenths_of_the_processor_stolen_no_sound_is_lost(
    tmp_path: Path, card: virtual_card.VirtualCard
) -> None:
    """The first word is whole and so is the answer. (Users: choppy on small machines; first word cut.)"""
    async with a_daemon(tmp_path, card) as daemon:
        overruns, underruns = losses(card)
        begun_s = time.monotonic()
        with on_a_machine_that_has_time(daemon):
            async with robbed(daemon) as stolen:
                for _ in range(2):
                    heard, understood_as = await a_light_is_switched(daemon, card)
                    assert heard.lower().startswith("turn on the kitchen light"), heard
                    assert "light is on" in understood_as.lower(), understood_as
            assert sum(stolen) > 0.27 * (time.monotonic() - begun_s), "not enough was stolen to show anything"
            assert losses(card)[0] == overruns
            assert losses(card)[1] - underruns <= len(stolen), "more silence was lost than pieces of time"


async def test_a_machine_that_stands_still_loses_one_piece_of_sound_and_hears_on(
    tmp_path: Path, card: virtual_card.VirtualCard
) -> None:
    """0.6 s at a time, in silence and in the middle of an answer. (Users: deaf until restarted.)"""
    async with a_daemon(tmp_path, card) as daemon:
        before, _ = losses(card)
        for count in (1, 2):
            await stalled(daemon, STALL_S)
            await asyncio.sleep(0.5)
            assert losses(card)[0] == before + count, "each stall is one overrun"
        heard, understood_as = await a_light_is_switched(daemon, card, STALL_S)
        assert heard.lower().startswith("turn on the kitchen light"), heard
        assert "is on" in understood_as.lower(), understood_as  # the stall fell into a word; the rest came after it
        assert losses(card)[0] == before + 3
        heard, understood_as = await a_light_is_switched(daemon, card)
        assert heard.lower().startswith("turn on the kitchen light"), heard
        assert "light is on" in understood_as.lower(), understood_as
        assert await daemon.terminate(timeout_s=3.0) == 0


async def test_a_disk_that_never_answers_stops_neither_sound_nor_the_end(
    tmp_path: Path, card: virtual_card.VirtualCard
) -> None:
    """Mute and volume, spending, the record of tool calls: all of it waits, the conversation does not."""
    state = tmp_path / "state"
    state.mkdir()
    for name in ("remembered.new", "spending.new", "tool-calls.jsonl"):
        os.mkfifo(state / name)
    async with a_daemon(tmp_path, card, state) as daemon:
        before, _ = losses(card)
        for _ in range(2):
            heard, understood_as = await a_light_is_switched(daemon, card)
            assert heard.lower().startswith("turn on the kitchen light"), heard
            assert "light is on" in understood_as.lower(), understood_as
        assert losses(card)[0] == before
        assert await daemon.terminate(timeout_s=4.0) == 0
        assert any("The disk does not answer" in line for line in daemon.lines)
