"""The ASGI application: `POST /v1/token` for devices, `GET /healthz` for whoever watches the backend."""

import asyncio
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from oyez_backend.access_log import AccessLog
from oyez_backend.key_verifier import KeyVerifier
from oyez_backend.minting import Upstream
from oyez_backend.rate_limit import RateLimit
from oyez_backend.refusal import Refusal
from oyez_backend.session_policy import check_model, issued_at, merged, understood
from oyez_backend.settings import Settings
from oyez_realtime.rest import ClientSecret
from oyez_realtime.session_objects import Session

MAX_BODY_BYTES = 128 * 1024
"""Instructions and tools of a large house fit well; more is no token request."""

_MESSAGES = {404: "There is nothing here: devices POST to /v1/token.", 405: "Wrong method: devices POST to /v1/token."}


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session: dict[str, Any] = {}
    """Wishes over the keeper's session defaults."""
    device_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    """What the device calls itself, for the log; who it is, its key says."""


class TokenAnswer(msgspec.Struct, frozen=True):
    value: str
    expires_at: float
    issued_at: float
    """`expires_at - issued_at` is the life of the token in seconds, whatever the device's clock says."""
    realtime_url: str
    model: str
    session_id: str | None

    def __repr__(self) -> str:
        return f"TokenAnswer(expires_at={self.expires_at}, session_id={self.session_id!r})"


@dataclass(frozen=True, slots=True)
class TokenDesk:
    """Everything that one request needs; `monotonic` and `unix_time` tell seconds."""

    settings: Settings
    verifier: KeyVerifier
    rate_limit: RateLimit
    upstream: Upstream
    monotonic: Callable[[], float]
    unix_time: Callable[[], float]
    body_timeout_s: float = 10.0

    async def issue(self, request: Request) -> TokenAnswer:
        """Raises Refusal. The key first: a stranger's body is not even read."""
        device = await self.verifier.verify(_bearer(request))
        request.state.device = device.name
        self._limit(device.id)
        wish = _parse(await _body(request, self.body_timeout_s))
        session = merged(self.settings.session, wish.session)
        check_model(session, self.settings.allowed_models)
        typed = _typed(session)
        asked_at = self.unix_time()
        secret = await self.upstream.mint(typed, device.id)
        return TokenAnswer(
            value=secret.value,
            expires_at=secret.expires_at,
            issued_at=issued_at(secret.expires_at, self.settings.token_lifetime_s, asked_at),
            realtime_url=self.settings.realtime_address,
            model=str(session.get("model", "")),
            session_id=_session_id(secret),
        )

    def _limit(self, device_id: str) -> None:
        retry_after_s = self.rate_limit.take(device_id, self.monotonic())
        if retry_after_s is not None:
            message = "This device asks for tokens too often: the backend gives it the next one a little later."
            raise Refusal(429, "rate_limited", message, retry_after_s)


def make_app(desk: TokenDesk) -> Starlette:
    async def token(request: Request) -> Response:
        return _json(200, await desk.issue(request))

    async def healthz(_: Request) -> Response:
        return _json(200, {"status": "ok"})

    return Starlette(
        routes=[Route("/v1/token", token, methods=["POST"]), Route("/healthz", healthz)],
        middleware=[Middleware(AccessLog, monotonic=desk.monotonic)],
        exception_handlers={
            Refusal: _on_refusal,
            HTTPException: _on_http_exception,
            ClientDisconnect: _on_disconnect,
            Exception: _on_bug,
        },
    )


def _bearer(request: Request) -> str | None:
    found = re.fullmatch(r"(?i:bearer) +([!-~]{1,256})", request.headers.get("authorization", ""))
    return found[1] if found else None


async def _body(request: Request, timeout_s: float) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    message = (
                        f"The request is larger than {MAX_BODY_BYTES} bytes: send shorter instructions or fewer tools."
                    )
                    raise Refusal(413, "body_too_large", message)
    except TimeoutError:
        raise Refusal(408, "body_too_slow", f"The request did not arrive within {timeout_s:g} s.") from None
    return bytes(body)


def _parse(body: bytes) -> TokenRequest:
    try:
        return msgspec.json.decode(body or b"{}", type=TokenRequest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_request", f"The request cannot be understood: {error}.") from None


def _typed(session: dict[str, Any]) -> Session:
    try:
        return understood(session)
    except ValueError as error:
        raise Refusal(400, "invalid_session", f"The session that was asked for cannot be had: {error}.") from None


def _session_id(secret: ClientSecret) -> str | None:
    return (secret.session.id or None) if secret.session is not None else None


def _json(status: int, body: object) -> Response:
    # A token must not stay behind in anyone's cache.
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    request.state.code = error.code
    response = _json(error.status, error.body())
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status in (408, 413):
        response.headers["Connection"] = "close"
    return response


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = _MESSAGES.get(error.status_code, error.detail)
    return await _on_refusal(request, Refusal(error.status_code, "wrong_address", message))


async def _on_disconnect(request: Request, error: Exception) -> Response:
    # Nobody is there to read it; the access log still tells what became of the request.
    return await _on_refusal(request, Refusal(499, "client_gone", "The device hung up before its request was whole."))


async def _on_bug(request: Request, _: Exception) -> Response:
    # Starlette raises it again after this answer, so the log has the traceback.
    message = "The backend made a mistake of its own: its log tells which; its keeper should report it."
    return await _on_refusal(request, Refusal(500, "bug", message))
