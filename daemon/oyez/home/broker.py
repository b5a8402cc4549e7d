"""The shell of the home organ: keeps one connection to the MQTT broker alive, shows the device on it, takes orders.

A broker that is away, refuses us or dies never stops the device: it is told once in the log, and tried again.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from oyez.backoff import delays
from oyez.config import Device, Home
from oyez.config_hearing import SHIPPED_WORDS
from oyez.events import Event
from oyez.home import discovery, screens, topics
from oyez.home.announced import AnnouncedFile
from oyez.home.announcer import Announcer
from oyez.home.away import BrokerAway, ProtocolRefused
from oyez.home.connection import Connection, Incoming
from oyez.home.deeds import Deed
from oyez.home.moving_out import MovingOut
from oyez.home.order_desk import OrderDesk, Reply
from oyez.home.orders import Order
from oyez.home.shelf import Shelf
from oyez.home.topics import Message
from oyez.home.watchers import Watch, Watchers
from oyez.release import installed_version
from oyez.secret import Secret
from oyez.view import View

log = logging.getLogger(__name__)

SESSION_S = 60
"""So long the broker keeps orders for us when the connection breaks."""
STEADY_S = 10.0
"""A connection that held so long was a good one: the next attempt begins with the shortest delay."""
CONFIRM_TIMEOUT_S = 3.0


class Broker:
    """Call everything on the loop's thread; `show`, `emit` and `answer` never wait and never fail."""

    def __init__(
        self,
        config: Home,
        device: Device,
        tell: Callable[[Event], None],
        *,
        password: Secret | None = None,
        on_trouble: Callable[[str | None], None] = lambda sentence: None,
        known_words: Callable[[], Collection[str]] = lambda: SHIPPED_WORDS,
        do_deed: Callable[[Deed], None] | None = None,
        announced: AnnouncedFile | None = None,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
        first_delay_s: float = 1.0,
        longest_delay_s: float = 60.0,
    ) -> None:
        """password: what `config_file.secret` read. clock: monotonic seconds.
        on_trouble: is told whenever `broker_trouble` changes. known_words: wake words that may be asked for now.
        do_deed: carries out what is no event, and answers it; None: nothing such can be done.
        announced: what Home Assistant was told before this start; None: nothing is remembered."""
        self._home = config
        self._device = device
        self._tell = tell
        self._password = password
        self._clock = clock
        self._rng = rng or random.Random()
        self._delay_range_s = (first_delay_s, longest_delay_s)
        self._connection: Connection | None = None
        self._v5 = True
        self._shelf = Shelf()
        self._desk = OrderDesk(device.id, clock())
        self._on_trouble = on_trouble
        self._known_words, self._do_deed = known_words, do_deed
        self._watchers = Watchers()
        self._announced_file = announced or AnnouncedFile()
        self._announcer = Announcer(config, device, installed_version(), self._announced_file.recall())
        self._moving_out = MovingOut(self, device.id, self._announcer, self._announced_file)
        self._told: set[str] = set()
        self._announcing: asyncio.TimerHandle | None = None
        self._shelf.replace([self._announcer.document, topics.availability(device.id, topics.ONLINE)])
        self.broker_trouble: str | None = None
        """Why home automation does not work now; None: it does."""
        self.on_link: Callable[[bool], None] = lambda there: None
        """Told when a connection stands, and when it has ended."""

    @property
    def reached(self) -> bool | None:
        """None: none is configured."""
        return self._connection is not None if self._home.host else None

    async def run(self) -> None:
        """For ever: connects, serves, reconnects. Returns at once where no broker is configured."""
        if not self._home.host:
            log.info("No MQTT broker is configured (home.host): home automation is off.")
            return
        # Not asyncio's own executor: asyncio.run would wait at the end for a name server that does not answer.
        worker = ThreadPoolExecutor(1, "mqtt-connect")
        try:
            await self._keep_connected(worker)
        finally:
            worker.shutdown(wait=False, cancel_futures=True)

    async def _keep_connected(self, worker: ThreadPoolExecutor) -> None:
        waits = delays(self._rng, *self._delay_range_s)
        while True:
            began_s = self._clock()
            try:
                await self._connect_and_serve(worker)
            except ProtocolRefused as refusal:
                self._note(str(refusal))
                self._v5 = not self._v5
                if not self._v5:
                    continue  # at once, with MQTT 3.1.1
            except BrokerAway as away:
                self._note(str(away))
                self._v5 = True
            if self._clock() - began_s > STEADY_S:
                waits = delays(self._rng, *self._delay_range_s)
            await asyncio.sleep(next(waits))

    async def _connect_and_serve(self, worker: ThreadPoolExecutor) -> None:
        connection = Connection(
            self._home,
            self._password,
            self._device.id,
            v5=self._v5,
            session_s=SESSION_S,
            will=topics.availability(self._device.id, topics.OFFLINE),
            complain=self._note,
        )
        await connection.open(worker)
        self._well()
        self._connection = connection
        try:
            self._greet(connection)
            self.on_link(True)
            while True:
                self._hear(await connection.receive())
        finally:
            self._connection = None
            self.on_link(False)
            if self._announcing is not None:
                self._announcing.cancel()
            connection.publish(topics.availability(self._device.id, topics.OFFLINE))
            await connection.close()

    def watch(self, pattern: str, on_message: Callable[[Incoming], None]) -> Watch:
        """What comes on these topics (`+` and `#` allowed) is given to `on_message`, on this connection and all to
        come; none of it is an order, and no flood of it is bounded here."""
        if self._connection is not None:
            self._connection.subscribe(pattern)
        return self._watchers.add(pattern, on_message)

    def unwatch(self, watch: Watch) -> None:
        if self._watchers.remove(watch) and self._connection is not None:
            self._connection.unsubscribe(watch.pattern)

    def _greet(self, connection: Connection) -> None:
        root = topics.base(self._device.id)
        for pattern in (f"{root}/set/#", f"{root}/do/#", *self._watchers.patterns):
            connection.subscribe(pattern)
        if self._home.discovery:
            connection.subscribe(discovery.birth_topic(self._home.discovery_prefix))
        self._announce()
        self._moving_out.leave()
        self._announced_file.keep(self._announcer.book)
        self._publish(self._shelf.take(self._clock()))

    def _announce(self) -> None:
        self._publish(self._shelf.retained())

    def keep(self, *retained: Message) -> None:
        """Published where they changed, now and whenever the broker is back."""
        self._publish(self._shelf.replace(retained))

    def send(self, message: Message) -> None:
        """Now or never."""
        self._publish([message])

    def _publish(self, messages: Iterable[Message]) -> None:
        """While the broker is away they go nowhere."""
        if self._connection is not None:
            for message in messages:
                self._connection.publish(message)

    def show(self, view: View, extra: Mapping[str, Any] | None = None) -> None:
        """Publishes what changed, now or when the broker is back. extra: more keys for the state document."""
        if not self._home.publish_text:
            view = topics.without_words(view)
        picture = topics.document(view, extra or {})
        announcement = self._announcer.learn(picture, self._known_words())
        self.keep(
            *([announcement] if announcement else []),
            topics.state_message(self._device.id, picture),
            *topics.plain_messages(self._device.id, picture),
        )
        if announcement is not None and self._connection is not None:
            self._announced_file.keep(self._announcer.book)

    def caption(self, fact: object) -> None:
        """Whatever is told and ordered; what of it belongs on a screen goes there, where texts may be published."""
        message = screens.caption(self._device.id, fact) if self._home.publish_text else None
        if message is not None:
            self._publish([message])

    def level(self, dbfs: float, snr_db: float, direction_deg: float | None) -> None:
        """Of what is heard at this moment."""
        self._publish([screens.level(self._device.id, dbfs, snr_db, direction_deg)])

    def emit(self, name: str, body: Mapping[str, Any], words: Mapping[str, Any] | None = None) -> None:
        """Tells of an event; while the broker is away it waits a minute at most. words: more keys, which tell what
        somebody said, or the same in other words: they go out only where texts do."""
        told = {**body, **words} if words and self._home.publish_text else body
        message = topics.event_message(self._device.id, name, told)
        if self._connection is not None:
            self._connection.publish(message)
        else:
            self._shelf.keep(message, self._clock())

    def answer(self, order_id: str | None, ok: bool, why: str = "", answer: str | None = None) -> None:
        """What became of an order, on `event/done`. answer: what somebody said to the question that it asked."""
        body = topics.outcome(order_id, ok, why, answer)
        self._desk.settle(order_id, body)
        self.emit("done", body)

    @property
    def tells_where_to_answer(self) -> bool:
        """It speaks MQTT 5, so that a message can carry where its answer is wanted."""
        return self._connection is not None and self._connection.v5

    async def publish(self, message: Message) -> None:
        """A message into the house. Raises ServiceAway unless the broker confirmed it within three seconds."""
        connection = self._connection
        if connection is None:
            raise BrokerAway(self.broker_trouble or "The MQTT broker is not connected yet.")
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                await connection.publish_and_confirm(message)
        except TimeoutError:
            raise BrokerAway(f"The MQTT broker did not confirm {message.topic} in {CONFIRM_TIMEOUT_S:g} s.") from None

    def _hear(self, incoming: Incoming) -> None:
        if incoming.topic == discovery.birth_topic(self._home.discovery_prefix):
            if incoming.payload == topics.ONLINE:
                self._announce_soon()
            return
        if self._watchers.take(incoming):
            return
        order = self._desk.take(incoming, self._known_words(), self._clock())
        if isinstance(order, Reply):
            self.emit(order.name, order.body)
        elif order is not None:
            self._pass_on(order)

    def _pass_on(self, order: Order) -> None:
        if not isinstance(order, Deed):
            self._tell(order)
        elif self._do_deed is not None:
            self._do_deed(order)
        else:
            self.answer(order.order_id, False, "This device cannot do that.")

    def _announce_soon(self) -> None:
        """Home Assistant has started. A fleet must not answer it in one moment."""
        if self._announcing is None or self._announcing.when() <= asyncio.get_running_loop().time():
            wait_s = self._rng.uniform(0.0, 1.0)
            self._announcing = asyncio.get_running_loop().call_later(wait_s, self._announce)

    def _note(self, sentence: str) -> None:
        """Once in the log until the next good connection, however often it is tried."""
        if sentence not in self._told:
            self._told.add(sentence)
            log.warning("%s", sentence)
        self._set_trouble(sentence)

    def _well(self) -> None:
        log.info("Connected to the MQTT broker at %s:%d.", self._home.host, self._home.port)
        self._told.clear()
        self._set_trouble(None)

    def _set_trouble(self, sentence: str | None) -> None:
        if sentence != self.broker_trouble:
            self.broker_trouble = sentence
            self._on_trouble(sentence)
