"""Holds the socket beside one call and does what `call.Call` decides."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from oyez_backend import audit
from oyez_backend.call import OWN, Action, Answer, Call, Continue, HangUp, Hush, Phase, Rejoin, RunTool, Speak, Why
from oyez_backend.call_tools import Registry
from oyez_realtime.client import RealtimeClient
from oyez_realtime.client_events import SessionUpdate
from oyez_realtime.closing import Remedy
from oyez_realtime.connecting import Dialling
from oyez_realtime.errors import ConnectionLost, NotConnected, RealtimeError
from oyez_realtime.items import FunctionCallOutput
from oyez_realtime.responses import ResponseParameters
from oyez_realtime.session_objects import AudioInput, RealtimeSession, SessionAudio
from oyez_realtime.tolerance import ServerEvent

log = logging.getLogger(__name__)

DIALLING = Dialling(max_size_bytes=4 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Address:
    url: str
    """With `?call_id=`."""
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Joined:
    pass


@dataclass(frozen=True, slots=True)
class _Lost:
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class _ToolAnswered:
    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class _EndAsked:
    why: Why


_News: TypeAlias = ServerEvent | _Joined | _Lost | _ToolAnswered | _EndAsked


class Sideband:
    """`run` once. `hang_up` ends the call by REST and never raises."""

    def __init__(
        self, call_id: str, call: Call, address: Address, tools: Registry, hang_up: Callable[[], Awaitable[None]]
    ) -> None:
        self.call = call
        self._call_id, self._address, self._tools, self._hang_up = call_id, address, tools, hang_up
        self._inbox: asyncio.Queue[_News] = asyncio.Queue()
        self._client: RealtimeClient | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def end(self, why: Why) -> None:
        """`run` hangs up and returns."""
        self._inbox.put_nowait(_EndAsked(why))

    async def run(self) -> None:
        """Until the call is over; whatever happens to us meanwhile, it is then hung up."""
        self._spawn(self._follow(0.0))
        try:
            while self.call.phase is not Phase.OVER:
                for action in await self._next():
                    await self._do(action)
        except BaseException:
            if self.call.end("stopping"):
                await asyncio.shield(self._hang_up())
            raise
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _next(self) -> list[Action]:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(self.call.deadline_s):
                news = await self._inbox.get()
        except TimeoutError:
            return self.call.time_passed(loop.time())
        match news:
            case _Joined():
                return self.call.joined()
            case _Lost(remedy=remedy):
                return self.call.lost(remedy)
            case _ToolAnswered(call_id=call_id, output=output):
                return self.call.tool_answered(call_id, output)
            case _EndAsked(why=why):
                return self.call.end(why)
            case event:
                return self.call.heard(event, loop.time())

    async def _do(self, action: Action) -> None:
        match action:
            case HangUp():
                await self._hang_up()
            case Rejoin(delay_s=delay_s):
                audit.note("rejoining", call=self._call_id, delay_s=delay_s)
                self._spawn(self._follow(delay_s))
            case RunTool():
                self._spawn(self._run_tool(action))
            case _:
                try:
                    await self._say(action)
                except (ConnectionLost, NotConnected):
                    log.debug("%s: the sideband closed under us; its loss is told on its own", self._call_id)

    async def _say(self, action: Action) -> None:
        client = self._client
        if client is None:
            return
        match action:
            case Speak(instructions=words, farewell=True):
                audit.note("parting", call=self._call_id, why=self.call.why)
                await client.response_create(
                    ResponseParameters(instructions=words, tool_choice="none", metadata=dict(OWN))
                )
            case Speak(instructions=words):
                await client.response_create(ResponseParameters(instructions=words))
            case Answer(call_id=call_id, output=output):
                await client.item_create(FunctionCallOutput(call_id=call_id, output=output))
            case Continue():
                await client.response_create()
            case Hush():
                deaf = RealtimeSession(audio=SessionAudio(input=AudioInput(turn_detection=None)))
                # Past the books: should the service refuse it, the caller may talk over our farewell and no more.
                await client.send(SessionUpdate(session=deaf))
                if client.protocol.active_response_id is not None:
                    await client.response_cancel()

    async def _run_tool(self, wanted: RunTool) -> None:
        begun_s = asyncio.get_running_loop().time()
        result = await self._tools.call(wanted.name, wanted.arguments)
        took_ms = round(1000 * (asyncio.get_running_loop().time() - begun_s))
        audit.note("tool", call=self._call_id, name=wanted.name[:64], ok=result.ok, took_ms=took_ms)
        self._inbox.put_nowait(_ToolAnswered(wanted.call_id, result.output))

    async def _follow(self, delay_s: float) -> None:
        """One socket, from the attempt at it to its end, which is told in every case."""
        await asyncio.sleep(delay_s)
        client = RealtimeClient(DIALLING)
        remedy = Remedy.STOP
        try:
            await client.connect(self._address.url, self._address.key)
            self._client = client
            self._inbox.put_nowait(_Joined())
            async for event in client:
                self._inbox.put_nowait(event)
        except RealtimeError as error:
            log.warning("%s: %s", self._call_id, error)
            remedy = error.verdict.remedy
        finally:
            self._client = None
            await client.close()
        self._inbox.put_nowait(_Lost(remedy))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
