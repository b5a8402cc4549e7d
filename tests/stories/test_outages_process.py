"""The daemon as a process outlives all that it stands on: each service is killed in mid-reply and comes back.

(Users' first complaint of such devices: deaf until somebody restarts them.)
"""

import asyncio
import json
import sys
import time
from pathlib import Path

import pytest

from oyez_hw.wav import write_wav
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, running
from tests.doubles.speech import say as speech
from tests.stories.outside import traced, trouble_shown, write_config
from tests.stories.theatre import Services, services

pytestmark = pytest.mark.long

STORY = "Hey Jarvis, tell me a long story about the sea."
STOP = "Stop. What time is it?"
LIGHT = "Hey Jarvis, turn on the kitchen light."
STEPS: list[tuple[str, dict[str, object]]] = [
    (STORY, {"after": "start", "delay_s": 2.0}),  # the voice service is killed: what was a reply ends
    (STORY, {"after": "reply_ends", "delay_s": 12.0}),  # the backend is killed: the reply goes on
    (STOP, {"after": "reply_begins", "delay_s": 4.0, "level_dbfs": -20.0}),
    (STORY, {"after": "reply_ends", "delay_s": 6.0}),  # the broker is killed
    (STOP, {"after": "reply_begins", "delay_s": 4.0, "level_dbfs": -20.0}),
    (LIGHT, {"after": "reply_ends", "delay_s": 6.0}),
]
"""What is said in the room: by what the room hears, with time enough for a service to come back."""
HEARD_S = 1.5
"""So much of a reply is heard when a service dies: the room takes less for a chime."""
BOARD = """\
name = "simulated"
room_script = "{script}"
"""


def write_script(folder: Path) -> Path:
    for text in {text for text, _ in STEPS}:
        sound, rate_hz = speech(text)
        write_wav(folder / wav_of(text), sound[:, None], rate_hz)
    steps = [{"level_dbfs": -24.0, **when, "wav": wav_of(text)} for text, when in STEPS]
    script = folder / "room.json"
    script.write_text(json.dumps({"steps": steps}))
    return script


def wav_of(text: str) -> str:
    return f"{text.split()[-1].strip('.?')}.wav"


async def a_story_is_told(daemon: Process, after: int) -> int:
    """The wake word was heard and the room hears the middle of the reply. Returns the place in the trace."""
    await traced(daemon, "WakeHeard", after=after)
    begun = await traced(daemon, "ReplyAudible", after=after)
    # The Room runs in real time, by the clock that daemon and test share: what a person has heard is a matter of it.
    await asyncio.sleep(max(0.0, begun["time_s"] + HEARD_S - time.monotonic()))
    return len(daemon.lines)


async def brought_back(service: Process) -> None:
    seen = len(service.lines)
    await service.start()
    await service.line("listening on ", after=seen)


async def test_one_process_answers_after_each_service_was_killed_in_mid_reply(tmp_path: Path) -> None:
    async with services(tmp_path, token_lifetime_s=10) as world:
        board = BOARD.format(script=write_script(tmp_path))
        command = [sys.executable, "-m", "oyez", "run", "--config", str(write_config(tmp_path, world, board))]
        async with running([*command, "--trace", "/dev/stdout"]) as daemon:
            await voice_service_is_killed(daemon, world)
            await backend_is_killed(daemon, world)
            await broker_is_killed(daemon, world)
            assert daemon.returncode is None, "the daemon fell down"
            assert await daemon.terminate(timeout_s=3.0) == 0


async def voice_service_is_killed(daemon: Process, world: Services) -> None:
    place = await a_story_is_told(daemon, 0)
    async with onlooker(world.broker.port) as looker:
        await world.local.kill()
        lost = await traced(daemon, "SessionLost", after=place)
        # The backend may have said before that it gets no tokens any more, in words that the loss repeats.
        assert await trouble_shown(looker, {lost["reason"]}, 0) in lost["sentence"]
    await brought_back(world.local)


async def backend_is_killed(daemon: Process, world: Services) -> None:
    place = await a_story_is_told(daemon, len(daemon.lines))
    async with onlooker(world.broker.port) as looker:
        await world.backend.kill()
        lost = await traced(daemon, "TroubleFound", after=place, kind="backend_away")
        assert await trouble_shown(looker, {"backend_away"}, 0) == lost["sentence"]
    await brought_back(world.backend)
    await traced(daemon, "TroubleGone", after=place, kind="backend_away")
    await traced(daemon, "ToolAnswered", after=place, name="get_time", ok=True)


async def broker_is_killed(daemon: Process, world: Services) -> None:
    place = await a_story_is_told(daemon, len(daemon.lines))
    await world.broker.kill()
    await traced(daemon, "TroubleFound", after=place, kind="broker_away")
    await world.broker.start()
    await traced(daemon, "TroubleGone", after=place, kind="broker_away")
    await traced(daemon, "ToolAnswered", after=place, name="get_time", ok=True)
    async with onlooker(world.broker.port) as looker:
        place = len(daemon.lines)
        await traced(daemon, "WakeHeard", after=place)
        assert (await looker.until("house/light/kitchen_light/set")).payload == b"ON"
        await traced(daemon, "ToolAnswered", after=place, name="set_light", ok=True)
        await traced(daemon, "PlaybackFinished", after=place)
        await trouble_shown(looker, {None}, 0)
