"""Oyez alive where no hardware is needed: in the simulated Room, and as a process on the virtual card."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np

from oyez.config import Home
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from oyez_hw.simulated_panel import SimulatedButtons, SimulatedLamps
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE, VirtualCard
from tests.doubles.cutting_proxy import CuttingProxy, cutting_proxy
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, mosquitto
from tests.hardware.boards import mouth_in
from tests.hardware.device import PRESS_S, Cut, Device, resident_mb
from tests.stories.outside import write_config
from tests.stories.theatre import Services, Theatre, services, stage

SPEECH_DBFS = -24.0
SEEN = 0.05
BOARD = f"""\
name = "alsa"
capture_device = "{MICROPHONE}"
playback_device = "{LOUDSPEAKER}"
"""


@asynccontextmanager
async def simulated_device(folder: Path, *, talks: bool) -> AsyncIterator[Device]:
    async with AsyncExitStack() as stack:
        world, proxy = await _world(folder, talks, stack)
        play = await stack.enter_async_context(stage(world, home=Home(port=proxy.port)))
        looker = await stack.enter_async_context(onlooker(world.broker.port))
        card, room = play.board.card, play.board.room
        assert card is not None
        assert room is not None
        contacts = _Contacts(play)
        yield Device(
            name="simulated",
            id="story",
            looker=looker,
            own_mouth=mouth_in(room),
            speech_dbfs=SPEECH_DBFS,
            talks=talks,
            own_network=_network(proxy),
            own_card=Cut(off=_soon(card.unplug), on=_soon(card.replug)),
            own_presses={"mute": contacts.mute, "action": contacts.action},
            own_lit=lambda: _shines(play),
            own_loudspeaker=_InRoom(room),
        )


@asynccontextmanager
async def virtual_device(folder: Path, plugin_folder: Path, *, talks: bool) -> AsyncIterator[Device]:
    """Its power is cut by kill -9."""
    async with AsyncExitStack() as stack:
        world, proxy = await _world(folder, talks, stack)
        room = Room(PcmFormat(16_000, 1), PcmFormat(48_000, 2), RoomSettings(), epoch_s=time.monotonic())
        card = VirtualCard(folder / "card", room, build_folder=plugin_folder)
        card.start()
        stack.callback(card.stop)
        through = Services(proxy, *_others(world))  # type: ignore[arg-type]
        config = write_config(folder, through, BOARD)
        environment = {**card.environment, "STATE_DIRECTORY": str(folder / "state")}
        (folder / "state").mkdir()
        daemon = Process([sys.executable, "-m", "oyez", "run", "--config", str(config)], env=environment)
        looker = await stack.enter_async_context(onlooker(world.broker.port))
        await daemon.start()
        stack.push_async_callback(daemon.kill)
        await daemon.line("Listening for hey_jarvis")
        yield Device(
            name="virtual",
            id="story",
            looker=looker,
            own_mouth=mouth_in(room),
            speech_dbfs=SPEECH_DBFS,
            talks=talks,
            own_power=Cut(off=daemon.kill, on=daemon.start),
            own_network=_network(proxy),
            own_card=Cut(off=_soon(card.unplug), on=_soon(card.replug)),
            own_loudspeaker=_InRoom(room),
            memory_mb=lambda: resident_mb(Path(f"/proc/{daemon.pid}/status").read_text()),
        )


async def _world(folder: Path, talks: bool, stack: AsyncExitStack) -> tuple[Services, CuttingProxy]:
    """Broker, and a voice service if it is to talk; the way to the broker can be cut."""
    if talks:
        world = await stack.enter_async_context(services(folder))
    else:
        nobody: Any = None
        broker = await stack.enter_async_context(mosquitto())
        world = Services(broker, nobody, nobody, "http://127.0.0.1:9", folder / "server.jsonl", "nobody-asks-for-it")
    proxy = await stack.enter_async_context(cutting_proxy())
    proxy.target_port = world.broker.port
    return world, proxy


def _others(world: Services) -> tuple[Any, ...]:
    return world.local, world.backend, world.backend_url, world.server_log, world.device_key


def _network(proxy: CuttingProxy) -> Cut:
    async def off() -> None:
        proxy.cut(shut=True)

    async def on() -> None:
        proxy.shut = False

    return Cut(off=off, on=on, off_s=1.0)


def _soon(deed: Any) -> Any:
    async def do() -> None:
        deed()

    return do


class _Contacts:
    """Of the simulated panel: a button and a mute switch."""

    def __init__(self, play: Theatre) -> None:
        assert isinstance(play.board.buttons, SimulatedButtons)
        self._buttons, self._muted = play.board.buttons, False

    async def mute(self) -> None:
        self._muted = not self._muted
        await asyncio.to_thread(self._buttons.move("mute_switch", self._muted).join)

    async def action(self) -> None:
        for closed in (True, False):
            await asyncio.to_thread(self._buttons.move("action", closed).join)
            await asyncio.sleep(PRESS_S)


def _shines(play: Theatre) -> bool:
    assert isinstance(play.board.lights, SimulatedLamps)
    return any(max(lamp) > SEEN for lamp in play.board.lights.seen())


class _InRoom:
    def __init__(self, room: Room) -> None:
        self._room = room

    def sounded_until(self, since_s: float, until_s: float) -> float:
        rate_hz = self._room.heard.rate_hz
        start = round((since_s - self._room.epoch_s) * rate_hz)
        sounding = np.flatnonzero(self._room.heard.read(start, round((until_s - since_s) * rate_hz))[:, 0])
        return since_s + (int(sounding[-1]) / rate_hz if len(sounding) else 0.0)
