"""The organ that gets sounds to be announced: fetches and decodes them, tells of each, keeps it until it is dropped.

What cannot be had is answered to the order; what happens to the rest is decided by the conversation.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from oyez.config import Home
from oyez.events import Event, PlayAsked
from oyez.events_home import Priority
from oyez.home.deeds import FetchSound
from oyez.home.say_door import SCHEME, SayDoor
from oyez.home.sound_decoding import BYTES_PER_S, BadSound, decode
from oyez.home.sound_fetching import CannotFetch, fetch, read
from oyez.home.sound_source import is_address

log = logging.getLogger(__name__)

SPOKEN = Path("/usr/share/oyez/spoken")
"""The device's own sentences, made with its image."""
MOST_CLIPS = 4
"""On their way, waiting and sounding; past it an order is refused. Urgent ones find as many places more."""
MOST_KEPT_BYTES = 32_000_000
"""Of all clips: eleven minutes. Past it a clip is refused. Urgent ones find as much room more."""


class Announcements:
    """Loop only. `run` must be running; everything else returns at once."""

    def __init__(
        self,
        config: Home,
        http: httpx.AsyncClient,
        tell: Callable[[Event], None],
        answer: Callable[[str | None, bool, str], None],
        run_folder: Path | None = None,
    ) -> None:
        """answer: order id, whether it was done, and why not. run_folder: where other parts of the device ask for its
        own sentences."""
        self._config, self._http, self._tell, self._answer = config, http, tell, answer
        self._door = SayDoor(run_folder, self.fetch)
        self._orders: dict[Priority, asyncio.Queue[FetchSound]] = {
            "normal": asyncio.Queue(),
            "urgent": asyncio.Queue(),
        }
        self._coming = 0
        self._underway: list[FetchSound] = []
        """Being fetched, and wanted; one of each priority at most."""
        self._clips: dict[str, bytearray] = {}
        self._told = 0
        self._worker = ThreadPoolExecutor(1, "announcement")

    async def run(self) -> None:
        """For ever."""
        try:
            async with asyncio.TaskGroup() as group:
                for priority, orders in self._orders.items():  # none that is slow holds up an urgent one
                    group.create_task(self._serve(orders), name=f"{priority} announcements")
                group.create_task(self._door.run(), name="sentences for others")
        finally:
            self._worker.shutdown(wait=False, cancel_futures=True)

    def fetch(self, order: FetchSound) -> None:
        """A PlayAsked follows, or an answer that says why not."""
        if len(self._clips) + self._coming >= MOST_CLIPS * _share(order):
            self._refuse(order, f"{MOST_CLIPS} sounds are waiting already: send it again later.")
            return
        self._coming += 1
        self._orders[order.priority].put_nowait(order)

    def give_up(self, why: str) -> None:
        """What is on its way is not wanted any more: whoever ordered it is told."""
        for orders in self._orders.values():
            while not orders.empty():
                self._coming -= 1
                self._refuse(orders.get_nowait(), why)
        underway, self._underway = self._underway, []
        for order in underway:
            self._refuse(order, why)

    def clip(self, name: str) -> bytearray:
        """PCM16 mono little-endian at 24 kHz; nothing where it was dropped."""
        return self._clips.get(name, bytearray())

    def drop(self, name: str) -> None:
        self._clips.pop(name, None)

    async def _serve(self, orders: asyncio.Queue[FetchSound]) -> None:
        while True:
            order = await orders.get()
            self._underway.append(order)
            try:
                sound = await self._get(order)
                if order in self._underway:
                    self._keep(order, sound)
            except (CannotFetch, BadSound) as error:
                if order in self._underway:
                    self._refuse(order, str(error))
            finally:
                self._coming -= 1
                self._underway = [other for other in self._underway if other != order]

    async def _get(self, order: FetchSound) -> bytearray:
        work = asyncio.get_running_loop().run_in_executor
        if is_address(order.source):
            data = await fetch(self._http, order.source, self._config.announce_from)
        elif order.source.startswith(SCHEME):
            data = await work(self._worker, read, str(SPOKEN), f"{order.source.removeprefix(SCHEME)}.wav")
        else:
            data = await work(self._worker, read, self._config.audio_folder, order.source)
        return await work(self._worker, decode, data)

    def _keep(self, order: FetchSound, pcm: bytearray) -> None:
        if sum(len(kept) for kept in self._clips.values()) + len(pcm) > MOST_KEPT_BYTES * _share(order):
            raise BadSound("With those that wait it is too much sound to keep: send it again later.")
        self._told += 1
        clip = f"clip_{self._told}"
        self._clips[clip] = pcm
        self._tell(PlayAsked(clip, len(pcm) / BYTES_PER_S, order.order_id, order.priority, order.volume))

    def _refuse(self, order: FetchSound, why: str) -> None:
        log.warning("A sound is not announced: %s", why)
        self._answer(order.order_id, False, why)


def _share(order: FetchSound) -> int:
    """Of the bounds."""
    return 2 if order.priority == "urgent" else 1
