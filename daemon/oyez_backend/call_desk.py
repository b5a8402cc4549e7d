"""The calls of this house: taken or refused when they ring, followed while they live, ended when somebody says so."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from oyez_backend import audit
from oyez_backend.call import Call, Limits, Phase
from oyez_backend.call_book import CallBook
from oyez_backend.call_meter import DayMeter, Meter, Verdict
from oyez_backend.call_settings import CallSettings
from oyez_backend.call_tools import Narrowed, Registry
from oyez_backend.callers import Caller, admitting, caller_of, may_refer
from oyez_backend.device_store import Device, DeviceStore
from oyez_backend.exchange import Exchange
from oyez_backend.minting import RETRY_S
from oyez_backend.refusal import Refusal
from oyez_backend.settings import Settings
from oyez_backend.sideband import Address, Sideband
from oyez_realtime.calls import BUSY, check_call_id, sideband_url
from oyez_realtime.responses import Usage
from oyez_realtime.session_objects import RealtimeSession, Tool
from oyez_realtime.webhooks import IncomingCall, SeenIds, SigningSecret, WebhookRefused, parse_event, verify
from oyez_realtime.wire import given

log = logging.getLogger(__name__)

CLOSE_S = 4.0
"""What systemd allows us to end in, less a little; a call that is then still live is ended by the next start."""
HANG_UP_S = 10.0
"""How long a device waits to hear that a call is over."""


@dataclass
class LiveCall:
    call_id: str
    caller: Caller | None = field(repr=False)
    since: float
    """Unix seconds at which it rang."""
    sideband: Sideband | None = None
    """None while it still rings."""
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class CallView(msgspec.Struct, frozen=True):
    """What `GET /v1/calls` tells of each."""

    call_id: str
    state: Literal["ringing"] | Phase
    since: float
    caller: str | None
    """As the caller told it; None when it could not be read."""
    device: str


class CallDesk:
    """Loop only. `start` before the first call, `close` at the end."""

    def __init__(
        self,
        settings: Settings,
        calls: CallSettings,
        *,
        secret: SigningSecret,
        exchange: Exchange,
        store: DeviceStore,
        registry: Registry,
        book: CallBook,
        unix_time: Callable[[], float],
        today: Callable[[], date],
    ) -> None:
        self.settings = calls
        self._sideband_address, self._session = settings.sideband_address, settings.call_session
        self._secret, self._exchange, self._store, self._book = secret, exchange, store, book
        self._tools = Narrowed(registry, settings.policy_of(calls.device).tools)
        self._unix_time, self._today = unix_time, today
        self._seen = SeenIds()
        self._live: dict[str, LiveCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # -- life -------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Ends what a process before this one left behind: nobody carries out its tools or counts its money."""
        for call_id in self._book.kept.live:
            audit.note("orphan", call=call_id)
            self._spawn(self._hang_up(call_id))

    async def close(self) -> None:
        """Hangs up every call, and returns when that is done, or takes too long."""
        for live in tuple(self._live.values()):
            if live.sideband is not None:
                live.sideband.end("stopping")
            elif live.task is not None:
                live.task.cancel()
                self._spawn(self._reject(live.call_id, BUSY))
        # Those that hang up now are spawned above; what they do is in them.
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_S)

    # -- the telephone rings ----------------------------------------------------------------------------------------

    def take_webhook(self, headers: Mapping[str, str], body: bytes) -> str:
        """What became of it: accepted, rejected, ignored, duplicate. Raises Refusal for what is not to be believed.

        Answers at once: the service waits seconds for a webhook, and the upstream may take as long to accept.
        """
        try:
            verify(headers, body, self._secret, self._unix_time(), self._seen)
        except WebhookRefused as refused:
            audit.note("webhook_refused", reason=refused.reason)
            if refused.reason == "replayed":
                # The sender tries again until it hears 2xx; our first answer may have been lost.
                return "duplicate"
            raise Refusal(401, f"webhook_{refused.reason}", str(refused)) from None
        try:
            event = parse_event(body)
            if isinstance(event, IncomingCall):
                check_call_id(event.call_id)
        except ValueError as error:
            raise Refusal(400, "invalid_event", f"The webhook cannot be understood: {error}.") from None
        return self._ring(event) if isinstance(event, IncomingCall) else "ignored"

    def _ring(self, call: IncomingCall) -> str:
        if call.call_id in self._live:
            return "duplicate"
        caller = caller_of(call)
        rule = admitting(self.settings.allow, caller)
        meter = self._meter()
        refusal = self._refusal(rule, meter)
        # Its place in `allow`, not the rule itself: that may be somebody's number.
        place = None if rule is None else 1 + self.settings.allow.index(rule)
        audit.note("incoming", call=call.call_id, device=self.settings.device, rule=place, refused=refusal)
        if refusal is not None:
            status = BUSY if refusal == "busy" else self.settings.reject_status
            self._spawn(self._reject(call.call_id, status))
            return "rejected"
        live = LiveCall(call.call_id, caller, self._unix_time())
        self._live[call.call_id] = live
        live.task = self._spawn(self._serve(live, meter))
        return "accepted"

    def _refusal(self, rule: str | None, meter: Meter) -> str | None:
        if rule is None:
            return "caller_not_allowed"
        if not any(d.name == self.settings.device and d.revoked_at is None for d in self._store.known()):
            log.error("[calls] device %r has no live key in the store: no call is taken.", self.settings.device)
            return "no_device"
        if len(self._live) >= self.settings.max_live:
            return "busy"
        return "budget" if meter.spent(Usage()) is Verdict.SPENT else None

    # -- while it lives ---------------------------------------------------------------------------------------------

    async def _serve(self, live: LiveCall, meter: Meter) -> None:
        call_id, loop = live.call_id, asyncio.get_running_loop()
        begun_s = loop.time()
        try:
            # Written down first: from here on it may cost, whatever becomes of us.
            self._book.begin(call_id)
            if not await self._exchange.accept(call_id, self._answering()):
                # An answer that was lost may have been a yes: a call that nobody follows must not go on.
                await self._reject(call_id, BUSY)
                audit.note("ended", call=call_id, why="not_accepted")
                return
            audit.note("accepted", call=call_id, device=self.settings.device)
            limits = Limits(self.settings.max_call_s, self.settings.farewell, self.settings.greeting)
            call = Call(meter, limits, loop.time())
            address = Address(sideband_url(self._sideband_address, call_id), self._exchange.upstream.key)
            live.sideband = Sideband(call_id, call, address, self._tools, lambda: self._hang_up(call_id))
            await live.sideband.run()
            if call.why == "caller":
                self._book.end(call_id)
            audit.note("ended", call=call_id, why=call.why, seconds=round(loop.time() - begun_s, 1))
        finally:
            del self._live[call_id]

    def _answering(self) -> RealtimeSession:
        session = msgspec.convert(self._session, RealtimeSession)
        own: list[Tool] = [*(given(session.tools) or ()), *self._tools.declarations()]
        return msgspec.structs.replace(session, tools=own)

    async def _hang_up(self, call_id: str) -> None:
        if await self._exchange.hang_up(call_id):
            self._book.end(call_id)

    async def _reject(self, call_id: str, status_code: int) -> None:
        if await self._exchange.reject(call_id, status_code):
            self._book.end(call_id)

    def _meter(self) -> Meter:
        settings = self.settings
        budget = Decimal(str(settings.budget_day_usd))
        return DayMeter(self._book, settings.device, budget, settings.prices.exact(), self._today)

    # -- devices and operators --------------------------------------------------------------------------------------

    def check_access(self, device: Device) -> None:
        """Raises Refusal 403."""
        if device.name not in (self.settings.device, *self.settings.operators):
            message = "The calls of this house are not this device's: have the backend's keeper name it in `operators`."
            raise Refusal(403, "not_your_calls", message)

    def views(self) -> list[CallView]:
        return [self._view(live) for live in self._live.values()]

    def _view(self, live: LiveCall) -> CallView:
        state: Literal["ringing"] | Phase = "ringing" if live.sideband is None else live.sideband.call.phase
        caller = live.caller
        said = None if caller is None else f"{caller.user}@{caller.host}" if caller.host else caller.user
        return CallView(live.call_id, state, live.since, said, self.settings.device)

    async def hang_up(self, call_id: str, by: Device) -> None:
        """Returns when it is over. Raises Refusal."""
        live, sideband = self._talking(call_id)
        audit.note("hangup", call=call_id, by=by.name)
        sideband.end("asked")
        if live.task is not None and (await asyncio.wait([live.task], timeout=HANG_UP_S))[1]:
            message = "The Realtime service does not answer: the call is being ended, and may still be live."
            raise Refusal(503, "upstream_away", message, RETRY_S)

    async def refer(self, call_id: str, target_uri: str, by: Device) -> None:
        """Passes it on. Raises Refusal."""
        _, sideband = self._talking(call_id)
        if not may_refer(self.settings.refer_to, target_uri):
            message = "Calls may not be passed on to that address: have the backend's keeper name it in `refer_to`."
            raise Refusal(403, "target_not_allowed", message)
        await self._exchange.refer(call_id, target_uri)
        audit.note("refer", call=call_id, by=by.name)
        sideband.call.passed_on()

    async def reject(self, call_id: str, status_code: int, by: Device) -> None:
        """Only while it rings. Raises Refusal."""
        live = self._found(call_id)
        if live.sideband is not None or live.task is None:
            raise Refusal(409, "call_answered", "The call was answered already: hang it up instead.")
        audit.note("reject", call=call_id, by=by.name, status=status_code)
        live.task.cancel()
        await asyncio.wait([live.task])
        await self._reject(call_id, status_code)

    def _found(self, call_id: str) -> LiveCall:
        live = self._live.get(call_id)
        if live is None:
            raise Refusal(
                404, "no_such_call", "There is no such call, or it is over: GET /v1/calls lists the live ones."
            )
        return live

    def _talking(self, call_id: str) -> tuple[LiveCall, Sideband]:
        live = self._found(call_id)
        if live.sideband is None:
            raise Refusal(409, "call_rings", "The call still rings: reject it, or wait until it is answered.")
        return live, live.sideband

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
