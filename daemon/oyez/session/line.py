"""Line: the live link to the service. The one asyncio shell of this organ.

One Link a session: token, socket, `session.created`, `session.update`, then sound and events both ways. What is sent
goes through one queue, so that sound recorded while the line opened goes first and in order.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeAlias

from oyez import events as ev
from oyez.config import Line as LineConfig
from oyez.session.ending import EXPECTED, ended_by_service, lost, wants_new_token
from oyez.session.pacing import Pacer
from oyez.session.relay import Relay, Sound
from oyez.session.settings import RATE_HZ, address, session, spoken
from oyez.session.token import Token
from oyez.session.token_source import TokenSource
from oyez_realtime import messages as wire
from oyez_realtime.client import RealtimeClient
from oyez_realtime.closing import Remedy, judge_error
from oyez_realtime.connecting import Dialling
from oyez_realtime.errors import NotConnected

log = logging.getLogger(__name__)

LARGEST_BACKLOG_S = 60.0
"""Sound that may wait for the line. More than any opening takes; past it the newest is dropped and counted."""

SaySound = Callable[[str, int, bytes], None]
Errand: TypeAlias = Callable[[RealtimeClient], Awaitable[None]]


class Line:
    """Everything but `run` may be called at any time on the loop's thread and returns at once."""

    def __init__(
        self,
        config: LineConfig,
        tokens: TokenSource,
        tools: Sequence[dict[str, Any]],
        tell: Callable[[ev.Event], None],
        say_sound: SaySound,
        clock: Callable[[], float],
    ) -> None:
        self._config, self._tokens, self._tell, self._say_sound, self._clock = config, tokens, tell, say_sound, clock
        self._session = session(config, tools)
        self._group: asyncio.TaskGroup | None = None
        self._link: Link | None = None
        self._task: asyncio.Task[None] | None = None
        self.audio_bytes_sent = 0
        self.audio_bytes_dropped = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as self._group:
            self._group.create_task(self._tokens.prefetch(), name="tokens")

    def open(self) -> None:
        """A SessionReady or a SessionLost follows, unless `close` comes first."""
        assert self._group is not None, "Line.run() must be running"
        self.close()
        self._link = Link(self)
        self._task = self._group.create_task(self._link.live(), name="link")

    def close(self) -> None:
        """Also gives up a link that is still opening. What was not sent is forgotten."""
        self._link = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def send_audio(self, pcm: bytes) -> None:
        """PCM16 mono little-endian at 24 kHz: goes out in order once the line is open."""
        if self._link is not None:
            self._link.send_audio(pcm)

    def cancel_reply(self) -> None:
        self._do(lambda client: client.response_cancel())

    def drop_reply(self) -> None:
        """What is still on its way of the running reply is not wanted."""
        if self._link is not None:
            self._link.relay.cut_active()

    def heard(self, item_id: str, content_index: int, heard_ms: int) -> None:
        """Tells the service how much of an item the room heard: nothing -> deleted, all -> not a word."""
        self._do(lambda client: client.heard(item_id, heard_ms, content_index))

    def answer_tool(self, call_id: str, output: str) -> None:
        self._do(lambda client: client.item_create(wire.FunctionCallOutput(call_id=call_id, output=output)))

    def ask_reply(self) -> None:
        self._do(lambda client: client.response_create())

    def say(self, text: str) -> None:
        self._do(lambda client: client.response_create(spoken(text)))

    def _do(self, errand: Errand) -> None:
        if self._link is not None:
            self._link.outbox.put_nowait(errand)

    # --- for its links ------------------------------------------------------------------------------------------------

    def told_by(self, link: "Link", event: ev.Event | Sound) -> None:
        """A link that was closed meanwhile has nothing to say any more."""
        if link is not self._link:
            return
        if isinstance(event, Sound):
            self._say_sound(event.item_id, event.content_index, event.pcm)
        else:
            self._tell(event)

    async def connect(self) -> RealtimeClient:
        """An open and configured session. Raises one of EXPECTED.

        A token that the service does not know (it was restarted, say) is asked anew once: the request that is being
        spoken meanwhile is worth a second try.
        """
        try:
            return await self._connect_with(await self._tokens.get())
        except EXPECTED as error:
            if not wants_new_token(error):
                raise
        return await self._connect_with(await self._tokens.get())

    async def _connect_with(self, token: Token) -> RealtimeClient:
        """Within `connect_timeout_s` from the socket to the configured session: nobody is kept waiting step by step."""
        client = RealtimeClient(Dialling(open_timeout_s=self._config.connect_timeout_s))
        url = address(self._config.realtime_url or token.realtime_url, token.model)
        try:
            async with asyncio.timeout(self._config.connect_timeout_s):
                await client.connect(url, token.value, self._session)
        except EXPECTED as error:
            if wants_new_token(error):
                self._tokens.forget()
            raise
        return client

    @property
    def clock(self) -> Callable[[], float]:
        return self._clock


class Link:
    """One session, from its token to its end."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.relay = Relay()
        self.outbox: asyncio.Queue[bytes | Errand] = asyncio.Queue()
        self._waiting_bytes = 0
        self._overflowed = False

    def send_audio(self, pcm: bytes) -> None:
        if self._waiting_bytes + len(pcm) > LARGEST_BACKLOG_S * RATE_HZ * 2:
            if not self._overflowed:
                log.error("More than %g s of sound wait for the line; the newest is dropped.", LARGEST_BACKLOG_S)
            self._overflowed = True
            self._line.audio_bytes_dropped += len(pcm)
            return
        self._waiting_bytes += len(pcm)
        self.outbox.put_nowait(pcm)

    async def live(self) -> None:
        try:
            async with await self._line.connect() as client:
                self._line.told_by(self, ev.SessionReady())
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._send(client), name="link up")
                    await self._receive(client)
        except* EXPECTED as errors:
            self._line.told_by(self, lost(errors))

    async def _send(self, client: RealtimeClient) -> None:
        pacer = Pacer(self._line.clock())
        try:
            while True:
                item = await self.outbox.get()
                if isinstance(item, bytes):
                    await asyncio.sleep(pacer.wait_s(len(item) / (RATE_HZ * 2), self._line.clock()))
                    self._waiting_bytes -= len(item)
                    await client.append_audio(item)
                    self._line.audio_bytes_sent += len(item)
                else:
                    await item(client)
        except NotConnected:
            log.debug("The session ended before all was sent: who receives tells why.")

    async def _receive(self, client: RealtimeClient) -> NoReturn:
        """Until the session ends, which is always a loss: we end it by cancelling."""
        async for event in client:
            if isinstance(event, wire.ErrorEvent):
                level = logging.DEBUG if judge_error(event.error).remedy is Remedy.IGNORE else logging.WARNING
                log.log(level, "The service objects: %s (%s)", event.error.message, event.error.code)
            for fact in self.relay.take(event):
                self._line.told_by(self, fact)
            for report in self.relay.oddities.take_reports():
                log.warning("%s", report)
        raise ended_by_service()
