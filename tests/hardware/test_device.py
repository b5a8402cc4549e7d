"""Oyez alive on a board while things happen to it. What it tells on MQTT counts, and what its loudspeaker sounds.

The short forms run in the simulated Room and, where the process itself must die, on the virtual card; the long ones on
both, and more often. Of interruptions the short form is tests/stories/test_barge_in.py.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.hardware.device import WAKE, Device
from tests.hardware.report.collecting import Figures
from tests.hardware.rig.hands import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
STORY, TIME = "Tell me a long story about the sea.", "What time is it?"
LISTENED_S = 1.5
"""So much of a reply is heard before somebody interrupts."""
LATEST_CUT_S = {"virtual": 2.0}
"""A power cut comes at a random moment within so much after the start began."""
MANY_CUTS = 20
TRIES = 3
SEEN_S = 5.0
SETTLED_S = 2.0
"""What was set so long before a cut must be there after it."""


async def woken_by(device: Device) -> float:
    """Says the wake word until it is heard, a few times at most; returns by how much later than its end it was told,
    in s: less than none, if its beginning was enough."""
    for _ in range(TRIES):
        telling = asyncio.create_task(told_at(device, device.now))
        said_s = await device.say(WAKE)
        if await came(telling):
            await device.at_rest()
            return telling.result() - said_s
    raise AssertionError(f"{WAKE} was said {TRIES} times and never heard")


async def told_at(device: Device, place: int) -> float:
    await device.woken(place, within_s=8.0)
    return time.monotonic()


async def test_a_wake_word_is_told(device: Device, figures: Figures) -> None:
    late_s = await woken_by(device)
    figures.note("device.wake_told_ms", 1000 * late_s, "ms", better="lower", tolerance=150.0)


async def test_a_press_of_the_button_makes_it_listen(device: Device) -> None:
    press, place = device.press("action"), device.now
    await press()
    await device.until(lambda state: state["state"] == "listening", after=place)
    await device.at_rest()


async def test_the_mute_button_mutes_and_a_lamp_says_so(device: Device) -> None:
    press, lit = device.press("mute"), device.lit
    place = device.now
    await press()
    await device.until(lambda state: state["muted"], after=place)
    await sees(lit, True)
    place = device.now
    await press()
    await device.until(lambda state: not state["muted"], after=place)
    await sees(lit, False)


async def sees(lit: Callable[[], bool], wanted: bool) -> None:
    """No lamp tells when it changes: it is looked at."""
    await asyncio.to_thread(until, lambda: lit() is wanted, SEEN_S, "light" if wanted else "darkness")


async def test_a_card_that_is_pulled_out_is_told_and_it_hears_again_when_it_is_back(
    device: Device, figures: Figures
) -> None:
    place = device.now
    await device.card.off()
    cards = ("microphone", "loudspeaker")
    trouble = await device.until(
        lambda state: bool(state["trouble"]) and state["trouble"]["kind"] in cards, after=place
    )
    assert trouble["trouble"]["sentence"]
    place, since_s = device.now, time.monotonic()
    await device.card.on()
    await device.until(lambda state: not state["trouble"] or state["trouble"]["kind"] not in cards, after=place)
    figures.note("device.card_back_ms", 1000 * (time.monotonic() - since_s), "ms", better="lower", tolerance=1000.0)
    await woken_by(device)


async def test_a_network_that_was_away_is_found_again(device: Device, figures: Figures) -> None:
    place = device.now
    await device.network.off()
    await device.available("offline", place, within_s=180.0)  # the broker waits for a sign of life
    await asyncio.sleep(device.network.off_s)
    place, since_s = device.now, time.monotonic()
    await device.network.on()
    await device.available("online", place, within_s=180.0)
    figures.note("device.network_back_ms", 1000 * (time.monotonic() - since_s), "ms", better="lower", tolerance=3000.0)
    await woken_by(device)


async def test_after_a_power_cut_it_comes_back_as_it_was_set(mortal_device: Device, figures: Figures) -> None:
    await cut_and_look(mortal_device, figures, random.Random(1), 1)


@pytest.mark.long
@pytest.mark.timeout(3 * 3600)
async def test_after_power_cuts_at_random_moments_it_comes_back_as_it_was_set(
    mortal_device: Device, figures: Figures
) -> None:
    """Also in the midst of a start. Each time it is set anew before."""
    await cut_and_look(mortal_device, figures, random.Random(), MANY_CUTS)


async def cut_and_look(device: Device, figures: Figures, dice: random.Random, times: int) -> None:
    power = device.power
    back_s, usual = [], (await device.until(lambda state: True))["volume"]
    for number in range(times):
        volume = 20 + number
        place = device.now
        await device.order("set/volume", str(volume))
        await device.until(lambda state, volume=volume: state["volume"] == volume, after=place)  # type: ignore[misc]
        await asyncio.sleep(SETTLED_S)
        for starts_left in range(dice.randint(0, 1), -1, -1):
            place = device.now
            await power.off()
            await asyncio.sleep(power.off_s)
            since_s = time.monotonic()
            await power.on()
            if starts_left:  # this start is cut, too
                await asyncio.sleep(dice.uniform(0.0, LATEST_CUT_S.get(device.name, device.boot_s)))
        await device.available("online", place, within_s=device.boot_s)
        back_s.append(time.monotonic() - since_s)
        state = await device.until(lambda state: state["state"] == "idle", after=place, within_s=device.boot_s)
        assert state["volume"] == volume, "what was set is lost"
    await device.order("set/volume", str(usual))
    figures.note("device.power_back_s", max(back_s), "s", better="lower", tolerance=5.0)
    await woken_by(device)


async def test_somebody_who_interrupts_is_let_speak(talking_device: Device, figures: Figures) -> None:
    """Who is not heard says it again, as people do; how often counts."""
    device, loudspeaker = talking_device, talking_device.loudspeaker
    interrupted, tries, spoke_s, stopped_s = False, 0, 0.0, 0.0
    while not interrupted and tries < TRIES:
        tries += 1
        await device.at_rest()
        place = device.now
        await device.say(f"{WAKE}, {STORY}")
        if not await came(device.until(lambda state: state["state"] == "speaking", after=place, within_s=15.0)):
            continue
        await asyncio.sleep(LISTENED_S)
        place, spoke_s = device.now, time.monotonic()
        speaking = asyncio.create_task(device.say(TIME))
        interrupted = await came(device.until(lambda state: state["state"] != "speaking", after=place, within_s=5.0))
        if interrupted:
            stopped_s = loudspeaker.sounded_until(spoke_s, time.monotonic())
        await speaking
    assert interrupted, "it talks on"
    figures.note("device.barge_in_ms", 1000 * (stopped_s - spoke_s), "ms", better="lower", tolerance=150.0)
    figures.note("device.barge_in_tries", tries, better="lower", tolerance=1.0)
    await device.at_rest()


async def came(told: Awaitable[object]) -> bool:
    """False: not within its time."""
    try:
        await told
    except AssertionError:
        return False
    return True
