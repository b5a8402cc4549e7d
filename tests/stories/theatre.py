"""A theatre for stories: real broker, backend and local server as processes; the whole daemon in a simulated Room.

The daemon runs in the test's own process, so that a story can speak into its Room at the right moment and await what
it is told and orders. Everything else is as in a home: real sound, real wake word, real sockets.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from oyez import events as ev
from oyez.config import Config, Conversation, Device, Home, Line, Parameter, Tool
from oyez.house import House, StateShown
from oyez.memory import Memory
from oyez.secret import Secret
from oyez.session.local_server import LocalServer
from oyez.speaking.chimes import Chime, chime
from oyez.supervision import Notifier
from oyez_hw.boards import Board, BoardSettings, open_board
from tests.doubles.processes import Broker, Process, free_port, mosquitto
from tests.doubles.speech import say as speech

T = TypeVar("T")

PATIENT_S = 30.0
LIGHT = Tool(
    name="set_light",
    description="Switch a light on or off.",
    topic="house/light/{name}/set",
    payload="{on}",
    answer="The {name} is {on}.",
    parameters={"name": Parameter(description="Which light."), "on": Parameter(type="boolean")},
)
UPSTREAM_KEY = "sk-only-on-loopback"


@dataclass
class Theatre:
    broker: Broker
    local: Process
    backend: Process
    server_log: Path
    config: Config
    house: House
    board: Board
    facts: list[tuple[float, object]] = field(default_factory=list)
    """(monotonic s, event, action or StateShown), in order."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, fact: object) -> None:
        self.facts.append((time.monotonic(), fact))
        self._changed.set()

    @property
    def now(self) -> int:
        """A place in the facts: what `told(after=...)` counts from."""
        return len(self.facts)

    async def told(self, kind: type[T], /, *, after: int = 0, timeout_s: float = PATIENT_S, **fields: Any) -> T:
        """The first fact of this kind from place `after` on, now or soon, with these fields."""
        seen = after
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    while seen < len(self.facts):
                        fact = self.facts[seen][1]
                        seen += 1
                        if isinstance(fact, kind) and all(getattr(fact, k) == v for k, v in fields.items()):
                            return fact
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            story = "\n".join(f"{at:.2f} {fact}" for at, fact in self.facts[-40:])
            raise AssertionError(f"no {kind.__name__} {fields} within {timeout_s} s; what was told:\n{story}") from None

    async def shown(self, state: str, *, after: int = 0, timeout_s: float = PATIENT_S) -> None:
        await self.told(StateShown, after=after, timeout_s=timeout_s, state=state)

    def when(self, kind: type[object], /, **fields: Any) -> float:
        """Monotonic time of the first such fact."""
        return next(
            at
            for at, fact in self.facts
            if isinstance(fact, kind) and all(getattr(fact, k) == v for k, v in fields.items())
        )

    def moment(self, fact: object) -> float:
        """Monotonic time at which this very fact was told."""
        return next(at for at, told in self.facts if told is fact)

    def say(self, text: str, level_dbfs: float = -24.0) -> asyncio.Event:
        """Speaks into the Room, from now on; the event is set when the Room heard the end of it."""
        return self.play(*speech(text), level_dbfs)

    def play(self, sound: npt.NDArray[np.int16], rate_hz: int, level_dbfs: float = -24.0) -> asyncio.Event:
        """The same with a recording, mono."""
        assert self.board.room is not None
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        self.board.room.say(sound, rate_hz, level_dbfs, on_done=lambda: loop.call_soon_threadsafe(done.set))
        return done

    def reply_in_room(self, since_s: float, until_s: float) -> tuple[float, float]:
        """First and last moment (monotonic) at which the loudspeaker sounded in the room in this time."""
        room = self.board.room
        assert room is not None
        rate_hz = room.heard.rate_hz
        start = round((since_s - room.epoch_s) * rate_hz)
        heard = room.heard.read(start, round((until_s - since_s) * rate_hz))[:, 0]
        (sounding,) = np.nonzero(heard)
        assert len(sounding), "the loudspeaker was silent"
        return since_s + int(sounding[0]) / rate_hz, since_s + (int(sounding[-1]) + 1) / rate_hz

    def reply_heard_ms(self, since_s: float, until_s: float) -> float:
        """So much of the reply sounded in the room in this time, without the silence in which it was held up."""
        begun_s, ended_s = self.reply_in_room(since_s, until_s)
        room = self.board.room
        assert room is not None
        rate_hz = room.heard.rate_hz
        frames = round((ended_s - begun_s) * rate_hz)
        sounding = np.flatnonzero(room.heard.read(round((begun_s - room.epoch_s) * rate_hz), frames)[:, 0])
        gaps = np.diff(sounding) - 1
        held_up = float(gaps[gaps > rate_hz // 10].sum()) / rate_hz
        return (ended_s - begun_s - held_up) * 1000

    async def says_to_nobody(self, text: str) -> None:
        """Speaks into the Room and waits until the ears have looked for a wake word in all of it."""
        counters = self.house.hearing
        scored = counters.frames_scored
        await self.say(text).wait()
        ended_s = time.monotonic()
        while counters.last_scored_s < ended_s:
            assert time.monotonic() < ended_s + PATIENT_S, "nobody looks for a wake word"
            await asyncio.sleep(0.05)
        assert counters.frames_scored > scored

    async def chime_in_room(self, name: Chime, since_s: float, within_s: float = 3.0) -> float:
        """Monotonic time at which this chime began to sound in the room within this time; no other sound will do."""
        room = self.board.room
        assert room is not None
        # The Room runs in real time: what was heard until a moment is known at that moment.
        await asyncio.sleep(max(0.0, since_s + within_s - time.monotonic()))
        rate_hz = room.heard.rate_hz
        start, frames = round((since_s - room.epoch_s) * rate_hz), round(within_s * rate_hz)
        heard = room.heard.read(start, frames)[:, 0].astype(np.float64)
        sound = chime(name, rate_hz, self.config.speaking.chime_level_dbfs).astype(np.float64)
        # By FFT and running sum: the house lives in this loop, and would stand still for seconds otherwise.
        size = len(heard) + len(sound)
        overlap = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sound, size)), size)
        summed = np.concatenate([[0.0], np.cumsum(heard**2)])
        energy = summed[len(sound) :] - summed[: -len(sound)]
        likeness = overlap[: len(energy)] / np.sqrt(np.maximum(energy, 1.0) * np.sum(sound**2))
        best = int(np.argmax(likeness))
        assert likeness[best] > 0.99, f"no chime {name} in the room: the likest sound is at {likeness[best]:.2f}"
        return since_s + best / rate_hz

    async def loudspeaker_has_played(self, seconds: float) -> None:
        """Waits until so much of the reply that sounds now was heard, as a person does who interrupts."""
        # The Room runs in real time: what was heard until a moment is known at that moment.
        await asyncio.sleep(max(0.0, self.when_last(ev.ReplyAudible) + seconds - time.monotonic()))

    def when_last(self, kind: type[object]) -> float:
        return next(at for at, fact in reversed(self.facts) if isinstance(fact, kind))

    def at_server(self) -> list[dict[str, Any]]:
        """What passed the local server's socket so far, both ways."""
        return [json.loads(line) for line in self.server_log.read_text().splitlines() if line.endswith("}")]

    def audio_bytes_at_server(self) -> int:
        return sum(line.get("audio_bytes", 0) for line in self.at_server() if line["direction"] == "in")


