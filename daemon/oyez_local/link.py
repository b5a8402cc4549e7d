"""One WebSocket and its session: reads, decides, does, writes. The asyncio shell of `session`."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from oyez_local.engines import Engines
from oyez_local.eventlog import EventLog
from oyez_local.faults import Fault
from oyez_local.mind import Decision, Request
from oyez_local.orders import CallTool, Close, Hush, ListTools, Order, Overhear, Send, Speak, Think, Transcribe
from oyez_local.sabotage import Sabotage, ending
from oyez_local.session import Session
from oyez_local.voice import pieces, sentences
from oyez_realtime.mcp_client import McpClient, McpTrouble
from oyez_realtime.messages import McpProtocolError, WireError, decode_client_event, encode

log = logging.getLogger(__name__)

Mind = Callable[[Request, datetime], Awaitable[Decision]]

PIECE_MS = 150
LEAD_S = 1.5
"""So much of a reply is sent at once."""
PACE = 4.0
"""The rest comes so many times faster than it plays: as the live service, which is quick and not instantaneous."""
OUTBOX_EVENTS = 256
"""A client that does not read is not read from, and not spoken to, once so many events wait for it."""


class Link:
    """Lives as long as its socket. Orders are put on the outbox at once, so that none is lost with a cancelled job."""

    def __init__(
        self,
        socket: WebSocket,
        session: Session,
        session_id: str,
        engines: Engines,
        mind: Mind,
        tool_servers: McpClient,
        events: EventLog,
        sabotage: Sabotage | None = None,
    ) -> None:
        self._socket, self._session, self._id = socket, session, session_id
        self._engines, self._mind, self._events = engines, mind, events
        self._tool_servers, self._sabotage = tool_servers, sabotage
        self._outbox: asyncio.Queue[Send | Close | Fault] = asyncio.Queue()
        self._room = asyncio.Event()
        self._rearm = asyncio.Event()
        self._jobs: dict[str, asyncio.Task[None]] = {}

    @property
    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Until the client goes, the session ends, or the server stops."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            if self._sabotage is not None:
                self.strike(self._sabotage.at_once())
            self._do(self._session.open())
            lasting = [
                group.create_task(coroutine, name=f"{name} {self._id}")
                for name, coroutine in (("read", self._read()), ("write", self._write()), ("clock", self._clock()))
            ]
            await asyncio.wait(lasting, return_when=asyncio.FIRST_COMPLETED)
            for task in (*lasting, *self._jobs.values()):
                task.cancel()

    def _do(self, orders: list[Order]) -> None:
        for order in orders:
            match order:
                case Send() | Close():
                    self._outbox.put_nowait(order)
                case Transcribe():
                    self._start(f"transcribe {order.item_id}", self._transcribe(order))
                case Overhear():
                    self._start(f"overhear {order.item_id} {order.pause}", self._overhear(order))
                case ListTools():
                    self._start(order.item_id, self._list_tools(order))
                case CallTool():
                    self._start(order.response_id, self._call_tool(order))
                case Think():
                    self._start(order.response_id, self._think(order))
                case Speak():
                    self._start(order.response_id, self._speak(order))
                case Hush():
                    self._stop(order.response_id)
        self._rearm.set()

    def strike(self, faults: list[Fault]) -> None:
        """Puts faults on demand in their place among the events."""
        for fault in faults:
            self._outbox.put_nowait(fault)

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        job = self._group.create_task(work, name=f"{name} {self._id}")
        self._jobs[name] = job
        job.add_done_callback(partial(self._forget, name))

    def _forget(self, name: str, job: asyncio.Task[None]) -> None:
        # A response's thinking may still be unwinding when it begins to speak: the name belongs to the newer job.
        if self._jobs.get(name) is job:
            del self._jobs[name]

    def _stop(self, name: str) -> None:
        job = self._jobs.pop(name, None)
        if job is not None:
            job.cancel()

    async def _read(self) -> None:
        while True:
            if self._sabotage is not None:
                await self._sabotage.listening.wait()
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            self._take(message.get("bytes") or b"" if text is None else text)
            await self._wait_for_room()

    def _take(self, frame: str | bytes) -> None:
        try:
            event = decode_client_event(frame)
        except WireError as error:
            self._events.write_refused(error.code, self._id, self._now_s)
            self._do(self._session.refuse(error))
            return
        self._events.write("in", event, self._id, self._now_s)
        if self._sabotage is not None:
            self.strike(self._sabotage.on_event(event.type, outgoing=False))
        self._do(self._session.receive(event, self._now_s))

    async def _write(self) -> None:
        try:
            while True:
                order = await self._outbox.get()
                if isinstance(order, Close):
                    await self._socket.close(order.code, order.reason)
                    return
                if isinstance(order, Fault):
                    await self._suffer(order)
                elif self._sabotage is None or await self._sabotage.passes(order.event.type):
                    await self._socket.send_text(encode(order.event))
                    self._events.write("out", order.event, self._id, self._now_s)
                    for fault in [] if self._sabotage is None else self._sabotage.on_event(order.event.type, True):
                        await self._suffer(fault)
                if self._outbox.qsize() < OUTBOX_EVENTS:
                    self._room.set()
        except WebSocketDisconnect:
            log.info("The client of session %s went away.", self._id)

    async def _suffer(self, fault: Fault) -> None:
        """Some faults the session itself commits; all others are the socket's."""
        assert self._sabotage is not None, "without --faults there are none"
        log.info("Fault %s strikes session %s.", fault.fault, self._id)
        if fault.fault == "expire":
            self._do(self._session.expire())
        elif fault.fault in ("fail", "incomplete"):
            self._do(self._session.doom(*ending(fault)))
        else:
            await self._sabotage.commit(fault)

    async def _wait_for_room(self) -> None:
        while self._outbox.qsize() >= OUTBOX_EVENTS:
            self._room.clear()
            await self._room.wait()

    async def _clock(self) -> None:
        while True:
            self._rearm.clear()
            try:
                async with asyncio.timeout_at(self._session.deadline_s):
                    await self._rearm.wait()
            except TimeoutError:
                orders = self._session.tick(self._now_s)
                self._do(orders)
                if any(isinstance(order, Close) for order in orders):
                    # The session is over; the writer ends the link once the close is out.
                    await asyncio.Event().wait()

    async def _transcribe(self, order: Transcribe) -> None:
        duration_s = len(order.pcm) / 2 / order.rate_hz
        text, trouble = "", None
        try:
            text = await self._engines.hear(order.pcm, order.rate_hz)
        except Exception as error:
            log.exception("Speech recognition failed on %.1f s of audio.", duration_s)
            trouble = f"Speech recognition failed: {error}. The rest of the session goes on."
        self._do(self._session.transcribed(order.item_id, text, duration_s, trouble))

    async def _overhear(self, order: Overhear) -> None:
        try:
            text = await self._engines.hear(order.pcm, order.rate_hz)
        except Exception:
            # The turn is heard again, whole, when it is over.
            log.exception("Listening in on a turn failed.")
            text = ""
        self._do(self._session.overheard(order.item_id, text, order.pause, self._now_s))

    async def _list_tools(self, order: ListTools) -> None:
        try:
            tools = await self._tool_servers.tools(order.server)
        except McpTrouble as trouble:
            log.warning("MCP server %s did not list its tools: %s", order.server.server_label, trouble)
            self._do(self._session.tools_listed(order.item_id, None))
            return
        self._do(self._session.tools_listed(order.item_id, tools))

    async def _call_tool(self, order: CallTool) -> None:
        output, error = None, None
        try:
            arguments = json.loads(order.arguments or "{}")
            output = await self._tool_servers.call(order.server, order.name, arguments)
        except McpTrouble as trouble:
            error = trouble.error
        except ValueError as mistake:
            error = McpProtocolError(-32602, f"The arguments are no JSON: {mistake}")
        self._do(self._session.tool_called(order.response_id, output, error, self._now_s))

    async def _think(self, order: Think) -> None:
        decision = await self._mind(order.request, datetime.now().astimezone())
        self._do(self._session.thought(order.response_id, decision, self._now_s))

    async def _speak(self, order: Speak) -> None:
        try:
            await self._stream(order)
        except Exception as error:
            log.exception("Speech synthesis failed.")
            message = f"Speech synthesis failed: {error}. The rest of the session goes on."
            self._do(self._session.failed(order.response_id, message, self._now_s))
            return
        self._do(self._session.finished(order.response_id, self._now_s))

    async def _stream(self, order: Speak) -> None:
        began_s, sent_ms = self._now_s, 0.0
        lines = list(sentences(order.text))
        for index, line in enumerate(lines):
            words = line if index == len(lines) - 1 else f"{line} "
            audio = await self._engines.speak(line, order.speed, order.audio_format)
            for text, part, duration_ms in pieces(words, audio, order.audio_format, PIECE_MS):
                self._do(self._session.spoken(order.response_id, text, part, duration_ms, self._now_s))
                sent_ms += duration_ms
                await self._wait_for_room()
                due_s = began_s + max(0.0, sent_ms / 1000 - LEAD_S) / PACE
                await asyncio.sleep(due_s - self._now_s)
