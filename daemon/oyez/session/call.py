"""One conversation on the line, over as many sessions as it takes.

A session ends by its time limit, by a broken network, by a service that restarts; the conversation does not. A session
whose time is nearly up is replaced, at a moment in which nobody notices, by one that was opened, configured and told of
the conversation beside it; one that was lost is replaced as soon as it can be. The house hears of neither, unless it
cannot be mended.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from oyez import events as ev
from oyez.backoff import delays
from oyez.config import Line as LineConfig
from oyez.session import errands as do
from oyez.session.choice import Far, Order
from oyez.session.dialler import Dialled
from oyez.session.ending import EXPECTED, first_of, gave_up, lost, wants_new_token
from oyez.session.fallback import Fallback
from oyez.session.link import Link
from oyez.session.patience import Patience, to_mend, to_open
from oyez.session.reaching import reach
from oyez.session.relay import Sound
from oyez.session.settings import Turns, session
from oyez.session.spare import Spare, spare_session
from oyez.session.story import Rehearsal, Story
from oyez_realtime import messages as wire
from oyez_realtime.closing import Remedy, judge_error
from oyez_realtime.errors import NotConnected

log = logging.getLogger(__name__)

SETTLED_S = 3.0
"""A session that lived so long was a good one: its loss is a new one, with patience of its own."""
PAID_FOR = (wire.ResponseDone, wire.ConversationItemInputAudioTranscriptionCompleted)
ROTATION_RETRY_S = (1.0, 30.0)
NO_SESSION: dict[Far, tuple[int, str]] = {
    "service": (logging.INFO, "No session: %s"),
    "local": (logging.WARNING, "No session with the local server, see line.local_url and its key: %s"),
}
LOOK_AGAIN_S = 1.0
"""Time alone can make a moment quiet."""


@dataclass(frozen=True)
class Wiring:
    """What a conversation needs of the line and of the house."""

    config: LineConfig
    tools: Callable[[], Sequence[dict[str, Any]]]
    """Of the next conversation; holds the tokens of servers of tools."""
    fallback: Fallback
    tell: Callable[[ev.Event], None]
    say_sound: Callable[[str, int, bytes], None]
    on_usage: Callable[[wire.ServerEvent], None]
    on_sent: Callable[[int], None]
    on_remote_call: Callable[[wire.McpCall], None]
    clock: Callable[[], float]
    rng: Random


class Call:
    """Everything but `live` returns at once. After `close` it tells nothing more."""

    def __init__(self, wiring: Wiring, turns: Turns) -> None:
        self._with, self.story = wiring, Story(wiring.config, turns)
        self._tools = wiring.tools()
        self._link: Link | None = None
        self._serving: asyncio.Task[BaseException] | None = None
        self._patience: dict[Far, Patience] = {}
        """With losses, one after the other."""
        self._news = asyncio.Event()
        self._closed = False

    def close(self) -> Link | None:
        """Its present session, which is to be left."""
        link, self._link, self._closed = self._link, None, True
        if link is not None:
            link.leave()
        return link

    def send(self, what: Sequence[do.Outgoing]) -> None:
        """To the present session. Without one nothing is lost: the story knows, and the next session is told."""
        if self._link is not None:
            for one in what:
                self._link.send(one)

    def drop_reply(self) -> None:
        """What is still on its way of the running reply is not wanted."""
        self.story.unwanted()
        if self._link is not None:
            self._link.relay.cut_active()

    # --- what a session tells -----------------------------------------------------------------------------------------

    def took(self, link: Link, event: wire.ServerEvent, cause: str | None) -> None:
        if link.far == "service" and isinstance(event, PAID_FOR):
            self._with.on_usage(event)  # whoever asked for it may be gone: it is paid all the same
        self._remote(event)
        if link is self._link and link.far == "service":
            self._with.fallback.took(event)
        facts = link.relay.take(event)
        if link is not self._link:
            return
        more = [] if _is_ignored(event, facts) else self.story.take(event, cause, self._with.clock())
        for fact in [*facts, *more]:
            self._tell(fact)
        if isinstance(event, wire.ErrorEvent):
            level = logging.DEBUG if judge_error(event.error).remedy is Remedy.IGNORE else logging.WARNING
            log.log(level, "The service objects: %s (%s)", event.error.message, event.error.code)
        self._news.set()

    def _remote(self, event: wire.ServerEvent) -> None:
        """What the service did with tools elsewhere, whoever may still want to hear of it."""
        match event:
            case wire.ResponseOutputItemDone(item=wire.McpCall() as call):
                self._with.on_remote_call(call)
            case wire.McpListToolsFailed():
                log.warning(
                    "The service cannot reach a server of tools (MCP), so none of its tools is there: see whether url "
                    "and token of each [[mcp]] are right and whether the service can reach the server."
                )

    def sent(self, link: Link, size: int) -> None:
        self._with.on_sent(size)
        if link is self._link:
            self.story.sent(size)
            self._news.set()

    def turn_too_short(self, link: Link) -> None:
        if link is self._link:
            for fact in self.story.turn_too_short():
                self._tell(fact)

    def _tell(self, fact: ev.Event | Sound) -> None:
        if self._closed:
            return
        if isinstance(fact, Sound):
            self._with.say_sound(fact.item_id, fact.content_index, fact.pcm)
        else:
            self._with.tell(fact)

    # --- session after session ----------------------------------------------------------------------------------------

    async def live(self) -> None:
        """Until it cannot go on, which it tells; cancel it to end it sooner."""
        async with asyncio.TaskGroup() as group:
            now, timeout_s = self._with.clock(), self._with.config.connect_timeout_s
            order = self._with.fallback.to_open()
            patience = {far: to_open(now, timeout_s, self._with.rng) for far in order.all}
            dialled, why = await reach(group, order, lambda far: self._attempt(far, patience[far], None))
            if dialled is None:
                self._tell(lost(why.get("service") or why[order.first]))
                return
            link: Link | None = self._take_over(group, dialled, self.story.rehearse())
            self._tell(ev.SessionReady())
            self._with.fallback.opened(dialled.far, why.get("service"))
            while link is not None:
                link = await self._next(group, link)

    async def _attempt(self, far: Far, patience: Patience, error: BaseException | None) -> Dialled | BaseException:
        """An open session, or why there is none. error: how the last one ended, whose next must come in time."""
        while True:
            if error is not None:
                wait_s = patience.wait_s(error, self.story.owed, self._with.clock())
                if wait_s is None:
                    return error
                await asyncio.sleep(wait_s)
            try:
                async with asyncio.timeout(patience.bound_s(self._with.clock())):
                    return await self._dial(far)
            except EXPECTED as problem:
                error = first_of(problem)
                log.log(*NO_SESSION[far], error)

    async def _dial(self, far: Far) -> Dialled:
        turns = self.story.turns
        return await self._with.fallback.dial(far, session(self._with.config, self._tools, turns), turns)

    async def _next(self, group: asyncio.TaskGroup, link: Link) -> Link | None:
        """The session after this one: by rotation, or because this one was lost. None: there is none."""
        assert self._serving is not None
        serving = self._serving
        rotation = group.create_task(self._rotate(group, link), name="rotation")
        await asyncio.wait({serving, rotation}, return_when=asyncio.FIRST_COMPLETED)
        if rotation.done():
            serving.cancel()
            return rotation.result()
        rotation.cancel()
        if self._closed:
            return None
        return await self._mend(group, link, serving.result())

    async def _mend(self, group: asyncio.TaskGroup, link: Link, error: BaseException) -> Link | None:
        self._link = None
        log.warning("The session ended in mid-conversation: %s", error)
        for event in self.story.lost():
            self._tell(event)
        if wants_new_token(error):
            self._with.fallback.forget_token(link.far)
        order = self._with.fallback.to_mend(link.far, error)
        self._renew_patience(order, link)
        now, reconnect_s = self._with.clock(), self._with.config.reconnect_s
        self._tell(ev.LineBroke(now + reconnect_s + self._with.config.connect_timeout_s))
        ended = {link.far: error}
        dialled, why = await reach(group, order, lambda far: self._attempt(far, self._patience[far], ended.get(far)))
        why = ended | why
        if dialled is None:
            told = why.get("service") or why[link.far]
            self._tell(gave_up(told, reconnect_s) if self._patience[order.first].tries else lost(told))
            return None
        log.info("The conversation goes on in a new session.")
        self._tell(ev.LineMended())
        self._with.fallback.opened(dialled.far, why.get("service"))
        rehearsal = self.story.rehearse()
        return self._take_over(group, dialled, rehearsal, [do.Create(item) for item in rehearsal.items])

    def _renew_patience(self, order: Order, link: Link) -> None:
        """One loss upon the other has to do with what is left."""
        now = self._with.clock()
        if now - link.opened_s > SETTLED_S:
            self._patience.clear()
        for far in order.all:
            if far not in self._patience:
                self._patience[far] = to_mend(now, self._with.config.reconnect_s, self._with.rng)

    def _take_over(
        self, group: asyncio.TaskGroup, dialled: Dialled, rehearsal: Rehearsal, first: Sequence[do.Outgoing] = ()
    ) -> Link:
        """Between two frames of sound: from here on this session is the present one. first: what it has not been told
        of the rehearsal."""
        link = Link(dialled, self._with.config, self._with.clock, self)
        changed = [] if dialled.turns == self.story.turns else [self.story.configure()]
        for what in [*changed, *first, *self.story.move(rehearsal)]:
            link.send(what)
        self._serving = group.create_task(link.live(), name="link")
        self._link = None if self._closed else link
        return link

    # --- rotation -----------------------------------------------------------------------------------------------------

    async def _rotate(self, group: asyncio.TaskGroup, old: Link) -> Link:
        """Waits until the session should be replaced, and replaces it. What fails is tried again while it lives."""
        await asyncio.sleep(max(0.0, old.due_s - self._with.clock()))
        waits = delays(self._with.rng, *ROTATION_RETRY_S)
        while True:
            try:
                async with spare_session(await self._dial(old.far)) as spare:
                    rehearsal = await self._rehearse(old, spare)
                    if not self._closed and self._is_quiet(old) and self.story.is_whole(rehearsal):
                        log.info("The session's time is nearly up: the conversation goes on in the next one.")
                        return self._take_over(group, spare.keep(), rehearsal)
            except (*EXPECTED, NotConnected) as error:
                log.info("The next session is not there yet: %s", error)
            await asyncio.sleep(next(waits))

    async def _rehearse(self, old: Link, spare: Spare) -> Rehearsal:
        """At a quiet moment: tells the spare session of the conversation. Returns when it knows all of it, which is
        when it answers the update that was sent behind, since the service takes what it is sent in order."""
        while not self._is_quiet(old):
            self._news.clear()
            try:
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await self._news.wait()
            except TimeoutError:
                continue
        rehearsal = self.story.rehearse()
        async with asyncio.timeout(self._with.config.connect_timeout_s):
            for item in rehearsal.items:
                await spare.client.item_create(item)
            await spare.client.session_update(session(self._with.config, self._tools, spare.dialled.turns))
        return rehearsal

    def _is_quiet(self, link: Link) -> bool:
        return self.story.moment(link.errands, self._with.clock()).quiet


def _is_ignored(event: wire.ServerEvent, facts: Sequence[object]) -> bool:
    """A wish of a reply that was cut, or one told twice: the house does not hear of it, so no answer will ever come."""
    match event:
        case wire.ResponseFunctionCallArgumentsDone() | wire.ResponseOutputItemDone(item=wire.McpApprovalRequest()):
            return not facts
        case _:
            return False
