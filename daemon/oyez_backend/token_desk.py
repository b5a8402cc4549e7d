"""Where devices get their tokens: who asks, how often, for what; then one token from the upstream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request

from oyez_backend import client_secrets, older_tokens
from oyez_backend.border import bearer, read_body
from oyez_backend.device_policy import check_session
from oyez_backend.device_store import Device
from oyez_backend.key_verifier import KeyVerifier
from oyez_backend.minting import Upstream
from oyez_backend.rate_limit import RateLimit
from oyez_backend.refusal import Refusal
from oyez_backend.session_policy import issued_at, merged, understood
from oyez_backend.settings import Settings
from oyez_realtime.older import Kind
from oyez_realtime.rest import ClientSecret
from oyez_realtime.session_objects import Session


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session: dict[str, Any] = {}
    """Wishes over the keeper's session defaults; its `type` says which of them, realtime or transcription."""
    device_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    """What the device calls itself, for the log; who it is, its key says."""


class TokenAnswer(msgspec.Struct, frozen=True):
    value: str
    expires_at: float
    issued_at: float
    """`expires_at - issued_at` is the life of the token in seconds, whatever the device's clock says."""
    realtime_url: str
    model: str
    """To be put into the address; empty for a transcription, whose address must not name one."""
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
        """`POST /v1/token`. Raises Refusal."""
        device, body = await self._admit(request)
        wish = _parse(body)
        kind = _kind(wish.session)
        session = self._agreed(device, kind, wish.session)
        typed = _typed(session)
        asked_at = self.unix_time()
        secret = await self.upstream.mint(typed, device.id)
        transcribes = kind == "transcription"
        return TokenAnswer(
            value=secret.value,
            expires_at=secret.expires_at,
            issued_at=issued_at(secret.expires_at, self.settings.token_lifetime_s, asked_at),
            realtime_url=self.settings.realtime_address + ("?intent=transcription" if transcribes else ""),
            model="" if transcribes else str(session.get("model", "")),
            session_id=_session_id(secret),
        )

    async def issue_secret(self, request: Request) -> dict[str, Any]:
        """`POST /v1/realtime/client_secrets`, as the service answers it. Raises Refusal."""
        device, body = await self._admit(request)
        wish = client_secrets.read(body)
        session = wish.session or {}
        typed = _typed(self._agreed(device, _kind(session), session))
        return client_secrets.answer(await self.upstream.mint(typed, device.id, wish.lifetime_s), typed)

    async def issue_older(self, request: Request, kind: Kind) -> dict[str, Any]:
        """The older paths: the answer with the token nested in it. Raises Refusal."""
        device, body = await self._admit(request)
        wish = older_tokens.read(body, kind)
        typed = _typed(self._agreed(device, kind, wish.session))
        return older_tokens.answer(await self.upstream.mint(typed, device.id, wish.lifetime_s), typed)

    async def _admit(self, request: Request) -> tuple[Device, bytes]:
        """The key first: a stranger's body is not even read."""
        device = await self.verifier.verify(bearer(request))
        request.state.device = device.name
        retry_after_s = self.rate_limit.take(device.id, self.monotonic())
        if retry_after_s is not None:
            message = "This device asks for tokens too often: the backend gives it the next one a little later."
            raise Refusal(429, "rate_limited", message, retry_after_s)
        return device, await read_body(request, self.body_timeout_s)

    def _agreed(self, device: Device, kind: Kind, wishes: Mapping[str, Any]) -> dict[str, Any]:
        """The keeper's defaults with the device's wishes over them, as far as it may have them."""
        transcribes = kind == "transcription"
        session = merged(self.settings.transcription if transcribes else self.settings.session, wishes)
        models = self.settings.allowed_transcription_models if transcribes else self.settings.allowed_models
        check_session(session, self.settings.policy_of(device.name), models)
        return session


def _kind(session: Mapping[str, Any]) -> Kind:
    return "transcription" if session.get("type") == "transcription" else "realtime"


def _parse(body: bytes) -> TokenRequest:
    try:
        return msgspec.json.decode(body or b"{}", type=TokenRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_request", f"The request cannot be understood: {error}.") from None


def _typed(session: dict[str, Any]) -> Session:
    try:
        return understood(session)
    except ValueError as error:
        raise Refusal(400, "invalid_session", f"The session that was asked for cannot be had: {error}.") from None


def _session_id(secret: ClientSecret) -> str | None:
    return (secret.session.id or None) if secret.session is not None else None
