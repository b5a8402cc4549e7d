"""Oyez alive on the Pi of a rig, as its owner set it up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import numpy as np

from oyez_hw.alsa_microphone import AlsaMicrophone
from oyez_hw.gpio import GpioButtons, GpioOutputs
from oyez_hw.panel_settings import ButtonLine
from oyez_hw.pcm import PcmFormat
from tests.doubles.onlooker import onlooker
from tests.hardware.bench import Ears, absent, db
from tests.hardware.device import PRESS_S, Cut, Device, Press, resident_mb
from tests.hardware.rig.hands import AlsaMouth, command, on_board
from tests.hardware.rig.rig_file import Broker, Ear, Rig, Switch, Wires

BLOCK_S = 0.02
KEPT_S = 60.0
"""Of what the reference microphone hears: a soak lasts a day."""
UNDER_REPLY_DB = 10.0
"""So much quieter than the reply is silence of the loudspeaker, to the reference microphone."""


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
        ear = ReferenceMicrophone(rig.ear, name) if rig.ear is not None else None
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
            own_presses=pressed(wires),
            own_lit=(lambda: photodiode(wires)) if wires is not None and wires.light is not None else None,
            own_loudspeaker=ear,
            memory_mb=lambda: resident_mb(on_board(ssh, ["cat", f"/proc/{_main_pid(rig)}/status"])),
        )


def _password(broker: Broker) -> str:
    return Path(broker.password_file).read_text(encoding="utf-8").strip() if broker.password_file else ""


def _switched(switch: Switch | None) -> Cut | None:
    if switch is None:
        return None
    return Cut(
        off=lambda: asyncio.to_thread(command, switch.off),
        on=lambda: asyncio.to_thread(command, switch.on),
        off_s=switch.off_s,
    )


def pressed(wires: Wires | None) -> dict[str, Press]:
    """Outputs of the bench machine over the contacts of the board's buttons."""
    lines = {"action": wires.action, "mute": wires.mute} if wires is not None else {}
    return {use: partial(_press, wires, line) for use, line in lines.items() if wires is not None and line is not None}


async def _press(wires: Wires, line: int) -> None:
    contact = GpioOutputs(wires.chip, [line], active_low=wires.press_active_low)
    contact.open()
    contact.set([True])
    await asyncio.sleep(PRESS_S)
    contact.close()


def photodiode(wires: Wires) -> bool:
    assert wires.light is not None
    line = ButtonLine(line=wires.light, active_low=wires.light_active_low, pull="none")
    inputs = GpioButtons(wires.chip, [line])
    try:
        return inputs.open()[0]
    finally:
        inputs.close()


class ReferenceMicrophone:
    """The reference microphone, which hears the board's loudspeaker, and the mouth too."""

    def __init__(self, ear: Ear, board: str) -> None:
        self._channel, self._board = ear.channel, board
        self._microphone = AlsaMicrophone(ear.device, PcmFormat(ear.rate_hz, ear.channels), BLOCK_S * 1000)
        self._microphone.open()
        self._ears = Ears(self._microphone, keep=round(KEPT_S / BLOCK_S))

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


def _main_pid(rig: Rig) -> str:
    return on_board(rig.ssh, ["systemctl", "show", "--property=MainPID", "--value", "oyez.service"]).strip()
