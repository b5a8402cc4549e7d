"""The ASGI application: one WebSocket path, three ways to a secret, one question after its health."""

import asyncio
import logging
import secrets
import string
import time
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from oyez_local import minting
from oyez_local.engines import Engines
from oyez_local.entrance import TurnedAway, Visit, admit
from oyez_local.eventlog import EventLog
from oyez_local.keys import Keyring, bearer
from oyez_local.link import Link, Mind
from oyez_local.session import Limit, Session
from oyez_realtime.messages import ErrorDetail, ErrorEvent, WireError, encode

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
    session_limit_s: float = 3600.0
    sessions: set[str] = field(default_factory=set)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                WebSocketRoute("/v1/realtime", self.realtime),
                Route("/v1/realtime/client_secrets", self.client_secrets, methods=["POST"]),
                Route("/v1/realtime/sessions", self.older_sessions, methods=["POST"]),
                Route("/v1/realtime/transcription_sessions", self.older_transcription_sessions, methods=["POST"]),
                Route("/healthz", self.healthz),
            ]
        )

    async def healthz(self, request: Request) -> JSONResponse:
        """Answers only once the models are loaded: before, nobody listens."""
        return JSONResponse({"status": "ok", "sessions": len(self.sessions)})

    async def realtime(self, socket: WebSocket) -> None:
        """Accepts first and refuses afterwards, as the live service does."""
        offered = tuple(socket.scope.get("subprotocols") or ())
        await socket.accept("realtime" if "realtime" in offered else None)
        now_s, session_id = asyncio.get_running_loop().time(), new_id("sess")
        visit = Visit(dict(socket.query_params), dict(socket.headers), offered)
        try:
            config = admit(visit, self.keyring, now_s, session_id, int(time.time() + self.session_limit_s))
        except TurnedAway as refused:
            log.info("Turned away: %s", refused.message)
            error = ErrorDetail("invalid_request_error", refused.message, refused.code, None, None)
            told = ErrorEvent(event_id=new_id("event"), error=error)
            await socket.send_text(encode(told))
            self.events.write("out", told, session_id, now_s)
            await socket.close(refused.close_code, refused.reason)
            return
        session = Session(config, Limit(now_s + self.session_limit_s, self.session_limit_s / 60), new_id)
        self.sessions.add(session_id)
        log.info("Session %s begins.", session_id)
        try:
            await Link(socket, session, session_id, self.engines, self.mind, self.events).run()
        finally:
            self.sessions.discard(session_id)
            log.info("Session %s is over.", session_id)

    async def client_secrets(self, request: Request) -> JSONResponse:
        return await self._mint(request, None)

    async def older_sessions(self, request: Request) -> JSONResponse:
        return await self._mint(request, "realtime")

    async def older_transcription_sessions(self, request: Request) -> JSONResponse:
        return await self._mint(request, "transcription")

    async def _mint(self, request: Request, older: str | None) -> JSONResponse:
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
        now_s, unix_s = asyncio.get_running_loop().time(), time.time()
        secret = self.keyring.mint(asked.session, asked.seconds, now_s, unix_s)
        answer = minting.answer if older is None else minting.answer_older
        return JSONResponse(answer(secret, session))


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise WireError("string_above_max_length", f"The body is larger than {MAX_BODY_BYTES} bytes.")
    return body


def _error(status: int, code: str, message: str, param: str | None = None) -> JSONResponse:
    detail = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return JSONResponse({"error": detail}, status_code=status)
