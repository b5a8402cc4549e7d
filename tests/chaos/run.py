"""One run of the chaos: builds the stage, lets everybody loose, and tells what was seen."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from oyez.config import Config, Conversation, Device, Home, Line, Money, Parameter, Tool, ToolCalls
from oyez.house import House
from oyez.memory import Memory
from oyez.supervision import Notifier
from oyez_hw.boards import Board
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from oyez_hw.simulated import SimulatedCard
from oyez_hw.software_volume import ScaledSpeaker, SoftwareVolume
from oyez_hw.tape import Tape
from tests.chaos import gauges, tools
from tests.chaos.books import Books
from tests.chaos.far_side import FarSide, far_side
from tests.chaos.gauges import Reading
from tests.chaos.jumping_loop import held
from tests.chaos.mischief import Mischief
from tests.chaos.people import Household, Talker
from tests.chaos.sound import LoopCapture, LoopClock, LoopPlayback
from tests.chaos.witness import Bookkeeper, LineLog, Witness
from tests.doubles.processes import Broker, mosquitto

FIRST_DAY = date(2026, 11, 1)
DAY_S, DAYS_APART = 300.0, 5
"""The calendar of the chaos: an hour has twelve days, five apart, and a month turns in the middle of it."""
SESSION_LIMIT_S = 90.0
FAULT_EVERY_S = 6.0
ORDER_EVERY_S = 30.0
READING_EVERY_S = 60.0
ROOM_REMEMBERS_S = 30
LIGHT = Tool(
    name="set_light",
    description="Switch a light on or off.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    parameters={"name": Parameter(description="Which light."), "on": Parameter(type="boolean")},
)


@dataclass
class Report:
    seed: int
    simulated_s: float
    wall_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    books: dict[str, str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)

    def growth(self, gauge: str) -> float:
        return gauges.growth(self.readings, gauge)


@dataclass
class _Stage:
    witness: Witness
    books: Books
    far: FarSide
    broker: Broker
    card: SimulatedCard
    house: House
    config: Config


def configuration(backend_port: int, broker_port: int) -> Config:
    """As a household has it, but for short sessions, short tempers, and budgets that are reached."""
    return Config(
        device=Device(id="chaos"),
        line=Line(backend_url=f"http://127.0.0.1:{backend_port}", rotate_before_s=30.0, token_margin_s=30.0),
        home=Home(port=broker_port),
        conversation=Conversation(patience_s=5.0, thinking_s=15.0, max_conversation_s=240.0),
        money=Money(budget_day=0.25, budget_month=1.4, cap_conversation=0.1),
        tools=[LIGHT],
        tool_calls=ToolCalls(python=("tests.chaos.tools:registry",), timeout_s=8.0),
    )


@asynccontextmanager
async def _broker() -> AsyncIterator[Broker]:
    """A real one: another process, whose beginning and end the loop's time waits for."""
    real = mosquitto()
    with held():
        broker = await real.__aenter__()
    try:
        yield broker
    finally:
        with held():
            await real.__aexit__(None, None, None)


@asynccontextmanager
async def _stage(folder: Path) -> AsyncIterator[_Stage]:
    now_s = asyncio.get_running_loop().time

    def today() -> date:
        return FIRST_DAY + timedelta(days=DAYS_APART * int(now_s() // DAY_S))

    witness = Witness(now_s)
    books = Books(witness, now_s, today)
    async with far_side(books, SESSION_LIMIT_S) as far, _broker() as broker:
        room = Room(PcmFormat(16_000, 1), PcmFormat(48_000, 1), RoomSettings(), epoch_s=now_s())
        room.heard = Tape(48_000, 1, ROOM_REMEMBERS_S)
        room.first_microphone = Tape(16_000, 1, ROOM_REMEMBERS_S)
        card, volume = SimulatedCard(room, LoopClock(now_s)), SoftwareVolume()
        board = Board(card.microphone, ScaledSpeaker(card.speaker, volume), volume, card)
        config = configuration(far.tokens.port, broker.port)
        house = House(
            config, board, "oyez_chaos", None, Notifier(witness.systemd), witness.note, Memory(folder),
            clock=now_s, today=today, sound=(LoopCapture(board.microphone), LoopPlayback(board.speaker, now_s)),
        )  # fmt: skip
        witness.house = house
        yield _Stage(witness, books, far, broker, card, house, config)


async def _keep_books(stage: _Stage, room: Room, folder: Path, report: Report) -> None:
    """For ever: compares the sums, reads the gauges, and forgets what only the Room remembers."""
    now_s, next_s = asyncio.get_running_loop().time, 0.0
    while True:
        await asyncio.sleep(10.0)
        stage.books.compare(folder / "spending.json", stage.config.money.budget_day)
        room.said.clear()
        room.events.clear()
        if now_s() >= next_s:
            next_s = now_s() + READING_EVERY_S
            report.readings.append(gauges.read(now_s()))


async def chaos(seed: int, simulated_s: float, folder: Path) -> Report:
    """Runs on a JumpingLoop. folder: empty, for the device's state."""
    loop, began_s = asyncio.get_running_loop(), time.monotonic()
    rng, report = Random(seed), Report(seed, simulated_s)
    tools.chance.seed(seed)
    async with _stage(folder) as stage:
        witness, room = stage.witness, stage.card.room
        listening: dict[str, logging.Handler] = {
            "oyez.session.till": Bookkeeper(stage.books.device_counted),
            "oyez.session.call": LineLog(witness.counts),
        }
        for name, handler in listening.items():
            logging.getLogger(name).setLevel(logging.INFO)
            logging.getLogger(name).addHandler(handler)
        mischief = Mischief(Random(rng.random()), stage.far, stage.broker, stage.card, witness, stage.books)
        living = loop.create_task(stage.house.run(), name="house")
        await asyncio.sleep(3.0)
        others = [
            loop.create_task(coroutine, name=name)
            for name, coroutine in {
                "talker": Talker(Random(rng.random()), room, stage.house, witness).go_on(),
                "household": Household(Random(rng.random()), stage.house, witness).go_on(ORDER_EVERY_S),
                "mischief": mischief.go_on(FAULT_EVERY_S),
                "witness": witness.watch(),
                "books": _keep_books(stage, room, folder, report),
            }.items()
        ]
        try:
            ended, _ = await asyncio.wait({living, *others}, timeout=simulated_s, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                witness.demand(False, f"{task.get_name()} fell down: {task.exception()!r}")
                task.result()
        finally:
            for task in (*others, living):
                task.cancel()
            await asyncio.wait({living, *others})
            for name, handler in listening.items():
                logging.getLogger(name).removeHandler(handler)
            _fill(report, stage, time.monotonic() - began_s)
    return report


def _fill(report: Report, stage: _Stage, wall_s: float) -> None:
    books, witness = stage.books, stage.witness
    report.wall_s = round(wall_s, 1)
    report.counts = dict(sorted(witness.counts.items()))
    report.codes = dict(books.codes)
    figures: dict[str, Any] = {
        "told by the server": books.told,
        "counted by the device": sum(books.days.values()),
        "days": len(books.days),
        "compared": books.compared,
        "most over a day's budget": books.most_overrun,
        "dearest response": books.dearest,
        "audio bytes at the server": books.audio_bytes,
    }
    report.books = {name: str(value) for name, value in figures.items()}
    report.violations, report.stories = witness.violations, witness.stories
