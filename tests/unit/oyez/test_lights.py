"""The lights draw what moves, sleep while nothing does, and come back when they were gone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from oyez import events as ev, lights as module
from oyez.config import Lights as LightsConfig
from oyez.lights import Lights
from oyez.troubles import Troubles
from oyez.view import View
from oyez_hw.ports import DARK, Colour
from oyez_hw.simulated_panel import SimulatedLamps
from tests.doubles.facts import Facts

RED = Colour(0.4**2.2, 0.0, 0.0)


Picture = Sequence[Colour]


class WatchedLamps(SimulatedLamps):
    """Tells what they are given."""

    def __init__(self, given: Facts[Picture]) -> None:
        super().__init__(12)
        self._given = given

    def show(self, picture: Picture) -> None:
        super().show(picture)
        self._given.tell(picture)


class Rig:
    def __init__(self, **config: object) -> None:
        self.given, self.facts = Facts[Picture](), Facts[ev.Event]()
        self.lamps = WatchedLamps(self.given)
        self.told = self.facts.told
        self.direction_deg: float | None = None
        self.lights = Lights(
            self.lamps,
            LightsConfig(**config),  # type: ignore[arg-type]
            Troubles(self.facts.tell),
            lambda: self.direction_deg,
            lambda: asyncio.get_running_loop().time(),
        )

    async def until_drawn(self, pictures: int) -> None:
        await self.given.until(lambda _: self.lights.drawn >= pictures)

    async def shows(self, colour: Colour) -> None:
        """On every lamp."""
        await self.given.until(lambda given: bool(given) and set(given[-1]) == {colour})


@asynccontextmanager
async def running(rig: Rig) -> AsyncIterator[Rig]:
    task = asyncio.create_task(rig.lights.run(), name="lights")
    try:
        yield rig
    finally:
        task.cancel()
        await asyncio.wait([task])


def view(**fields: object) -> View:
    return View(**{"brightness": 0.4, **fields})  # type: ignore[arg-type]


async def test_muted_is_red_on_every_lamp_and_then_nothing_is_drawn_any_more() -> None:
    async with running(Rig()) as rig:
        rig.lights.show(view(muted=True))
        await rig.shows(RED)
        drawn = rig.lights.drawn
        await asyncio.sleep(0.3)  # six pictures of what moves
        assert rig.lights.drawn == drawn


async def test_what_moves_is_drawn_until_it_is_over_and_then_dark() -> None:
    async with running(Rig()) as rig:
        rig.lights.show(view(state="thinking"))
        await rig.until_drawn(6)
        rig.lights.show(view())
        await rig.shows(DARK)
        writes = rig.lamps.writes
        await asyncio.sleep(0.3)
        assert rig.lamps.writes == writes
    assert rig.lamps.now == (DARK,) * 12


async def test_the_ring_points_at_whoever_speaks() -> None:
    async with running(Rig()) as rig:
        rig.direction_deg = 90.0
        rig.lights.show(view(state="listening"))
        await rig.until_drawn(4)
        assert max(range(12), key=lambda lamp: rig.lamps.now[lamp].blue) == 3


@pytest.mark.parametrize("shown", [view(muted=True, quiet=True), view(muted=True, brightness=0.0), View(muted=True)])
async def test_dark_by_night_by_wish_or_for_want_of_lamps_nothing_is_drawn(shown: View) -> None:
    async with running(Rig()) as rig:
        rig.lights.show(shown)
        await asyncio.sleep(0.2)
        assert rig.lights.drawn <= 1
        assert rig.lamps.now == (DARK,) * 12


async def test_lamps_that_are_gone_are_told_once_and_lit_again_when_they_are_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    async with running(Rig()) as rig:
        rig.lights.show(view(muted=True))
        await rig.shows(RED)
        rig.lamps.unplug()
        rig.lights.show(view(state="speaking"))
        await rig.facts.until(bool)
        await asyncio.sleep(0.05)  # it is tried again meanwhile
        assert [type(event) for event in rig.told] == [ev.TroubleFound]
        rig.lights.show(view(muted=True))
        rig.lamps.replug()
        await rig.facts.until(lambda told: told[1:] == [ev.TroubleGone("lights")])
        await rig.shows(RED)


async def test_lamps_that_are_absent_at_the_start_end_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)
    rig = Rig()
    rig.lamps.unplug()
    async with running(rig):
        rig.lights.show(view(muted=True))
        await asyncio.sleep(0.05)
        rig.lamps.replug()
        await rig.shows(RED)
