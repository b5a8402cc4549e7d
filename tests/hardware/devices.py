"""Oyez on the boards: in the simulated Room, as a process on the virtual card, and on the Pi of a rig."""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np

from oyez.config import Home
from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.gpio import GpioButtons, GpioOutputs
from oyez_hw.panel_settings import ButtonLine
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Room, RoomSettings
from oyez_hw.simulated_panel import SimulatedButtons, SimulatedLamps
from oyez_hw.virtual_card import LOUDSPEAKER, MICROPHONE, VirtualCard
from tests.doubles.cutting_proxy import CuttingProxy, cutting_proxy
from tests.doubles.onlooker import onlooker
from tests.doubles.processes import Process, mosquitto
from tests.hardware.bench import Ears, absent, db
from tests.hardware.boards import mouth_in
from tests.hardware.device import Cut, Device
from tests.hardware.rig.hands import AlsaMouth, command, on_board
from tests.hardware.rig.rig_file import Broker, Ear, Rig, Switch, Wires
from tests.stories.outside import write_config
from tests.stories.theatre import Services, Theatre, services, stage

SPEECH_DBFS = -24.0
SEEN = 0.05
PRESS_S = 0.15
BLOCK_S = 0.02
UNDER_REPLY_DB = 10.0
"""So much quieter than the reply is silence of the loudspeaker, to the reference microphone."""
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
        yield Device(
            name="simulated",
            id="story",
            looker=looker,
            own_mouth=mouth_in(room),
            speech_dbfs=SPEECH_DBFS,
            talks=talks,
            own_network=_network(proxy),
            own_card=Cut(off=_soon(card.unplug), on=_soon(card.replug)),
            own_fingers=_Switch(play),
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
            memory_mb=lambda: _resident_mb(Path(f"/proc/{daemon.pid}/status").read_text()),
        )


@asynccontextmanager
async def rig_device(name: str, rig: Rig) -> AsyncIterator[Device]:
    """The Oyez that runs on the Pi, as its owner set it up."""
    broker, ssh = rig.broker, rig.ssh
    if broker is None or ssh is None:
        absent(name, "an Oyez that can be watched: give --rig with [ssh] and [broker]")
    async with AsyncExitStack() as stack:
        seen = onlooker(
            broker.port,
            host=broker.host,
            username=broker.username,
            password=_password(broker),
            topics=f"oyez/{broker.device_id}/#",
        )
        looker = await stack.enter_async_context(seen)
        mouth = AlsaMouth(rig.mouth) if rig.mouth is not None else None
        ear = _Reference(rig.ear, name) if rig.ear is not None else None
        if mouth is not None:
            stack.callback(mouth.quiet)
        if ear is not None:
            stack.callback(ear.close)
        wires = rig.wires
        yield Device(
            name=name,
            id=broker.device_id,
            looker=looker,
            own_mouth=mouth,
            speech_dbfs=rig.mouth.level_65_dbfs if rig.mouth is not None else 0.0,
            talks=True,
            boot_s=ssh.boot_s,
            own_power=_switched(rig.power),
            own_network=_switched(rig.network),
            own_card=_switched(rig.usb),
            own_fingers=_Wire(wires) if wires is not None and wires.mute is not None else None,
            own_lit=(lambda: _photodiode(wires)) if wires is not None and wires.light is not None else None,
            own_loudspeaker=ear,
            memory_mb=lambda: _resident_mb(on_board(ssh, ["cat", f"/proc/{_main_pid(rig)}/status"])),
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


def _password(broker: Broker) -> str:
    return Path(broker.password_file).read_text(encoding="utf-8").strip() if broker.password_file else ""


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


def _switched(switch: Switch | None) -> Cut | None:
    if switch is None:
        return None
    return Cut(
        off=lambda: asyncio.to_thread(command, switch.off),
        on=lambda: asyncio.to_thread(command, switch.on),
        off_s=switch.off_s,
    )


class _Switch:
    """The mute switch of the simulated panel."""

    def __init__(self, play: Theatre) -> None:
        assert isinstance(play.board.buttons, SimulatedButtons)
        self._buttons, self._closed = play.board.buttons, False

    async def mute(self) -> None:
        self._closed = not self._closed
        await asyncio.to_thread(self._buttons.move("mute_switch", self._closed).join)


class _Wire:
    """An output of the bench machine over the contacts of the board's button."""

    def __init__(self, wires: Wires) -> None:
        assert wires.mute is not None
        self._line = GpioOutputs(wires.chip, [wires.mute], active_low=wires.press_active_low)

    async def mute(self) -> None:
        self._line.open()
        self._line.set([True])
        await asyncio.sleep(PRESS_S)
        self._line.close()


def _photodiode(wires: Wires) -> bool:
    assert wires.light is not None
    line = ButtonLine(line=wires.light, active_low=wires.light_active_low, pull="none")
    inputs = GpioButtons(wires.chip, [line])
    try:
        return inputs.open()[0]
    finally:
        inputs.close()


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


class _Reference:
    """The reference microphone, which hears the board's loudspeaker, and the mouth too."""

    def __init__(self, ear: Ear, board: str) -> None:
        self._channel, self._board = ear.channel, board
        self._microphone = AlsaMicrophone(ear.device, PcmFormat(ear.rate_hz, ear.channels), BLOCK_S * 1000)
        self._microphone.open()
        self._ears = Ears(self._microphone)

    def sounded_until(self, since_s: float, until_s: float) -> float:
        before = self._levels(since_s - 1.0, since_s)
        reply_db = float(np.percentile([level for _, level in before], 75))
        during = self._levels(since_s, until_s)
        loud = [at for at, level in during if level > reply_db - UNDER_REPLY_DB]
        if loud and loud[-1] >= until_s - 2 * BLOCK_S:
            absent(self._board, "a reference microphone that hears it louder than the mouth: put it nearer to it")
        return loud[-1] if loud else since_s

    def close(self) -> None:
        self._ears.end()
        self._microphone.close()

    def _levels(self, since_s: float, until_s: float) -> list[tuple[float, float]]:
        frames = [frame for frame in self._ears.frames if since_s < frame.time_s <= until_s]
        return [(frame.time_s, db(float(frame.samples[:, self._channel].std()) / 32_768)) for frame in frames]


def _resident_mb(status: str) -> float | None:
    found = re.search(r"^VmRSS:\s*(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else None


def _main_pid(rig: Rig) -> str:
    return on_board(rig.ssh, ["systemctl", "show", "--property=MainPID", "--value", "oyez.service"]).strip()
