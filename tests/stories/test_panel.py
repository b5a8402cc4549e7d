"""Stories of the device's own buttons, lights and mute switch: the whole daemon in a Room, fingers on its contacts.

(Users: mute as something that really stops wake detection; mute by a button with a light that says so.)
"""

import asyncio
import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from oyez import actions as do, events as ev
from oyez.memory import Memory, Remembered
from oyez.vital_signs import LONGEST_SILENCE_S
from oyez_hw.panel_settings import ButtonUse
from oyez_hw.simulated_panel import SimulatedButtons, SimulatedLamps
from tests.doubles.onlooker import onlooker
from tests.doubles.speech import say as speech
from tests.stories.theatre import PATIENT_S, Theatre, services, stage, theatre

STORY, TIME, WAKE = "Tell me a long story about the sea.", "What time is it?", "Hey Jarvis, turn on the kitchen light."

TRIES = 4


def lamps(play: Theatre) -> SimulatedLamps:
    assert isinstance(play.board.lights, SimulatedLamps)
    return play.board.lights


async def move(play: Theatre, use: ButtonUse, closed: bool) -> None:
    """A finger, whose contact bounces."""
    assert isinstance(play.board.buttons, SimulatedButtons)
    await asyncio.to_thread(play.board.buttons.move(use, closed).join)


async def press(play: Theatre) -> None:
    await move(play, "action", True)
    await asyncio.sleep(0.1)
    await move(play, "action", False)


def reads(play: Theatre) -> int:
    """Periods that somebody asked the card for."""
    assert play.board.card is not None
    return play.board.card.microphone.reads


def red(play: Theatre) -> bool:
    """To an eye that looks now: all lamps, and nothing but red."""
    seen = lamps(play).seen()
    return all(lamp.red > 0.05 and lamp.green < 0.01 and lamp.blue < 0.01 for lamp in seen)


async def until(holds: Any, within_s: float = PATIENT_S) -> None:
    """The room and its lamps tell nobody: they are looked at."""
    ends_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends_s, "it did not come"
        await asyncio.sleep(0.005)


def closed(play: Theatre) -> bool:
    """The microphone is: of the card's two parts the loudspeaker alone is open."""
    assert play.board.card is not None
    return play.board.card.open_parts == 1


async def hears(play: Theatre) -> None:
    """The wake word, said again by a person who gets no answer: a busy machine skips scoring."""
    for _ in range(TRIES):
        place = play.now
        await play.say(WAKE).wait()
        with suppress(AssertionError):
            await play.told(ev.WakeHeard, after=place, timeout_s=3.0)
            return
    raise AssertionError(f"deaf: the wake word was said {TRIES} times")


async def test_a_press_talks_a_press_silences_and_a_hold_loses_no_word(tmp_path: Path) -> None:
    """And the lights say each time what the device does."""
    for words in (STORY, TIME):
        speech(words)
    async with theatre(tmp_path) as play:
        await press(play)
        await play.told(ev.ListenAsked)
        await until(lambda: lamps(play).now[0].blue > 0.0 == lamps(play).now[0].red)
        play.say(STORY)
        audible = await play.told(ev.ReplyAudible)
        await until(lambda: lamps(play).now[0].green > lamps(play).now[0].blue)
        await play.loudspeaker_has_played(1.5)
        place = play.now
        await press(play)
        await play.told(ev.StopAsked, after=place)
        cut = await play.told(do.CutReply, after=place)
        assert play.moment(cut) - play.moment(audible) < 3.0, "no second press was waited for"
        await play.shown("idle", after=place)
        await until(lambda: not any(map(max, lamps(play).now)))

        place = play.now
        pressed_s = time.monotonic()
        await move(play, "action", True)
        await play.say(TIME).wait()
        await move(play, "action", False)
        heard = await play.told(ev.TextHeard, after=place)
        assert "what time is it" in heard.text.lower(), "from the first word on, though a hold is known only later"
        opened = await play.told(do.OpenTap, after=place)
        assert pressed_s - 0.05 < opened.since_s < pressed_s + 0.05
        await play.told(ev.ToolAnswered, after=place, name="get_time", ok=True)


async def test_the_mute_switch_closes_the_card_shows_red_and_wins_over_everybody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No sound is read, so no wake word can be heard; the watchdog calls nobody deaf; slid back, it hears again."""
    speech(WAKE)
    caplog.set_level(logging.INFO)
    async with theatre(tmp_path) as play, onlooker(play.broker.port) as looker:
        await move(play, "mute_switch", True)
        await play.told(do.SetMuted, muted=True)
        state = await looker.json("oyez/story/state", muted=True)
        assert state["muted_by"] == ["switch"]
        await until(lambda: red(play) and closed(play))
        before, place = reads(play), play.now
        muted_s = time.monotonic()
        play.say(WAKE)
        await looker.send("oyez/story/set/muted", "OFF")
        refused = await looker.json("oyez/story/event/error", order="set/muted")
        assert "switch" in refused["why"]
        await asyncio.sleep(max(0.0, muted_s + LONGEST_SILENCE_S + 2.0 - time.monotonic()))
        assert reads(play) == before, "muted means no reads"
        assert not any(isinstance(fact, ev.WakeHeard) for _, fact in play.facts[place:])
        deaf = [line for line in caplog.text.splitlines() if "The watchdog is not fed" in line]
        assert not any(organ in line for line in deaf for organ in ("capture", "ears", "scoring"))
        assert red(play)

        seen = len(looker.seen)
        await move(play, "mute_switch", False)
        await until(lambda: reads(play) > before)
        await until(lambda: not red(play))
        assert (await looker.json("oyez/story/state", after=seen, muted=False))["muted_by"] == []
        await hears(play)


async def test_muted_by_the_household_it_starts_without_ever_opening_the_card_and_opens_it_on_order(
    tmp_path: Path,
) -> None:
    """A restart unmutes nobody, not for one period; and the house is up all the same. Brightness is an order too."""
    Memory(tmp_path).keep(Remembered(muted=True))
    async with (
        services(tmp_path) as world,
        onlooker(world.broker.port) as looker,
        stage(world, memory=tmp_path) as play,
    ):
        assert (await looker.json("oyez/story/state", muted=True))["muted_by"] == ["household"]
        await until(lambda: red(play))
        assert reads(play) == 0
        dim = max(lamps(play).now[0])
        await looker.send("oyez/story/set/brightness", "80")
        await looker.json("oyez/story/state", brightness=80)
        await until(lambda: max(lamps(play).now[0]) > 2 * dim)
        place = play.now
        await looker.send("oyez/story/set/muted", "OFF")
        await play.told(do.SetMuted, after=place, muted=False)
        await until(lambda: reads(play) > 0)
