"""A day in the life: a wake word now and then, quiet between, and everything that may creep is written down."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from oyez_hw.doctor import svg
from oyez_hw.doctor.plots import Plot
from tests.hardware.device import WAKE, Device
from tests.hardware.options import wish_of
from tests.hardware.report.collecting import Figures

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long, pytest.mark.timeout(0)]
EVERY_S = 60.0
"""From one wake word to the next; in a short soak more often."""
TURNS_AT_LEAST = 5
MOST_MISSED = 0.05
MOST_GROWTH_MB_H = 2.0
"""Of the process's memory after the first quarter of the time."""


@dataclass
class Log:
    hours: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    temperature_c: list[float] = field(default_factory=list)
    said: int = 0
    heard: int = 0
    unasked: int = 0
    """Wake words that nobody said."""
    restarts: int = 0
    troubles: int = 0

    def look(self, device: Device, hours: float) -> None:
        memory_mb = device.memory_mb()
        temperature_c = device.last_state()["device"]["temperature_c"]
        self.hours.append(hours)
        self.memory_mb.append(float("nan") if memory_mb is None else memory_mb)
        self.temperature_c.append(float("nan") if temperature_c is None else float(temperature_c))


async def test_it_hears_all_day_and_nothing_creeps(
    device: Device, figures: Figures, pytestconfig: pytest.Config
) -> None:
    hours = wish_of(pytestconfig).soak_hours
    if hours is None:
        hours = 1 / 60 if device.name in ("simulated", "virtual") else 24.0
    every_s = min(EVERY_S, hours * 3600 / TURNS_AT_LEAST)
    log, began_s = Log(), time.monotonic()
    began = (await device.until(lambda state: True))["device"]["started"]
    while (passed_s := time.monotonic() - began_s) < hours * 3600:
        await turn(device, log, every_s)
        log.look(device, passed_s / 3600)
        log.restarts += device.last_state()["device"]["started"] != began
        began = device.last_state()["device"]["started"]
    tell(log, device.last_state(), figures)
    assert log.restarts == 0
    assert log.heard >= (1 - MOST_MISSED) * log.said - 1, f"{log.heard} of {log.said} wake words were heard"
    assert growth_mb_h(log) < MOST_GROWTH_MB_H or hours < 1.0


async def turn(device: Device, log: Log, every_s: float) -> None:
    """One wake word, then quiet until the next is due."""
    began_s, place = time.monotonic(), device.now
    await device.say(WAKE)
    log.said += 1
    try:
        await device.woken(place, within_s=3.0)
    except AssertionError:
        pass  # it is counted
    else:
        log.heard += 1
    await device.at_rest()
    place = device.now
    await asyncio.sleep(max(0.0, every_s - (time.monotonic() - began_s)))
    topics = [message.topic for message in device.looker.seen[place:]]
    log.unasked += topics.count(device.topic("event/wake"))
    log.troubles += topics.count(device.topic("event/error"))


def growth_mb_h(log: Log) -> float:
    """By the medians of the second and of the last quarter."""
    quarter = len(log.hours) // 4
    known = [one == one for one in log.memory_mb]
    if quarter < 1 or not all(known):
        return 0.0
    early, late = sorted(log.memory_mb[quarter : 2 * quarter]), sorted(log.memory_mb[-quarter:])
    hours = log.hours[-1] - log.hours[quarter]
    return (late[len(late) // 2] - early[len(early) // 2]) / hours if hours > 0 else 0.0


def tell(log: Log, state: dict[str, Any], figures: Figures) -> None:
    figures.note("soak.heard", 100 * log.heard / log.said, "%", better="higher", tolerance=2.0)
    figures.note("soak.unasked_per_hour", log.unasked / max(log.hours[-1], 1e-9), "1/h", better="lower", tolerance=0.5)
    figures.note("soak.troubles", log.troubles, better="lower", tolerance=1.0)
    figures.note("soak.memory_growth_mb_h", growth_mb_h(log), "MB/h", better="lower", tolerance=0.5)
    lost = (state.get("hearing") or {}).get("lost") or {}
    for where, count in lost.items():
        if isinstance(count, int | float):
            figures.note(f"soak.lost.{where}", float(count), better="lower", tolerance=1.0)
    for name, unit, values in (("Memory", "MB", log.memory_mb), ("Temperature", "°C", log.temperature_c)):
        if all(one == one for one in values) and len(values) > 1:
            figures.plot(over_hours(name, unit, log.hours, values))


def over_hours(name: str, unit: str, hours: list[float], values: list[float]) -> Plot:
    low, high = min(values) * 0.95, max(values) * 1.05
    across = svg.Axis("hours", 0.0, max(hours[-1], 1e-3), svg.steps(0.0, max(hours[-1], 1e-3)))
    drawn = svg.lines(across, svg.Axis(unit, low, high, svg.steps(low, high, 4)), [("", hours, values)])
    return Plot(name, "Over the soak, at each wake word.", drawn)
