"""Line: the live link to the service. One Call a conversation, over as many sessions as that takes (see `call`)."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from oyez import events as ev
from oyez.config import Line as LineConfig
from oyez.session import errands as do
from oyez.session.call import Call, Wiring
from oyez.session.fallback import Fallback
from oyez.session.link import Link
from oyez.session.local_server import LocalServer
from oyez.session.settings import Turns
from oyez.session.story import Story
from oyez.session.token_source import TokenSource
from oyez.session.turn_audio import LARGEST_BACKLOG_S
from oyez_realtime import messages as wire

log = logging.getLogger(__name__)

LEAVING_S = 1.5
"""So long a session that nobody needs any more may take to end in order."""


class Line:
    """Everything but `run` may be called at any time on the loop's thread and returns at once. What is ordered while
    no session is open, because one is being mended, reaches the next one."""

    def __init__(
        self,
        config: LineConfig,
        tokens: TokenSource,
        tools: Callable[[], Sequence[dict[str, Any]]],
        tell: Callable[[ev.Event], None],
        say_sound: Callable[[str, int, bytes], None],
        clock: Callable[[], float],
        on_usage: Callable[[wire.ServerEvent], None] = lambda event: None,
        on_remote_call: Callable[[wire.McpCall], None] = lambda call: None,
        rng: Random | None = None,
        local: LocalServer | None = None,
    ) -> None:
        """tools: what the next conversation may use. say_sound: item id, content index, PCM16 mono little-endian at
        24 kHz. clock: monotonic seconds. on_usage: is given each event that tells what something cost (a response's
        end, a transcript's). on_remote_call: what the service did with a remote (MCP) tool. local: who answers while
        the service is away."""
        self._tokens = tokens
        rng = rng or Random()
        self._fallback = Fallback(config, tokens, local, tell, clock, rng)
        self._turns: Turns = "service"
        self._wiring = Wiring(
            config,
            tools,
            self._fallback,
            tell,
            say_sound,
            on_usage,
            self._count_sent,
            on_remote_call,
            clock,
            rng,
        )
        self._group: asyncio.TaskGroup | None = None
        self._call: Call | None = None
        self._task: asyncio.Task[None] | None = None
        self.audio_bytes_sent = 0
        self.audio_bytes_dropped = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as self._group:
            self._group.create_task(self._tokens.prefetch(), name="tokens")
            self._group.create_task(self._fallback.run(), name="fallback")

    def open(self) -> None:
        """A SessionReady or a SessionLost follows, unless `close` comes first."""
        assert self._group is not None, "Line.run() must be running"
        self.close()
        self._call = Call(self._wiring, self._turns)
        self._task = self._group.create_task(self._call.live(), name="call")

    def close(self) -> None:
        """Also gives up a session that is still opening. Sound that was not sent is forgotten and nothing new is begun;
        what was cancelled or answered is still told, and what a reply in progress has cost is counted (see `Link`)."""
        link = self._call.close() if self._call is not None else None
        if self._task is not None and link is not None and self._group is not None:
            self._group.create_task(_leave(link, self._task), name="leaving")
        elif self._task is not None:
            self._task.cancel()
        self._call = self._task = None

    def send_audio(self, pcm: bytes) -> None:
        """PCM16 mono little-endian at 24 kHz: goes out in order once a session is open."""
        if self._call is None:
            return
        if self._call.story.put(pcm):
            self._call.send([pcm])
            return
        if not self.audio_bytes_dropped:
            log.error("More than %g s of sound wait for the line; the newest is dropped.", LARGEST_BACKLOG_S)
        self.audio_bytes_dropped += len(pcm)

    def cancel_reply(self) -> None:
        self._order(Story.cancel)

    def drop_reply(self) -> None:
        """What is still on its way of the running reply is not wanted."""
        if self._call is not None:
            self._call.drop_reply()

    def heard(self, item_id: str, content_index: int, heard_ms: int) -> None:
        """Tells the service how much of an item the room heard: nothing -> deleted, all -> not a word."""
        self._order(lambda story: story.heard(item_id, content_index, heard_ms))

    def answer_tool(self, call_id: str, output: str) -> None:
        self._order(lambda story: story.answer_tool(call_id, output))

    def approve_tool(self, request_id: str, approve: bool, why: str = "") -> None:
        """Answers a remote tool's wish to be used, and has the service go on."""
        self._order(lambda story: story.approve_tool(request_id, approve, why))

    def ask_reply(self) -> None:
        self._order(Story.ask)

    def say(self, text: str) -> None:
        """Has the service speak this, outside the conversation."""
        self._order(lambda story: story.say(text))

    def say_filler(self) -> None:
        """Has the service say a word while a tool takes its time, outside the conversation."""
        self._order(Story.say_filler)

    def take_turns(self, by: Turns) -> None:
        """Who ends a turn from here on, also in conversations to come; a service that was configured not to take turns
        does not take them."""
        self._turns = by
        self._order(lambda story: story.take_turns(by))

    def commit_turn(self, answered: bool = True) -> None:
        """What was sent since the last turn is one: has it answered. Too short to be one: it is forgotten, and told as
        a reply that was cancelled before it began. answered=False: it is only written down, and in any case one
        TextHeard follows, without text where nothing was understood; for devices that take the turns."""
        self._order(lambda story: story.commit_turn(answered))

    def forget_turn(self) -> None:
        """Has the service forget what was sent since the last turn."""
        self._order(Story.forget_turn)

    def _order(self, order: Callable[[Story], list[do.Outgoing]]) -> None:
        if self._call is not None:
            self._call.send(order(self._call.story))

    def _count_sent(self, size: int) -> None:
        self.audio_bytes_sent += size


async def _leave(link: Link, task: asyncio.Task[None]) -> None:
    try:
        async with asyncio.timeout(LEAVING_S):
            await link.farewell()
    except TimeoutError:
        log.info("The service did not say in time what became of the last reply.")
    finally:
        task.cancel()
