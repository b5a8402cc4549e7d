"""What people may know of the appliance: looked at now and then, and told only when it is news."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from oyez.config import Hearing
from oyez.diagnostics import Diagnostics
from oyez.evidence import Evidence
from oyez.health import Health
from oyez.home.deeds import InstallUpdate

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class World:
    """A board, a wall clock and a monotonic one."""

    def __init__(self, folder: Path | None = None) -> None:
        self.health = Health(50, False, 1000.0)
        self.wall, self.now_s = NOON, 10.0
        self.answers: list[tuple[str | None, bool, str]] = []
        self.news = asyncio.Event()
        evidence = Evidence(Hearing(), None, lambda *_: None, self._answer, self._clock, datetime.now, lambda: 0)
        self.diagnostics = Diagnostics(
            evidence,
            600,
            folder,
            self._answer,
            self.news.set,
            self._clock,
            now=lambda: self.wall,
            health=lambda: self.health,
        )

    def _clock(self) -> float:
        return self.now_s

    def _answer(self, order_id: str | None, ok: bool, why: str = "", answer: Any = None) -> None:
        self.answers.append((order_id, ok, why))

    @property
    def device(self) -> dict[str, Any]:
        return self.diagnostics.shown["device"]


def test_all_of_it_is_there_before_anything_is_shown() -> None:
    """So that the first announcement to Home Assistant is the whole one."""
    shown = World().diagnostics.shown
    assert shown["device"]["temperature_c"] == 50
    assert shown["device"]["booted"] == (NOON - timedelta(seconds=1000)).isoformat()
    assert shown["device"]["started"] == NOON.isoformat()
    assert shown["update"]["installed_version"] == shown["update"]["latest_version"] == shown["device"]["version"]
    assert shown["line"] == {"answer_ms": None}
    json.dumps(shown)


async def looked(world: World) -> None:
    """One look."""
    task = asyncio.create_task(world.diagnostics.run())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})


async def test_only_news_are_told_and_a_trembling_clock_is_none() -> None:
    world = World()
    world.now_s, world.wall = 40.0, NOON + timedelta(seconds=30.4)
    world.health = Health(50, False, 1030.0)
    await looked(world)
    assert not world.news.is_set()
    world.health = Health(51, True, 1030.0)
    await looked(world)
    assert world.news.is_set()
    assert (world.device["temperature_c"], world.device["under_voltage"]) == (51, True)


async def test_when_the_clock_is_put_right_the_moments_are_too() -> None:
    """A board without a clock of its own begins in the past."""
    world = World()
    world.wall = NOON + timedelta(days=300)
    await looked(world)
    assert world.device["started"] == world.wall.isoformat()
    assert world.device["booted"] == (world.wall - timedelta(seconds=1000)).isoformat()


@pytest.mark.parametrize("latest", ["9.9", None])
def test_an_order_to_install_is_answered(tmp_path: Path, latest: str | None) -> None:
    if latest:
        (tmp_path / "update.json").write_text(json.dumps({"latest": latest}))
    world = World(tmp_path)
    world.diagnostics.install(InstallUpdate("i"))
    ((order_id, ok, why),) = world.answers
    assert (order_id, ok, bool(why)) == ("i", latest is not None, latest is None)
