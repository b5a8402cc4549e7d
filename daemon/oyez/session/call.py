"""One conversation on the line, over as many sessions as it takes.

A session ends by its time limit, by a broken network, by a service that restarts; the conversation does not. A session
whose time is nearly up is replaced, at a moment in which nobody notices, by one that was opened, configured and told of
the conversation beside it; one that was lost is replaced as soon as it can be. The house hears of neither, unless it
cannot be mended.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from oyez import events as ev
from oyez.backoff import delays
from oyez.config import Line as LineConfig
from oyez.session import errands as do
from oyez.session.dialler import Dialled, Dialler
from oyez.session.ending import EXPECTED, first_of, gave_up, lost, wants_new_token
from oyez.session.link import Link
from oyez.session.patience import Patience, to_mend, to_open
from oyez.session.relay import Sound
from oyez.session.settings import Turns, session
from oyez.session.story import Rehearsal, Story
from oyez_realtime import messages as wire
from oyez_realtime.closing import Remedy, judge_error
from oyez_realtime.errors import NotConnected

log = logging.getLogger(__name__)

SETTLED_S = 3.0
"""A session that lived so long was a good one: its loss is a new one, with patience of its own."""
ROTATION_RETRY_S = (1.0, 30.0)
LOOK_AGAIN_S = 1.0
"""Time alone can make a moment quiet."""


@dataclass(frozen=True)
class Wiring:
    """What a conversation needs of the line and of the house."""

    config: LineConfig
    tools: Callable[[], Sequence[dict[str, Any]]]
    """Of the next conversation; holds the tokens of servers of tools."""
    dialler: Dialler
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
        self._patience: Patience | None = None
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
        if isinstance(event, wire.ResponseDone | wire.ConversationItemInputAudioTranscriptionCompleted):
            self._with.on_usage(event)  # whoever asked for it may be gone: it is paid all the same
        self._remote(event)
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
            patience = to_open(self._with.clock(), self._with.config.connect_timeout_s, self._with.rng)
            reached = await self._reach(patience, None)
            if not isinstance(reached, Dialled):
                self._tell(lost(reached))
                return
            link: Link | None = self._take_over(group, reached, self.story.rehearse())
            self._tell(ev.SessionReady())
            while link is not None:
                link = await self._next(group, link)

    async def _reach(self, patience: Patience, error: BaseException | None) -> Dialled | BaseException:
        """An open session, or why there is none. error: how the last one ended, whose next must come in time."""
        bound_s = None
        while True:
            if error is not None:
                wait_s = patience.wait_s(error, self.story.owed, self._with.clock())
                if wait_s is None:
                    return error
                await asyncio.sleep(wait_s)
                bound_s = patience.bound_s(self._with.clock())
            try:
                async with asyncio.timeout(bound_s):
                    return await self._dial()
            except EXPECTED as problem:
                error = first_of(problem)
                log.info("No session: %s", error)

    async def _dial(self) -> Dialled:
        turns = self.story.turns
        return await self._with.dialler.dial(session(self._with.config, self._tools, turns), turns)

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
            self._with.dialler.forget_token()
        now, reconnect_s = self._with.clock(), self._with.config.reconnect_s
        if self._patience is None or now - link.opened_s > SETTLED_S:
            self._patience = to_mend(now, reconnect_s, self._with.rng)
        self._tell(ev.LineBroke(now + reconnect_s + self._with.config.connect_timeout_s))
        reached = await self._reach(self._patience, error)
        if not isinstance(reached, Dialled):
            self._tell(gave_up(reached, reconnect_s) if self._patience.tries else lost(reached))
            return None
        log.info("The conversation goes on in a new session.")
        self._tell(ev.LineMended())
        rehearsal = self.story.rehearse()
        return self._take_over(group, reached, rehearsal, [do.Create(item) for item in rehearsal.items])

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
                async with _spare(await self._dial()) as spare:
                    rehearsal = await self._rehearse(old, spare)
                    if not self._closed and self._is_quiet(old) and self.story.is_whole(rehearsal):
                        log.info("The session's time is nearly up: the conversation goes on in the next one.")
                        return self._take_over(group, spare.keep(), rehearsal)
            except (*EXPECTED, NotConnected) as error:
                log.info("The next session is not there yet: %s", error)
            await asyncio.sleep(next(waits))

    async def _rehearse(self, old: Link, spare: "_Spare") -> Rehearsal:
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


class _Spare:
    """A session that is open beside the present one; closed unless it is kept."""

    def __init__(self, dialled: Dialled) -> None:
        self.dialled, self.client, self.kept = dialled, dialled.client, False

    def keep(self) -> Dialled:
        self.kept = True
        return self.dialled


@asynccontextmanager
async def _spare(dialled: Dialled) -> AsyncIterator[_Spare]:
    spare = _Spare(dialled)
    try:
        yield spare
    finally:
        if not spare.kept:
            await dialled.client.close()
