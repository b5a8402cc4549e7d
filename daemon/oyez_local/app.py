"""The ASGI application: one WebSocket path, three ways to a secret, one question after its health, faults on demand."""

import asyncio
import logging
import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from oyez_local import minting
from oyez_local.engines import Engines
from oyez_local.entrance import CLOSE_REFUSED, TurnedAway, Visit, admit
from oyez_local.eventlog import EventLog
from oyez_local.faults import NO_ANSWER, UNAVAILABLE, Fault, FaultPlan, read
from oyez_local.keys import Keyring, bearer
from oyez_local.link import Link, Mind
from oyez_local.rate_limits import RateLimits
from oyez_local.responding import Bounds
from oyez_local.sabotage import Line, Sabotage
from oyez_local.session import Limit, Session
from oyez_realtime.mcp_client import McpClient
from oyez_realtime.messages import ErrorDetail, ErrorEvent, WireError, encode
from oyez_realtime.older import Kind

log = logging.getLogger(__name__)

ID_ALPHABET = string.ascii_letters + string.digits
ID_LENGTH = 21
MAX_BODY_BYTES = 1 << 20


def new_id(prefix: str) -> str:
    """E.g. `item_` and 21 letters and digits."""
    return f"{prefix}_" + "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


@dataclass
class Server:
    """What all connections share."""

    engines: Engines
    mind: Mind
    keyring: Keyring
    events: EventLog
    tool_servers: McpClient
    session_limit_s: float = 3600.0
    bounds: Bounds = field(default_factory=lambda: Bounds(RateLimits()))
    plan: FaultPlan | None = None
    """None: no faults on demand."""
    unix_s: Callable[[], float] = time.time
    """The calendar's clock, for when sessions and secrets expire."""
    links: dict[str, Link] = field(default_factory=dict)
    """By session, oldest first."""

    def app(self) -> Starlette:
        faults = [] if self.plan is None else [Route("/faults", self.faults, methods=["GET", "POST", "DELETE"])]
        return Starlette(
            routes=[
                *faults,
                WebSocketRoute("/v1/realtime", self.realtime),
                Route("/v1/realtime/client_secrets", self.client_secrets, methods=["POST"]),
                Route("/v1/realtime/sessions", self.older_sessions, methods=["POST"]),
                Route("/v1/realtime/transcription_sessions", self.older_transcription_sessions, methods=["POST"]),
                Route("/v1/realtime/calls", _no_calls, methods=["GET", "POST"]),
                Route("/v1/realtime/calls/{rest:path}", _no_calls, methods=["GET", "POST"]),
                Route("/healthz", self.healthz),
            ],
            exception_handlers={HTTPException: _nothing_here},
        )

    async def healthz(self, request: Request) -> JSONResponse:
        """Answers only once the models are loaded: before, nobody listens."""
        return JSONResponse({"status": "ok", "sessions": len(self.links)})

    async def realtime(self, socket: WebSocket) -> None:
        """Accepts first and refuses afterwards, as the live service does."""
        refusal = None if self.plan is None else self.plan.on_connect()
        if refusal is not None and refusal.code in (None, NO_ANSWER, UNAVAILABLE):
            await _leave_outside(socket, refusal)
            return
        offered = tuple(socket.scope.get("subprotocols") or ())
        await socket.accept("realtime" if "realtime" in offered else None)
        now_s, session_id = asyncio.get_running_loop().time(), new_id("sess")
        visit = Visit(dict(socket.query_params), dict(socket.headers), offered)
        try:
            if refusal is not None:
                raise TurnedAway(refusal.code or CLOSE_REFUSED, refusal.error_code, refusal.words)
            config = admit(visit, self.keyring, now_s, session_id, int(self.unix_s() + self.session_limit_s))
        except TurnedAway as refused:
            log.info("Turned away: %s", refused.message)
            error = ErrorDetail("invalid_request_error", refused.message, refused.code, None, None)
            told = ErrorEvent(event_id=new_id("event"), error=error)
            await socket.send_text(encode(told))
            self.events.write("out", told, session_id, now_s)
            await socket.close(refused.close_code, refused.reason)
            return
        limit = Limit(now_s + self.session_limit_s, self.session_limit_s / 60)
        session = Session(config, limit, new_id, self.bounds)
        sabotage = None if self.plan is None else Sabotage(self.plan, session_id, socket, new_id)
        link = Link(socket, session, session_id, self.engines, self.mind, self.tool_servers, self.events, sabotage)
        self.links[session_id] = link
        log.info("Session %s begins.", session_id)
        try:
            await link.run()
        finally:
            del self.links[session_id]
            log.info("Session %s is over.", session_id)

    async def faults(self, request: Request) -> JSONResponse:
        """POST plans one, GET lists those that still wait, DELETE forgets them. Only the server's own key may."""
        assert self.plan is not None, "without --faults there is no such route"
        if not self.keyring.is_owner(bearer(request.headers.get("authorization"), [])):
            return _error(401, "invalid_api_key", "Incorrect API key provided. Only the server's own key plans faults.")
        struck: list[str] = []
        if request.method == "DELETE":
            self.plan.clear()
        elif request.method == "POST":
            try:
                self.plan.add(read(await _body(request)))
            except WireError as error:
                return _error(400, error.code, error.message, error.param)
            for session_id, link in reversed(self.links.items()):
                faults = self.plan.at_once(session_id)
                link.strike(faults)
                struck += [session_id for _ in faults]
        return JSONResponse({"pending": self.plan.pending(), "struck": struck})

    async def client_secrets(self, request: Request) -> JSONResponse:
        return await self._mint(request, None)

    async def older_sessions(self, request: Request) -> JSONResponse:
        return await self._mint(request, "realtime")

    async def older_transcription_sessions(self, request: Request) -> JSONResponse:
        return await self._mint(request, "transcription")

    async def _mint(self, request: Request, older: Kind | None) -> JSONResponse:
        if not self.keyring.is_owner(bearer(request.headers.get("authorization"), [])):
            return _error(
                401, "invalid_api_key", "Incorrect API key provided. Only the server's own key mints secrets."
            )
        try:
            text = await _body(request)
            asked = minting.read(text) if older is None else minting.read_older(text, older)
            session = minting.effective(asked.session, new_id("sess"))
        except WireError as error:
            return _error(400, error.code, error.message, error.param)
        now_s, unix_s = asyncio.get_running_loop().time(), self.unix_s()
        secret = self.keyring.mint(asked.session, asked.seconds, now_s, unix_s)
        answer = minting.answer if older is None else minting.answer_older
        return JSONResponse(answer(secret, session))


