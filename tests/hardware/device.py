"""Oyez alive on a board, and what stands around it: it is judged by what it tells on MQTT and by what it sounds."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.doubles.onlooker import Onlooker
from tests.doubles.speech import say as speech
from tests.hardware.bench import Mouth, absent

WAKE = "Hey Jarvis"
PATIENT_S = 30.0
PRESS_S = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Something that is taken away and given back. Both return when it is done."""

    off: Callable[[], Awaitable[Any]]
    on: Callable[[], Awaitable[Any]]
    off_s: float = 0.0
    """So long it is to stay away."""

    async def once(self) -> None:
        await self.off()
        await asyncio.sleep(self.off_s)
        await self.on()


Press = Callable[[], Awaitable[None]]
"""Of a button, or a switch is moved to its other side."""


class Loudspeaker(Protocol):
    def sounded_until(self, since_s: float, until_s: float) -> float:
        """Monotonic: the last moment of this time at which the board's loudspeaker was heard."""


@dataclass(kw_only=True)
class Device:
    name: str
    id: str
    looker: Onlooker
    own_mouth: Mouth | None
    speech_dbfs: float
    talks: bool
    """A voice service answers it."""
    boot_s: float = PATIENT_S
    """From power to `online`, at most."""
    own_power: Cut | None = None
    own_network: Cut | None = None
    own_card: Cut | None = None
    own_presses: Mapping[str, Press] = field(default_factory=dict)
    """By what the button is for: action, mute."""
    own_lit: Callable[[], bool] | None = None
    own_loudspeaker: Loudspeaker | None = None
    memory_mb: Callable[[], float | None] = lambda: None
    """Resident; None: nobody can tell."""

    @property
    def power(self) -> Cut:
        return self.own_power or absent(self.name, "a switch for its power: give --rig with [power]")

    @property
    def network(self) -> Cut:
        return self.own_network or absent(self.name, "a switch for its network: give --rig with [network]")

    @property
    def card(self) -> Cut:
        return self.own_card or absent(self.name, "a way to pull out its card: give --rig with [usb]")

    def press(self, use: str) -> Press:
        return self.own_presses.get(use) or absent(self.name, f"a wire to that button: give --rig with wires.{use}")

    @property
    def loudspeaker(self) -> Loudspeaker:
        return self.own_loudspeaker or absent(self.name, "a reference microphone: give --rig with [ear]")

    @property
    def lit(self) -> Callable[[], bool]:
        """Whether a lamp shines now."""
        return self.own_lit or absent(self.name, "a photodiode at its lamps: give --rig with wires.light")

    @property
    def now(self) -> int:
        """A place in what was told: what `after` counts from."""
        return len(self.looker.seen)

    def topic(self, name: str) -> str:
        return f"oyez/{self.id}/{name}"

    async def say(self, text: str) -> float:
        """By the mouth; returns when it was said: monotonic, by this machine's clock."""
        mouth = self.own_mouth or absent(self.name, "a mouth: give --rig with [mouth]")
        sound, rate_hz = await asyncio.to_thread(speech, text)
        mouth(sound, rate_hz, self.speech_dbfs)
        await asyncio.sleep(len(sound) / rate_hz)
        return time.monotonic()

    async def woken(self, after: int, within_s: float = PATIENT_S) -> dict[str, Any]:
        message = await self.looker.until(self.topic("event/wake"), after=after, timeout_s=within_s)
        said: dict[str, Any] = json.loads(message.payload)
        return said

    async def until(
        self, holds: Callable[[dict[str, Any]], bool], *, after: int = 0, within_s: float = PATIENT_S
    ) -> dict[str, Any]:
        """The first state document from `after` on of which this holds."""

        def fits(payload: bytes) -> bool:
            return bool(payload) and holds(json.loads(payload))

        message = await self.looker.until(self.topic("state"), fits, after=after, timeout_s=within_s)
        state: dict[str, Any] = json.loads(message.payload)
        return state

    async def available(self, word: str, after: int, within_s: float = PATIENT_S) -> None:
        wanted = word.encode()
        await self.looker.until(
            self.topic("availability"), lambda payload: payload == wanted, after=after, timeout_s=within_s
        )

    async def order(self, name: str, payload: str) -> None:
        await self.looker.send(self.topic(name), payload)

    async def at_rest(self) -> None:
        """It listens for its wake word, and does nothing else."""
        order, place = f"rest-{time.monotonic_ns()}", self.now
        await self.order("do/stop", json.dumps({"id": order}))
        for answer in ("event/done", "event/error"):  # it may have stopped by itself
            with contextlib.suppress(AssertionError):
                await self.looker.json(self.topic(answer), after=place, id=order)
                break
        await self.until(lambda state: state["state"] == "idle" and not state["muted"], after=self._last_state)

    @property
    def _last_state(self) -> int:
        """The place of what it told last of its state."""
        topic, seen = self.topic("state"), self.looker.seen
        return next((place for place in range(len(seen) - 1, -1, -1) if seen[place].topic == topic), 0)

    def last_state(self) -> dict[str, Any]:
        """What it told last."""
        state: dict[str, Any] = json.loads(self.looker.seen[self._last_state].payload)
        return state


def resident_mb(status: str) -> float | None:
    """Out of the text of /proc/PID/status."""
    found = re.search(r"^VmRSS:\s*(\d+) kB", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else None
