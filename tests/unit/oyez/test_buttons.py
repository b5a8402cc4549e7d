"""The shell of the buttons: contacts that bounce become facts, contacts that are gone a trouble."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from oyez import buttons as module, events as ev
from oyez.buttons import Buttons
from oyez.config import Buttons as ButtonsConfig
from oyez.troubles import Troubles
from oyez.view import View
from oyez_hw.panel_settings import SIMULATED_BUTTONS
from oyez_hw.simulated_panel import SimulatedButtons
from tests.doubles.facts import Facts

T = TypeVar("T", bound=ev.Event)


class Rig:
    def __init__(self) -> None:
        self.contacts = SimulatedButtons(SIMULATED_BUTTONS)
        self.facts = Facts[ev.Event]()
        self.told = self.facts.told
        self.buttons = Buttons(
            self.contacts,
            SIMULATED_BUTTONS,
            ButtonsConfig(),
            self.facts.tell,
            Troubles(self.facts.tell),
            lambda: View(),
            time.monotonic,
        )

    async def until(self, kind: type[T]) -> T:
        await self.facts.until(lambda told: any(isinstance(event, kind) for event in told))
        return next(event for event in self.told if isinstance(event, kind))


@asynccontextmanager
async def running(rig: Rig) -> AsyncIterator[Rig]:
    rig.buttons.open()
    task = asyncio.create_task(rig.buttons.run(), name="buttons")
    try:
        yield rig
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_press_is_one_fact_however_it_bounces() -> None:
    async with running(Rig()) as rig:
        rig.contacts.move("action", True)
        await asyncio.sleep(0.1)
        rig.contacts.move("action", False)
        await rig.until(ev.ListenAsked)
        await asyncio.sleep(0.1)
        assert rig.told == [ev.ListenAsked()]


async def test_a_hold_tells_when_the_finger_went_down_and_when_up() -> None:
    async with running(Rig()) as rig:
        down_s = time.monotonic()
        rig.contacts.move("action", True)
        pressed = await rig.until(ev.TalkPressed)
        assert pressed.since_s is not None
        assert down_s <= pressed.since_s <= time.monotonic() - 0.4
        rig.contacts.move("action", False)
        await rig.until(ev.TalkReleased)


async def test_a_mute_switch_that_stands_on_is_known_before_anything_runs() -> None:
    rig = Rig()
    rig.contacts.move("mute_switch", True).join()
    rig.buttons.open()
    assert rig.buttons.mute_switch_on
    assert rig.told == [ev.MuteSwitched(True)]
    rig.contacts.close()


async def test_contacts_that_are_gone_mute_and_are_told_and_are_felt_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    async with running(Rig()) as rig:
        rig.contacts.present = False
        rig.contacts.move("action", True)
        await rig.until(ev.TroubleFound)
        assert rig.told[0] == ev.MuteSwitched(True)
        rig.contacts.move("action", False).join()
        rig.contacts.present = True
        await rig.until(ev.TroubleGone)
        assert rig.told[-2:] == [ev.MuteSwitched(False), ev.TroubleGone("buttons")]
        rig.contacts.move("mute_switch", True)
        await rig.facts.until(lambda told: told[-1] == ev.MuteSwitched(True))


async def test_where_there_are_none_nobody_waits_for_them() -> None:
    rig = Rig()
    none = Buttons(
        rig.contacts, (), ButtonsConfig(), rig.facts.tell, Troubles(rig.facts.tell), lambda: View(), time.monotonic
    )
    none.open()
    await asyncio.wait_for(none.run(), 1)
    assert rig.told == []
