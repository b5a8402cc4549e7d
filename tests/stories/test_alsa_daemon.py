"""The whole daemon as a process on an ALSA card: alsa-lib and pyalsaaudio for real, the card and its room virtual.

(Users' complaints: deaf after a card was unplugged; six-channel arrays that nobody tried; the reply at a wrong pitch.)
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oyez_hw import virtual_card
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Ear, Room, RoomSettings
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced, trouble_shown, write_config
from tests.stories.theatre import services
from tests.stories.understanding import understood

MICROPHONES, LOUDSPEAKER = PcmFormat(16_000, 6), PcmFormat(48_000, 2)
BOARD = """\
name = "alsa"
capture_device = "{microphone}"
playback_device = "{loudspeaker}"
capture_rate_hz = 16000
capture_channels = 6
playback_rate_hz = 48000
playback_channels = 2
"""


@pytest.fixture
def card(tmp_path: Path) -> Iterator[virtual_card.VirtualCard]:
    """Six microphones of unlike loudness and a stereo loudspeaker that they hear, in a noisy room."""
    if reason := virtual_card.missing():
        pytest.skip(f"virtual ALSA card: {reason}")
    pytest.importorskip("alsaaudio", reason="the extra `board` is not installed")
    ears = tuple(Ear(gain_db=-1.0 * channel, delay_s=channel / 16_000) for channel in range(MICROPHONES.channels))
    room = Room(MICROPHONES, LOUDSPEAKER, RoomSettings(ears=ears), epoch_s=time.monotonic())
    made = virtual_card.VirtualCard(tmp_path / "card", room)
    made.start()
    yield made
    made.stop()


def request(word: str) -> str:
    return f"Hey Jarvis, turn {word} the kitchen light."


async def a_light_is_switched(daemon: Process, card: virtual_card.VirtualCard, word: str) -> str:
    """Wake word, request, tool, spoken answer. Returns what a person in the room understood of the answer."""
    place = len(daemon.lines)
    card.room.say(*speech(request(word)), level_dbfs=-24.0)
    await traced(daemon, "WakeHeard", after=place)
    await traced(daemon, "ToolCalled", after=place, arguments={"name": "kitchen light", "on": word == "on"})
    await traced(daemon, "ToolAnswered", after=place, ok=True)
    begun = await traced(daemon, "ReplyAudible", after=place)
    card.force_playback_xrun()  # as on a busy machine: it must not cost a word
    ended = await traced(daemon, "PlaybackFinished", after=place)
    assert ended["heard"], "part of the reply was lost"
    await traced(daemon, "CloseSession", after=place)
    return await understood(card.room, begun["time_s"], ended["time_s"])


async def test_it_answers_on_a_real_card_and_hears_again_after_the_card_was_unplugged(
    tmp_path: Path, card: virtual_card.VirtualCard
) -> None:
    """One process throughout: nobody restarts it."""
    for word in ("on", "off"):
        speech(request(word))  # made now: it takes this process half a second, in which the card's room stands still
    async with services(tmp_path) as world, onlooker(world.broker.port) as looker:
        board = BOARD.format(microphone=virtual_card.MICROPHONE, loudspeaker=virtual_card.LOUDSPEAKER)
        command = [sys.executable, "-m", "oyez", "run", "--config", str(write_config(tmp_path, world, board))]
        async with running([*command, "--trace", "/dev/stdout"], env=card.environment) as daemon:
            await daemon.line("Listening for hey_jarvis")
            assert "light is on" in (await a_light_is_switched(daemon, card, "on")).lower()

            place, seen = len(daemon.lines), len(looker.seen)
            card.unplug()
            await traced(daemon, "TroubleFound", after=place, kind="microphone")
            await traced(daemon, "TroubleFound", after=place, kind="loudspeaker")
            sentence = await trouble_shown(looker, {"microphone", "loudspeaker"}, seen)
            assert "plug" in sentence, sentence

            seen = len(looker.seen)
            card.replug()
            await traced(daemon, "TroubleGone", after=place, kind="microphone")
            await traced(daemon, "TroubleGone", after=place, kind="loudspeaker")
            await trouble_shown(looker, {None}, seen)
            assert "light is off" in (await a_light_is_switched(daemon, card, "off")).lower()
            assert await daemon.terminate(timeout_s=3.0) == 0
