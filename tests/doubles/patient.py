"""A whole device for the doctor, healthy until a test plants something: a Pi's files in a folder, a real broker, a real
backend's answers over HTTP, a real Realtime handshake, and an array in a simulated Room whose clock runs fast."""

import io
import os
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from oyez.doctor.examination import Examination, Surroundings
from oyez_hw.doctor.command import Teller, examine
from oyez_hw.doctor.report import Report
from oyez_hw.pcm import PcmFormat
from oyez_hw.room import Ear, Room, RoomSettings
from oyez_hw.simulated import FastClock, SimulatedCard
from tests.doubles.pi import healthy_pi
from tests.doubles.processes import Broker
from tests.doubles.scripted_realtime import SESSION_CREATED, Emit, ScriptedServer, Silence, scripted_realtime
from tests.doubles.token_endpoint import TokenEndpoint, token_endpoint

PLACES = ((32.0, 0.0), (0.0, 32.0), (-32.0, 0.0), (0.0, -32.0))
"""In millimetres, of four microphones."""
EARS = tuple(Ear(x_mm=x, y_mm=y) for x, y in PLACES)
DEVICE_KEY = "oyez_kitchen_0123456789abcdefghij"
CONFIG = """\
[device]
id = "kitchen"
[board]
name = "{board}"
capture_channels = 4
{microphones}
[hearing]
{hearing}
[line]
backend_url = "{backend}"
device_key_file = "{key_file}"
{line}
[home]
host = "{host}"
port = {port}
{home}
"""


@dataclass
class Patient:
    folder: Path
    broker: Broker
    backend: TokenEndpoint
    service: ScriptedServer
    room: RoomSettings = field(default_factory=lambda: RoomSettings(ears=EARS, loudspeaker_mm=(0.0, 0.0, -40.0)))
    lines: dict[str, str] = field(default_factory=dict)
    """Of the configuration: what is put in place of a name in braces above."""
    clock_is_wrong_by: timedelta = timedelta(0)
    where: Callable[[Surroundings], Surroundings] = lambda surroundings: surroundings
    card: SimulatedCard | None = None

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def run(self) -> Path:
        return self.folder / "run"

    @property
    def config(self) -> Path:
        return self.folder / "oyez.toml"

    def surroundings(self) -> Surroundings:
        self._write_config()
        return self.surroundings_as_written()

    def surroundings_as_written(self) -> Surroundings:
        card = self.insert_card()
        return self.where(
            Surroundings(
                config_path=self.config,
                root=self.root,
                state_folder=self.state,
                run_folder=self.run,
                now=lambda: datetime.now().astimezone() + self.clock_is_wrong_by,
                space=lambda folder: os.statvfs_result((4096, 4096, 4_000_000, 3_000_000, 3_000_000, 9, 9, 9, 0, 255)),
                cards=lambda settings: lambda: (card.microphone, card.speaker),
                card_clock=card.clock.now_s,
            )
        )

    def insert_card(self) -> SimulatedCard:
        """Once."""
        if self.card is None:
            room = Room(PcmFormat(16_000, 4), PcmFormat(48_000, 2), self.room, epoch_s=0.0)
            self.card = SimulatedCard(room, FastClock())
        return self.card

    def change_ear(self, number: int, **what: object) -> None:
        ears = list(self.room.ears)
        ears[number] = replace(ears[number], **what)  # type: ignore[arg-type]
        self.room = replace(self.room, ears=tuple(ears))

    async def examine(self, only: Collection[str] = ()) -> Report:
        """Once: the service has a session for one knock. only: names of checks; empty: all."""
        _, report = await self.examined(only)
        return report

    async def examined(self, only: Collection[str] = ()) -> tuple[Examination, Report]:
        surroundings = self.surroundings()
        examination = Examination(surroundings)
        checks = [check for check in examination.checks() if not only or check.name in only]
        return examination, await examine(checks, surroundings.root, Teller(io.StringIO()))

    def _write_config(self) -> None:
        microphones = "".join(
            f"[[board.microphones]]\nchannel = {number}\nx_mm = {x}\ny_mm = {y}\n"
            for number, (x, y) in enumerate(PLACES)
        )
        usual = {
            "board": "simulated",
            "microphones": microphones,
            "hearing": "",
            "backend": f"http://127.0.0.1:{self.backend.port}",
            "key_file": str(self.folder / "device.key"),
            "line": "",
            "host": "127.0.0.1",
            "port": str(self.broker.port),
            "home": "",
        }
        self.config.write_text(CONFIG.format(**{**usual, **self.lines}))


@asynccontextmanager
async def patient(folder: Path, broker: Broker, *script: object) -> AsyncIterator[Patient]:
    """script: what the service does with the knock; nothing: it opens a session."""
    steps = list(script) or [Emit(SESSION_CREATED), Silence()]
    async with scripted_realtime(steps) as service, token_endpoint(service.url) as backend:  # type: ignore[arg-type]
        backend.now = time.time()
        for name in ("state", "run"):
            (folder / name).mkdir()
        (folder / "device.key").write_text(DEVICE_KEY)
        healthy_pi(folder / "root")
        yield Patient(folder, broker, backend, service)
        service.scripts.clear()  # a fault may keep the doctor from knocking at all