async def _leave_outside(socket: WebSocket, refusal: Fault) -> None:
    """A handshake that is refused by HTTP, or that nobody answers."""
    if refusal.code == UNAVAILABLE:
        await socket.send_denial_response(PlainTextResponse(refusal.words, UNAVAILABLE))
        return
    await asyncio.sleep(refusal.duration_s)
    Line.of(socket).cut()


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise WireError("string_above_max_length", f"The body is larger than {MAX_BODY_BYTES} bytes.")
    return body


async def _no_calls(request: Request) -> JSONResponse:
    """The address is right, so that a client is told what is wrong with it here."""
    return _error(501, "not_implemented", "This server has neither WebRTC nor a telephone: speak to it by WebSocket.")


async def _nothing_here(request: Request, refused: Exception) -> JSONResponse:
    """An address or a method that is not served, told as everything else that is refused."""
    assert isinstance(refused, HTTPException)
    what = f"{request.method} {request.url.path}"
    if refused.status_code == 405:
        return _error(405, "method_not_allowed", f"{what} is not served; the address takes another method.")
    return _error(refused.status_code, "unknown_url", f"{what} is not served here; the API's addresses begin with /v1.")


def _error(status: int, code: str, message: str, param: str | None = None) -> JSONResponse:
    detail = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return JSONResponse({"error": detail}, status_code=status)
