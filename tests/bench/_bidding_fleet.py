"""Devices that heard a wake word settle who answers: the daemon's own brokers and bidders over a real mosquitto, in
real time. What the conversation machine would do with it is two lines: without rivals it answers at once, else it bids.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from oyez.actions_home import PlaceBid
from oyez.config import Conversation, Device as DeviceSettings, Home
from oyez.events import BidLost, BidWon, Event, RivalsKnown
from oyez.home.bidder import Bidder
from oyez.home.broker import Broker
from oyez.home.packets import Incoming
from oyez.home.topics import Message
from oyez.view import View
from tests.bench._bidding_ears import Wake, Woken
from tests.doubles.processes import mosquitto

Fault = Literal["none", "one_frozen", "one_partitioned", "broker_restart"]
FAULTS: tuple[Fault, ...] = ("none", "one_frozen", "one_partitioned", "broker_restart")
SETTLED_S = 0.9
"""After the last device heard it: all that can still happen has happened."""
REST_S = 0.3
VIEW = View(wake_words=("hey_jarvis", "alexa", "hey_mycroft", "okay_nabu"))


class FaultyPost:
    """A broker's letterbox; while it is `cut` nothing comes in or goes out, and nobody notices."""

    def __init__(self, broker: Broker) -> None:
        self._broker, self.cut, self.heard = broker, False, asyncio.Event()
        self.on_link: Callable[[bool], None] = lambda there: None
        broker.on_link = lambda there: self.on_link(there)

    def send(self, message: Message) -> None:
        if not self.cut:
            self._broker.send(message)

    def keep(self, *retained: Message) -> None:
        self._broker.keep(*retained)

    def watch(self, pattern: str, on_message: Callable[[Incoming], None]) -> object:
        def hear(incoming: Incoming) -> None:
            if not self.cut:
                on_message(incoming)
                self.heard.set()

        return self._broker.watch(pattern, hear)


class FleetDevice:
    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self.broker = Broker(Home(port=port, discovery=False), DeviceSettings(id=name), lambda event: None)
        self.post = FaultyPost(self.broker)
        self.bidder = Bidder(name, Conversation().bid_s, self.post, self._tell, time.monotonic)
        self.bidder.show(VIEW)
        self.broker.show(VIEW)
        self.rivals, self.frozen = False, False
        self.forget()

    def forget(self) -> None:
        """A new phrase: nothing was heard of it yet."""
        self.heard_s, self.delay_s, self.answers, self.began = 0.0, 0.0, False, False

    def hear(self, word: str, woken: Woken) -> None:
        if self.frozen:
            return
        self.heard_s = time.monotonic()
        if self.rivals:
            self.bidder.place(PlaceBid(word, woken.score, woken.snr_db, near_db=woken.near_db))
        else:
            self._tell(BidWon())

    def knows(self, others: int) -> bool:
        return len(self.bidder._rivals.listening_for(frozenset(VIEW.wake_words))) == others

    async def knowing(self, others: int) -> None:
        """Returns when it knows so many."""
        while not self.knows(others):
            self.post.heard.clear()
            await self.post.heard.wait()

    def _tell(self, event: Event) -> None:
        if isinstance(event, RivalsKnown):
            self.rivals = event.any
        elif isinstance(event, BidWon):
            self.answers = self.began = True
            self.delay_s = time.monotonic() - self.heard_s
        elif isinstance(event, BidLost):
            self.answers = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one wake."""

    answering: tuple[int, ...]
    """Of the devices that can speak with each other, by distance, the nearest is 0."""
    heard: tuple[int, ...]
    able: tuple[int, ...]
    """Neither frozen nor cut off."""
    delay_s: float
    in_vain: bool
    """One began to answer and fell silent again."""
    alone_answered: bool
    """The one that was cut off answered for itself, too."""
    whole: bool
    """All devices knew each other when it was said."""


@dataclass
class Fleet:
    """A house with one broker. Wakes come one after the other."""

    wakes: Sequence[Wake]
    fault: Fault
    settled: list[Settled] = field(default_factory=list)

    async def live(self) -> "Fleet":
        count, dice = len(self.wakes[0].distances_m), random.Random(len(self.wakes[0].distances_m))
        async with mosquitto() as broker:
            devices = [FleetDevice(f"d{number}", broker.port) for number in dice.sample(range(count), count)]
            running = [asyncio.create_task(device.broker.run(), name=device.name) for device in devices]
            try:
                async with asyncio.timeout(30):
                    await asyncio.gather(*(device.knowing(count - 1) for device in devices))
                for number, wake in enumerate(self.wakes):
                    if self.fault == "broker_restart" and number == len(self.wakes) // 2:
                        await broker.kill()
                        await broker.start()
                    self.settled.append(await self._settle(devices, wake, dice))
            finally:
                for task in running:
                    task.cancel()
                await asyncio.wait(running)
        return self

    async def _settle(self, devices: list[FleetDevice], wake: Wake, dice: random.Random) -> Settled:
        broken = dice.randrange(len(devices))
        for number, device in enumerate(devices):
            device.forget()
            device.frozen = self.fault == "one_frozen" and number == broken
            device.post.cut = device.frozen or (self.fault == "one_partitioned" and number == broken)
        whole = all(device.knows(len(devices) - 1) for device in devices)
        loop, first_s = asyncio.get_running_loop(), min((one.at_s for one in wake.woken if one), default=0.0)
        latest_s = 0.0
        for device, woken in zip(devices, wake.woken, strict=True):
            if woken is not None:
                latest_s = max(latest_s, woken.at_s - first_s)
                loop.call_later(woken.at_s - first_s, device.hear, wake.word, woken)
        await asyncio.sleep(latest_s + SETTLED_S)
        able = tuple(number for number, device in enumerate(devices) if not device.post.cut)
        answering = tuple(number for number in able if devices[number].answers)
        made = Settled(
            answering,
            tuple(number for number in able if wake.woken[number] is not None),
            able,
            max((devices[number].delay_s for number in answering), default=0.0),
            any(devices[number].began and not devices[number].answers for number in able),
            any(device.answers for device in devices if device.post.cut),
            whole,
        )
        await asyncio.sleep(REST_S)
        return made
