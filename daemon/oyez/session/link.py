"""One open session on the line: what is to be said goes out in order, what the service tells comes in."""

import asyncio
import logging
from collections.abc import Callable
from typing import NoReturn, Protocol

from oyez.config import Line as LineConfig
from oyez.session import errands as do
from oyez.session.codec import Down, Up
from oyez.session.dialler import Dialled
from oyez.session.ending import EXPECTED, ended_by_service, first_of
from oyez.session.pacing import Pacer
from oyez.session.relay import Relay
from oyez.session.turn_audio import BYTES_PER_MS
from oyez_realtime import messages as wire
from oyez_realtime.errors import NotConnected, UpdateRefused

log = logging.getLogger(__name__)

SHORTEST_TURN_MS = 100
"""The service makes no turn of less."""
LAST_WORDS = (do.Create, do.Delete, do.Cancel, do.Heard)
"""What a session that is being left is still told. Everything else would let sound out, or begin what nobody hears."""


class Holder(Protocol):
    """Whose link it is. All are called on the loop's thread and return at once."""

    def took(self, link: "Link", event: wire.ServerEvent, cause: str | None) -> None:
        """cause: with an `error`, the wire name of our event that it objects to, while that is known. May raise one of
        EXPECTED: the session is of no more use, and ends so."""

    def sent(self, link: "Link", size: int) -> None:
        """So many bytes of PCM went out."""

    def turn_too_short(self, link: "Link") -> None:
        """A turn of the device was none."""


class Link:
    def __init__(self, dialled: Dialled, config: LineConfig, clock: Callable[[], float], holder: Holder) -> None:
        self._client, self._clock, self._holder = dialled.client, clock, holder
        self.far = dialled.far
        self._up = Up(config.audio_format)
        self._outbox: asyncio.Queue[do.Outgoing] = asyncio.Queue()
        self.relay = Relay(Down(config.audio_format))
        self.opened_s, self.due_s = dialled.opened_s, dialled.due_s
        self.errands = 0
        """Orders that wait to be sent."""
        self._moved = asyncio.Event()
        self._leaving = False

    def leave(self) -> None:
        """Nobody needs the session any more: from here on no sound goes out and nothing new is begun; what was
        cancelled, heard or answered is still told."""
        self._leaving = True
        waiting = [self._outbox.get_nowait() for _ in range(self._outbox.qsize())]
        for what in waiting:
            if isinstance(what, LAST_WORDS):
                self._outbox.put_nowait(what)
            elif not isinstance(what, bytes):
                self.errands -= 1

    async def farewell(self) -> None:
        """After `leave`: returns when the service has been told, and has told the end, and so the cost, of every
        response that it had begun."""
        while self.errands or self.relay.running:
            self._moved.clear()
            await self._moved.wait()

    def send(self, what: do.Outgoing) -> None:
        """Goes out in its turn. What has not when the session ends is lost with it."""
        self.errands += not isinstance(what, bytes)
        self._outbox.put_nowait(what)

    async def live(self) -> BaseException:
        """Until the session ends: returns why, one of EXPECTED. Closes the socket when it is cancelled."""
        why: BaseException = ended_by_service()
        try:
            async with self._client, asyncio.TaskGroup() as group:
                group.create_task(self._send(), name="link up")
                await self._receive()
        except* EXPECTED as errors:
            why = first_of(errors)
        return why

    async def _receive(self) -> NoReturn:
        async for event in self._client:
            cause = self._client.protocol.cause_of(event) if isinstance(event, wire.ErrorEvent) else None
            self._holder.took(self, event, cause)
            self._moved.set()
            for report in self.relay.oddities.take_reports():
                log.warning("%s", report)
        raise ended_by_service()

    async def _send(self) -> None:
        pacer = Pacer(self._clock())
        try:
            while True:
                what = await self._outbox.get()
                if isinstance(what, bytes):
                    await asyncio.sleep(pacer.wait_s(len(what) / BYTES_PER_MS / 1000, self._clock()))
                    if self._leaving:  # meanwhile somebody muted the device
                        continue
                    await self._append(self._up.feed(what))
                    self._holder.sent(self, len(what))
                else:
                    await self._carry_out(what)
                    self.errands -= 1
                    self._moved.set()
        except NotConnected:
            log.debug("The session ended before all was sent: who receives tells why.")

    async def _append(self, audio: bytes) -> None:
        if audio:
            await self._client.append_audio(audio)

    async def _carry_out(self, errand: do.Errand) -> None:
        client = self._client
        match errand:
            case do.Create(item, after):
                await client.item_create(item, after)
            case do.Delete(item_id):
                await client.item_delete(item_id)
            case do.Ask(parameters):
                await client.response_create(parameters)
            case do.Cancel():
                await client.response_cancel()
            case do.Heard(item_id, content_index, heard_ms):
                await client.heard(item_id, heard_ms, content_index)
            case do.Commit(answered):
                await self._commit(answered)
            case do.Forget():
                self._up.flush()
                await client.clear_audio()
            case do.Configure(session):
                await self._configure(session)

    async def _commit(self, answered: bool) -> None:
        await self._append(self._up.flush())
        if self._client.protocol.uncommitted_ms < SHORTEST_TURN_MS:
            await self._client.clear_audio()
            self._holder.turn_too_short(self)
            return
        await self._client.commit_audio()
        if answered:
            await self._client.response_create()

    async def _configure(self, session: wire.Session) -> None:
        """What is sent after it is heard by the new settings: nothing goes out before they are in force."""
        try:
            await self._client.session_update(session)
        except UpdateRefused as error:
            log.warning("%s", error)
