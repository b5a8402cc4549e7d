"""The voice service is away and a local server is in the house: lights and machines obey as ever, it is said once, and
the service has the next conversation when it is back.

The wake words are recordings of people, and so is the order for coffee; nobody has recorded an order for a light, that
is a synthetic voice.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soxr

from oyez import actions as do, events as ev
from oyez.config import Hearing, Parameter, Tool
from oyez.secret import Secret
from oyez.session.choice import SENTENCES
from oyez.session.local_server import LocalServer
from tests.doubles import recordings
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import free_port, running
from tests.doubles.speech import say as speech
from tests.stories.outside import trouble_shown
from tests.stories.theatre import LIGHT, PATIENT_S, Theatre, patient, services, stage

KEY = "key-of-the-house"
COFFEE = Tool(
    name="coffee_machine",
    description="Give the coffee machine of the house a command.",
    topic="house/coffee/set",
    payload="{command}",
    answer="Coffee is coming.",
    parameters={"command": Parameter(description="What to make.")},
)
SMALL_MOCHA = "pv_ec21e470"
"""Make me a small mocha."""


@asynccontextmanager
async def in_the_house(folder: Path) -> AsyncIterator[LocalServer]:
    """A second `oyez-local`, with a key of its own."""
    port = free_port()
    command = [sys.executable, "-m", "oyez_local", "serve", "--port", str(port), "--api-key", KEY]
    async with running([*command, "--log-events", folder / "house.jsonl"], ready="listening on ", ready_timeout_s=60):
        yield LocalServer(f"ws://127.0.0.1:{port}/v1/realtime", Secret(KEY))


@asynccontextmanager
async def a_house_with_both(folder: Path, *, backend_away: bool = False) -> AsyncIterator[Theatre]:
    async with services(folder, local_options=["--voice-engine", "espeak"]) as world, in_the_house(folder) as local:
        if backend_away:
            await world.backend.kill()
        sections = {"hearing": Hearing(wake_words=("alexa",)), "tools": [LIGHT, COFFEE]}
        async with stage(world, local=local, conversation=patient(patience_s=1.0), **sections) as play:
            yield play


def spoken(text: str) -> recordings.Mono:
    sound, rate_hz = speech(text)
    resampled: recordings.Mono = soxr.resample(sound.astype(np.int16), rate_hz, recordings.RATE_HZ)
    return resampled


async def ask(play: Theatre, order: recordings.Mono, nth: int = 0) -> int:
    """Says the order behind a wake word; returns from where on it is told what becomes of it."""
    place = play.now
    play.play(recordings.in_one_breath(recordings.wake_word(nth=nth), order), recordings.RATE_HZ)
    await play.told(ev.WakeHeard, after=place)
    return place


async def over(play: Theatre, place: int) -> None:
    await play.told(do.CloseSession, after=place, timeout_s=PATIENT_S)


def count(play: Theatre, kind: type[object]) -> int:
    return sum(isinstance(fact, kind) for _, fact in play.facts)


@pytest.mark.long
async def test_with_only_the_local_server_orders_are_carried_out_and_it_is_told_once(tmp_path: Path) -> None:
    """The service is away from the start: in three conversations coffee is ordered, a light switched and a timer set.
    Behind the first of them people hear of it."""
    async with a_house_with_both(tmp_path, backend_away=True) as play, onlooker(play.broker.port) as looker:
        place = await ask(play, recordings.order(SMALL_MOCHA))
        coffee = await looker.until("house/coffee/set")
        assert b"mocha" in coffee.payload
        await play.told(ev.TextSaid, after=place, text=SENTENCES["unreachable"])
        await over(play, place)
        assert await trouble_shown(looker, {"line_local"}, 0) == SENTENCES["unreachable"]
        place = await ask(play, spoken("Turn on the kitchen light."), nth=2)
        await looker.until("house/light/kitchen_light/set", lambda payload: payload == b"ON")
        await over(play, place)
        place = await ask(play, spoken("Set a timer for five minutes."), nth=3)
        await play.told(ev.ToolAnswered, after=place, name="set_timer", ok=True)
        await looker.json("oyez/story/state", timers_count=1)
        await over(play, place)
        assert sum(fact == do.SayText(SENTENCES["unreachable"]) for _, fact in play.facts) == 1
        assert count(play, ev.LineFellBack) == 1
        assert count(play, ev.SessionLost) == 0
        assert play.at_server() == []


async def test_a_service_that_dies_in_mid_reply_is_followed_by_the_local_server_and_returns(tmp_path: Path) -> None:
    """The story goes on, and what is asked next is done; the house hears of no lost session. When the service is back
    it has the next conversation."""
    async with a_house_with_both(tmp_path) as play, onlooker(play.broker.port) as looker:
        place = await ask(play, spoken("Tell me a long story about the sea."))
        await play.told(ev.ReplyAudible, after=place)
        await play.loudspeaker_has_played(0.5)
        place = play.now
        await play.local.kill()
        await play.told(ev.LineFellBack, after=place)
        await trouble_shown(looker, {"line_local"}, 0)
        seen = len(looker.seen)
        await play.told(ev.ReplyBegun, after=place)
        await play.told(ev.ReplyAudible, after=place)
        await play.local.start()
        await play.local.line("listening on ", after=1, timeout_s=60)
        play.play(spoken("Stop. What time is it?"), recordings.RATE_HZ, level_dbfs=-20.0)
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)
        await over(play, place)
        assert count(play, ev.SessionLost) == 0
        await play.told(ev.LineReturned, after=place)
        await trouble_shown(looker, {None}, seen)
        asked = len(play.at_server())
        place = await ask(play, spoken("Turn off the kitchen light."))
        await looker.until("house/light/kitchen_light/set", lambda payload: payload == b"OFF")
        await over(play, place)
        called = [line["type"] for line in play.at_server()[asked:]]
        assert "response.function_call_arguments.done" in called
        assert count(play, ev.LineFellBack) == count(play, ev.LineReturned) == 1
