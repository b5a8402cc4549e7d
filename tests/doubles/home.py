"""The home organ alone, with a conductor's stand-in that hears its events and answers as the real one would."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from oyez.config import Device, Home
from oyez.events import AskAsked, Event, ListenAsked, MuteAsked, SayAsked, StopAsked
from oyez.home.broker import Broker
from oyez.view import View

DEVICE = Device(id="kitchen", name="Kitchen speaker")
ROOT = "oyez/kitchen"


class Told:
    """Stands where the conductor stands: hears events, answers as it would."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._grown = asyncio.Event()
        self.troubles: asyncio.Queue[str | None] = asyncio.Queue()
        self.broker: Broker | None = None
        self.obeys = True

    async def trouble(self) -> str:
        """The next trouble with the broker, now or soon."""
        async with asyncio.timeout(10.0):
            while (sentence := await self.troubles.get()) is None:
                continue
        return sentence

    async def heard(self, kind: type, within_s: float) -> bool:
        """Whether an event of this kind has come, or comes in time."""
        try:
            async with asyncio.timeout(within_s):
                while not any(isinstance(event, kind) for event in self.events):
                    self._grown.clear()
                    await self._grown.wait()
        except TimeoutError:
            return False
        return True

    def tell(self, event: Event) -> None:
        self.events.append(event)
        self._grown.set()
        order_id = getattr(event, "order_id", None)
        if self.broker is None or not self.obeys:
            return
        match event:
            case MuteAsked(muted=muted):
                self.broker.show(View(muted=muted))
            case AskAsked(question="fail") | SayAsked(text="fail"):
                self.broker.answer(order_id, False, "The line is away.")
            case AskAsked(question=question):
                self.broker.answer(order_id, True, answer=f"Yes, I heard {question}")
            case SayAsked() | ListenAsked() | StopAsked():
                self.broker.answer(order_id, True)
            case _:
                pass


@asynccontextmanager
async def at_home(
    home: Home, told: Told | None = None, device: Device = DEVICE, **more: Any
) -> AsyncIterator[tuple[Broker, Told]]:
    """A running home organ with quick retries; stopped as SIGTERM stops it."""
    told = told or Told()
    quick: dict[str, Any] = {"rng": random.Random(1), "first_delay_s": 0.05, "longest_delay_s": 0.2}
    broker = Broker(home, device, told.tell, on_trouble=told.troubles.put_nowait, **quick, **more)
    told.broker = broker
    task = asyncio.create_task(broker.run(), name="broker")
    try:
        yield broker, told
    finally:
        if task.done():
            task.result()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