def patient(**changes: Any) -> Conversation:
    return msgspec.structs.replace(Conversation(patience_s=3.0), **changes)


@dataclass
class Services:
    """What a device needs of the world, as real processes on loopback."""

    broker: Broker
    local: Process
    backend: Process
    backend_url: str
    server_log: Path
    device_key: str


@asynccontextmanager
async def services(
    folder: Path, token_lifetime_s: int = 600, local_options: Sequence[str] = (), broker: Broker | None = None
) -> AsyncIterator[Services]:
    """All of them listen; the backend knows one device. local_options: more words for `oyez-local serve`.
    broker: one that runs already."""
    local_port, backend_port = free_port(), free_port()
    server_log = folder / "server.jsonl"
    local = Process(
        [sys.executable, "-m", "oyez_local", "serve", "--port", str(local_port), "--api-key", UPSTREAM_KEY,
         "--log-events", server_log, *local_options]
    )  # fmt: skip
    backend = Process(
        [sys.executable, "-m", "oyez_backend", "serve", "--port", str(backend_port)],
        env={
            "OPENAI_API_KEY": UPSTREAM_KEY,
            "OYEZ_BACKEND_UPSTREAM_URL": f"http://127.0.0.1:{local_port}/v1",
            "OYEZ_BACKEND_DATA_DIR": str(folder / "backend"),
            "OYEZ_BACKEND_TOKEN_LIFETIME_S": str(token_lifetime_s),
            "OYEZ_BACKEND_TOKENS_PER_MINUTE": "600",
        },
    )
    async with AsyncExitStack() as stack:
        broker = broker or await stack.enter_async_context(mosquitto())
        stack.push_async_callback(local.kill)
        stack.push_async_callback(backend.kill)
        key = await device_key(folder)
        await local.start()
        await backend.start()
        await local.line("listening on ", timeout_s=60)
        await backend.line("listening on ", timeout_s=60)
        yield Services(broker, local, backend, f"http://127.0.0.1:{backend_port}", server_log, key)


