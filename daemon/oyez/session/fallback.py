"""The shell of `choice`: dials whom it names, tells what that finds, knocks at the door of a service that is away."""

import asyncio
import logging
from collections.abc import Callable
from random import Random

from oyez import events as ev
from oyez.backoff import delays
from oyez.config import Line as LineConfig
from oyez.session.choice import Choice, Far, Order
from oyez.session.dialler import Dialled, Dialler, Keys
from oyez.session.ending import EXPECTED, first_of, out_of_means
from oyez.session.local_server import LocalKey, LocalServer
from oyez.session.settings import Turns
from oyez_realtime import messages as wire

log = logging.getLogger(__name__)

LATE = "it did not open in time"
KNOCK_S = (2.0, 60.0)
"""First and longest wait before the service's door is tried again."""


class Fallback:
    """Loop only. `run` as a long-lived task of the line."""

    def __init__(
        self,
        config: LineConfig,
        tokens: Keys,
        local: LocalServer | None,
        tell: Callable[[ev.Event], None],
        clock: Callable[[], float],
        rng: Random,
    ) -> None:
        """tell: of an outage, at its begin and its end. clock: monotonic seconds."""
        self._choice = Choice(local is not None, config.local_after_s)
        self._diallers: dict[Far, Dialler] = {"service": Dialler(config, tokens, clock)}
        if local is not None:
            self._diallers["local"] = Dialler(config, LocalKey(local), clock, "local", local.tls)
        self._in_time_s = config.local_after_s
        self._tell, self._clock, self._rng = tell, clock, rng
        self._news = asyncio.Event()
        self._waits = delays(rng, *KNOCK_S)

    def to_open(self) -> Order:
        return self._choice.to_open(self._clock())

    def to_mend(self, held: Far, error: BaseException) -> Order:
        return self._choice.to_mend(held, error)

    async def dial(self, far: Far, session: wire.RealtimeSession, turns: Turns) -> Dialled:
        """Raises one of EXPECTED."""
        return await self._diallers[far].dial(session, turns)

    def forget_token(self, far: Far) -> None:
        """It is accepted no more."""
        self._diallers[far].forget_token()

    def opened(self, far: Far, why: BaseException | None) -> None:
        """A session is the conversation's. why: what kept the service from it; None: nobody asked it."""
        if far == "local" and why is not None:
            log.warning("The local server answers, the voice service does not: %s", str(first_of(why)) or LATE)
        self._pass_on(self._choice.opened(far, why, self._clock()))

    def took(self, event: wire.ServerEvent) -> None:
        """What the service tells in a conversation. Raises OutOfMeans where the local server shall answer instead."""
        if self._choice.has_local and (why := out_of_means(event)) is not None:
            raise why
        if isinstance(event, wire.ResponseDone) and event.response.status == "completed":
            self._waits = delays(self._rng, *KNOCK_S)
            self._pass_on(self._choice.answered())

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._news.clear()
            if not self._choice.door_is_proof:
                await self._news.wait()
                continue
            await asyncio.sleep(next(self._waits))
            if self._choice.door_is_proof and await self._knock():
                self._pass_on(self._choice.door_open())

    async def _knock(self) -> bool:
        """A door that opens too slowly is none: the next conversation would be back here at once."""
        try:
            async with asyncio.timeout(self._in_time_s):
                await self._diallers["service"].knock()
        except EXPECTED as error:
            log.info("The voice service is still away: %s", str(first_of(error)) or LATE)
            return False
        return True

    def _pass_on(self, facts: list[ev.Event]) -> None:
        self._news.set()
        for fact in facts:
            self._tell(fact)
