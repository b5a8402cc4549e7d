"""The asyncio shell over `websockets`: one object, one session.

client = RealtimeClient()
await client.connect("ws://127.0.0.1:8765/v1/realtime?model=local", token="...")
await client.append_audio(pcm)
async for event in client: ...
await client.close()
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from oyez_realtime.client_media import ClientMedia
from oyez_realtime.client_requests import ClientRequests
from oyez_realtime.closing import Remedy, Verdict, judge_error
from oyez_realtime.connecting import DEAD, OUR_FAULT, SILENT, UNSET_UP, Dialling, dial, ending, first_word
from oyez_realtime.errors import ConnectionLost, NotConnected, RealtimeError, UpdateRefused
from oyez_realtime.listeners import Listener, Listeners
from oyez_realtime.mailbox import Mailbox
from oyez_realtime.media_router import MediaRouter
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.responses import ErrorDetail
from oyez_realtime.session_objects import Session
from oyez_realtime.state import State
from oyez_realtime.tolerance import ServerEvent
from oyez_realtime.wire import given

logger = logging.getLogger(__name__)

REASON_MAX_BYTES = 123
"""What a close frame holds beside its code (RFC 6455, 5.5)."""


class RealtimeClient(ClientRequests, ClientMedia):
    """Serves one session: after it ended make another. All methods are to be called in the loop that connects.

    id: of this client, in logs. websocket_id: of the connection attempt.
    """

    def __init__(self, dialling: Dialling | None = None, client_id: str | None = None) -> None:
        self.id = client_id or f"client_{uuid4().hex[:12]}"
        self.websocket_id: str | None = None
        self.protocol = RealtimeProtocol(id_prefix=f"evt_{uuid4().hex[:8]}")
        self._dialling = dialling or Dialling()
        self._listeners = Listeners()
        self._mailbox = Mailbox()
        self._media = MediaRouter(self.id)
        self._ended_event = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._attempt: asyncio.Task[None] | None = None
        self._updates: dict[str, asyncio.Future[ErrorDetail | None]] = {}
        self._loss: RealtimeError | None = None
        self._closing = False

    # -- life -----------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        return self.protocol.state

    @property
    def verdict(self) -> Verdict | None:
        """Why the session ended; None while it lives."""
        return self.protocol.verdict

    async def connect(self, url: str, token: str | None = None, session: Session | None = None) -> None:
        """Returns when the session is open, and configured if `session` is given.

        Raises SessionRefused (the server answered and said no), UpdateRefused (it refused `session`), ConnectionLost
        (it cannot be reached, is silent, or `close` was called meanwhile). The token is never logged.
        """
        if self._attempt is not None:
            raise NotConnected("this client has been connected before; a session has one client: make another")
        if self._closing:
            raise self._aborted()
        self.websocket_id = f"ws_{uuid4().hex[:12]}"
        self._attempt = asyncio.create_task(self._open(url, token, session), name=f"{self.id} connects")
        try:
            await self._attempt
        except asyncio.CancelledError:
            await self._hang_up()
            if self._closing:
                raise self._aborted() from None
            raise
        except RealtimeError as error:
            self._ended(1006, "", UNSET_UP if isinstance(error, UpdateRefused) else error.verdict)
            self._loss = error
            await self._hang_up()
            raise
        except Exception:
            await self._hang_up()
            raise

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Ends the session or the attempt at one; the iterator ends. Calling it again does nothing.

        Raises ValueError, and closes nothing, for what no close frame may carry.
        """
        if code != 1000 and not 3000 <= code <= 4999:
            raise ValueError(f"the close code is {code}; a client closes with 1000, or 3000 to 4999")
        if len(reason.encode()) > REASON_MAX_BYTES:
            raise ValueError(f"the close reason is longer than {REASON_MAX_BYTES} bytes; shorten it")
        self._closing = True
        if self._attempt is not None and not self._attempt.done():
            self._attempt.cancel()
            await asyncio.wait([self._attempt])
        await self._hang_up(code, reason)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _aborted(self) -> ConnectionLost:
        verdict = Verdict(Remedy.STOP, "The client was closed while it connected.")
        return ConnectionLost("The client was closed before the session was open; make another", verdict)

    async def _open(self, url: str, token: str | None, session: Session | None) -> None:
        self._socket = await dial(url, token, self._dialling)
        for event in await first_word(self._socket, self.protocol, self._dialling.open_timeout_s):
            self._tell(event)
        logger.info("%s: session open on %s", self.id, self.websocket_id)
        self._reader = asyncio.create_task(self._read(self._socket), name=f"{self.id} reads")
        if session is not None:
            await self._configure(session)

    async def _configure(self, session: Session) -> None:
        try:
            async with asyncio.timeout(self._dialling.open_timeout_s):
                await self.session_update(session)
        except TimeoutError:
            raise ConnectionLost(f"The session was not configured. {SILENT.sentence}", SILENT) from None

    async def _hang_up(self, code: int = 1000, reason: str = "") -> None:
        if self._socket is not None:
            await self._socket.close(code, reason)
        if self._reader is not None:
            await asyncio.wait([self._reader])
        self._ended(code, reason)
        await self._media.detach_all()

    # -- hearing --------------------------------------------------------------------------------------------------

    def add_listener(self, event_type: str, listener: Listener) -> None:
        """`listener(event)` is called for each event of that wire name, or for all with `*`."""
        self._listeners.add(event_type, listener)

    def remove_listener(self, event_type: str, listener: Listener) -> None:
        self._listeners.remove(event_type, listener)

    async def wait_closed(self) -> Verdict:
        """Until the session has ended, for whatever reason: for programs that only listen. Raises NotConnected before
        `connect`."""
        if self._attempt is None:
            raise NotConnected("the client has not been connected: there is no end to wait for; call connect()")
        await self._ended_event.wait()
        assert self.protocol.verdict is not None, "an ended session has a verdict"
        return self.protocol.verdict

    async def __aiter__(self) -> AsyncIterator[ServerEvent]:
        """Events in order, from `session.created` on; for one reader. Ends when the session was closed as agreed,
        raises ConnectionLost when it ended otherwise, what `connect` raised when it never began, RuntimeError where
        another reader waits already."""
        while (event := await self._mailbox.get()) is not None:
            yield event
        if self._loss is not None:
            raise self._loss

    async def _read(self, socket: ClientConnection) -> None:
        try:
            while True:
                await self._take(await socket.recv())
        except ConnectionClosed as closed:
            self._ended(*ending(closed))
        except ConnectionLost:
            logger.debug("%s: the socket closed under a waiting request; its end has been told", self.id)
        except Exception:
            logger.exception("%s: an event could not be taken; the session is given up", self.id)
            self._ended(1006, "", OUR_FAULT)
            await socket.close(1000)

    async def _take(self, text: str | bytes) -> None:
        for event in self.protocol.receive(text):
            truncations = self._play(event)
            self._tell(event)
            for truncation in truncations:
                await self._write(truncation)
        for report in self.protocol.oddities.take_reports():
            logger.warning("%s: %s", self.id, report)
        self._settle_updates()
        for waiting in self.protocol.data_to_send():
            await self._write(waiting)

    def _tell(self, event: ServerEvent) -> None:
        self._listeners.tell(event)
        if not self._mailbox.put(event) and self._mailbox.lost == 1:
            logger.error(
                "%s: %d events wait for a reader that does not come; %s is lost", self.id, Mailbox.READ_MAX, event.type
            )

    def _settle_updates(self) -> None:
        for settled in self.protocol.take_settled():
            waiter = self._updates.pop(settled.event_id, None)
            if waiter is not None and not waiter.done():
                waiter.set_result(settled.refusal)

    def _ended(self, code: int, reason: str, better: Verdict | None = None) -> None:
        """Once; whoever finds the end first, the reader or a writer, tells it."""
        if self._ended_event.is_set():
            return
        self._ended_event.set()
        verdict = self.protocol.connection_closed(code, reason, better)
        logger.info("%s: session on %s ended with %d: %s", self.id, self.websocket_id, code, verdict.sentence)
        if not self._closing and verdict.remedy is not Remedy.STOP:
            self._loss = ConnectionLost(f"The session ended ({code}). {verdict.sentence}", verdict, code, reason)
        self._settle_updates()
        self._mailbox.close()

    # -- speaking -------------------------------------------------------------------------------------------------

    async def _write(self, text: str) -> None:
        """The one door to the socket."""
        if self._socket is None:
            raise NotConnected("the client is not connected: call connect() and wait for it")
        try:
            await self._socket.send(text)
        except ConnectionClosed as closed:
            code, reason, verdict = ending(closed)
            self._ended(code, reason, verdict)
            verdict = self.protocol.verdict or DEAD
            raise ConnectionLost(f"The session has ended ({code}). {verdict.sentence}", verdict, code) from None

    async def session_update(self, session: Session, event_id: str | None = None) -> None:
        """Returns when it is in force. Raises UpdateRefused when the server says no, ConnectionLost without answer,
        ValueError for an `event_id` that waits for its answer, OverflowError when 64 updates wait."""
        event_id = event_id or f"upd_{uuid4().hex[:12]}"
        text = self.protocol.send_session_update(session, event_id)
        waiter: asyncio.Future[ErrorDetail | None] = asyncio.get_running_loop().create_future()
        self._updates[event_id] = waiter
        if text is not None:
            await self._write(text)
        refusal = await waiter
        if refusal is not None:
            raise self._refused(refusal)

    def _refused(self, refusal: ErrorDetail) -> UpdateRefused | ConnectionLost:
        said = given(refusal.message) or "no reason given"
        if self.protocol.state is State.CLOSED and self.protocol.verdict is not None:
            return ConnectionLost(f"{said} {self.protocol.verdict.sentence}", self.protocol.verdict)
        message = f"The server refused the session's settings and kept the old ones: {said}"
        return UpdateRefused(message, judge_error(refusal), refusal)

    async def response_cancel(self, response_id: str | None = None, event_id: str | None = None) -> None:
        """Cancels the response (None: the one that runs) and silences the sinks at once: with an id of that response's
        audio, without of all. Deltas that still come of it are dropped."""
        text = self.protocol.send_response_cancel(response_id, event_id)
        truncations = self._interrupt(response_id=response_id)
        await self._write(text)
        for truncation in truncations:
            await self._write(truncation)

    async def heard(self, item_id: str, heard_ms: int, content_index: int = 0) -> None:
        """Tells the server how much of an answer was audible: truncates, deletes, or does nothing, as fits. The sinks
        hear nothing more of it."""
        text = self.protocol.send_heard(item_id, heard_ms, content_index)
        self._media.interrupt(item_id=item_id)
        if text is not None:
            await self._write(text)