@asynccontextmanager
async def theatre(
    folder: Path, *, token_lifetime_s: int = 600, local_options: Sequence[str] = (), **of_house: Any
) -> AsyncIterator[Theatre]:
    """Curtain up: everything runs and hears. of_house: what `stage` takes."""
    async with services(folder, token_lifetime_s, local_options) as world, stage(world, **of_house) as play:
        yield play


@asynccontextmanager
async def stage(
    world: Services,
    *,
    conversation: Conversation | None = None,
    publish_text: bool = True,
    board: BoardSettings | None = None,
    line: Mapping[str, Any] | None = None,
    memory: Path | None = None,
    run_folder: Path | None = None,
    mcp_tokens: Mapping[str, Secret] | None = None,
    extra: Mapping[str, Any] | None = None,
    local: LocalServer | None = None,
    **sections: Any,
) -> AsyncIterator[Theatre]:
    """A house that runs and hears. `sections` replace sections of the configuration, `line` some of [line].
    memory, run_folder: its folders. extra: more arguments of the House. local: who answers while the
    service is away."""
    config = Config(
        device=Device(id="story"),
        line=Line(**{"backend_url": world.backend_url, **(line or {})}),
        home=Home(port=world.broker.port, publish_text=publish_text),
        conversation=conversation or patient(),
        tools=[LIGHT],
    )
    config = msgspec.structs.replace(config, **sections)
    opened = open_board(board or BoardSettings(name="simulated"))
    play = Theatre(world.broker, world.local, world.backend, world.server_log, config, None, opened)  # type: ignore[arg-type]
    told = (Notifier(lambda text: None), play.note, Memory(memory, run_folder))
    play.house = House(config, opened, world.device_key, None, *told, mcp_tokens, local_server=local, **(extra or {}))
    running = asyncio.create_task(play.house.run(), name="house")
    try:
        async with asyncio.timeout(20):
            while not play.house.hears:
                assert not running.done(), running.result()
                await asyncio.sleep(0.05)
        yield play
        assert not running.done(), "the house fell down"
    finally:
        running.cancel()
        await asyncio.wait([running])


async def device_key(folder: Path) -> str:
    (key,) = [word for word in (await backend_command(folder, "device", "add", "story")).split() if "oyez_" in word]
    return key


async def backend_command(folder: Path, *words: str) -> str:
    """What `oyez-backend` prints, run beside the service that `services(folder)` started."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "oyez_backend", *words, "--data", str(folder / "backend"), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await child.communicate()
    assert child.returncode == 0
    return printed.decode()
