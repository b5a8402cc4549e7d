"""Client secrets over REST: short-lived tokens that a device may hold, made with the key that it may not."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from oyez_realtime.bearer import UNSENDABLE, is_sendable
from oyez_realtime.legacy import modern_session
from oyez_realtime.older import LIFE_FIELDS, Kind, flat_session, kind_of
from oyez_realtime.session_objects import RealtimeSession, Session, TranscriptionSession

EXPIRES_AFTER_MIN_S = 10
EXPIRES_AFTER_MAX_S = 7200


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A token that opens sessions until it expires; an open session outlives it."""

    value: str = field(repr=False)
    """Begins with `ek_`; never log it."""
    expires_at: int
    """Unix seconds, by the service's clock."""
    session: Session | None
    """What is attached to it, as far as we understand it. It can be overridden by whoever holds the token."""


class RestError(Exception):
    """The service did not do it. Never contains the key. `status` 0: the service could not be reached."""

    def __init__(self, status: int, code: str | None, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s
        """When the service says to ask again."""


async def create_client_secret(
    http: httpx.AsyncClient,
    base_url: str,
    key: str,
    session: Session | None = None,
    expires_after_s: int | None = None,
    *,
    safety_identifier: str | None = None,
) -> ClientSecret:
    """POST {base_url}/realtime/client_secrets; `base_url` ends in /v1. `key` is the long-lived one.

    safety_identifier: a hash of whoever will hold the token; the service binds it to their sessions.
    Raises ValueError when `expires_after_s` is not 10 to 7200 (None: the service's 600), RestError otherwise.
    """
    body: dict[str, Any] = {}
    if expires_after_s is not None:
        body["expires_after"] = _life(expires_after_s)
    if session is not None:
        body["session"] = session
    headers = {"OpenAI-Safety-Identifier": safety_identifier} if safety_identifier else {}
    url = f"{base_url.rstrip('/')}/realtime/client_secrets"
    return parse_client_secret((await post_json(http, url, key, body, headers)).content)


async def create_session(
    http: httpx.AsyncClient,
    base_url: str,
    key: str,
    session: RealtimeSession | None = None,
    expires_after_s: int | None = None,
) -> ClientSecret:
    """POST {base_url}/realtime/sessions, the older way to a token: for servers without client_secrets.

    The session goes flat and comes back flat, with the secret inside. Raises as `create_client_secret` does.
    """
    return await _create_older(http, f"{base_url.rstrip('/')}/realtime/sessions", key, session, expires_after_s)


async def create_transcription_session(
    http: httpx.AsyncClient,
    base_url: str,
    key: str,
    session: TranscriptionSession | None = None,
    expires_after_s: int | None = None,
) -> ClientSecret:
    """POST {base_url}/realtime/transcription_sessions; otherwise as `create_session`."""
    session = session or TranscriptionSession()
    url = f"{base_url.rstrip('/')}/realtime/transcription_sessions"
    return await _create_older(http, url, key, session, expires_after_s)


async def _create_older(
    http: httpx.AsyncClient, url: str, key: str, session: Session | None, expires_after_s: int | None
) -> ClientSecret:
    body = {} if session is None else flat_session(session)
    kind: Kind = "realtime" if session is None else kind_of(session)
    if expires_after_s is not None:
        body["client_secret"] = {LIFE_FIELDS[kind]: _life(expires_after_s)}
    return parse_client_secret((await post_json(http, url, key, body)).content, kind)


def _life(expires_after_s: int) -> dict[str, Any]:
    is_whole = isinstance(expires_after_s, int) and not isinstance(expires_after_s, bool)
    if not is_whole or not EXPIRES_AFTER_MIN_S <= expires_after_s <= EXPIRES_AFTER_MAX_S:
        raise ValueError(f"expires_after_s is {expires_after_s!r}; a client secret lives 10 to 7200 whole seconds")
    return {"anchor": "created_at", "seconds": expires_after_s}


async def post_json(
    http: httpx.AsyncClient, url: str, key: str, body: object, headers: dict[str, str] | None = None
) -> httpx.Response:
    """A successful answer to `body` as JSON. Raises RestError."""
    said = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
    return await post(http, http.build_request("POST", url, content=msgspec.json.encode(body), headers=said), key)


async def post(http: httpx.AsyncClient, request: httpx.Request, key: str) -> httpx.Response:
    """A successful answer to `request`, sent with `key`. Raises RestError, whose text never holds the key; 401 also for
    a key that no header carries."""
    if not is_sendable(key):
        raise RestError(401, None, f"The key was not sent: {UNSENDABLE}.")
    request.headers["Authorization"] = f"Bearer {key}"
    try:
        answer = await http.send(request)
    except httpx.HTTPError as error:
        message = f"The service cannot be reached ({type(error).__name__}): check network and address; ask again."
        raise RestError(0, None, message) from None
    if answer.is_success:
        return answer
    raise _refusal(answer, key)


def parse_client_secret(body: bytes, kind: Kind = "realtime") -> ClientSecret:
    """Reads today's `{value, expires_at, session}` and the older session with a nested `client_secret`.

    kind: what a session that does not say it is taken for. Raises RestError when there is no token in it.
    """
    try:
        answer = msgspec.json.decode(body)
        secret = answer.get("client_secret", answer)
        session = answer if "client_secret" in answer else answer.get("session")
        return ClientSecret(_text(secret["value"]), int(secret["expires_at"]), _session(session, kind))
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        message = "The service's answer holds no client secret: check that the address is that of a Realtime API."
        raise RestError(200, None, message) from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a token is a text")
    return value


def _session(session: object, kind: Kind) -> Session | None:
    """None when it is odd: the token works all the same."""
    if not isinstance(session, dict):
        return None
    plain = {key: value for key, value in session.items() if key != "client_secret"}
    try:
        understood: Session = msgspec.convert(modern_session(plain, kind), Session)
    except msgspec.ValidationError:
        return None
    return understood


_MEANINGS = {
    401: "the key was not accepted: check it",
    403: "the key may not do this: check the account's permissions",
    404: "there is no such address or call: check the base URL, it ends in /v1",
    405: "the server serves that address otherwise: check the base URL, it ends in /v1",
    501: "the server cannot do this: ask another",
    429: "too many requests, or the quota is used up: ask again later or look at the billing",
}


def _refusal(answer: httpx.Response, key: str) -> RestError:
    error = _error_of(answer)
    code = error.get("code") if isinstance(error.get("code"), str) else None
    said = str(error.get("message") or "no reason given").replace(key, "(key)") if key else "no reason given"
    fallback = "the service failed: ask again later" if answer.status_code >= 500 else "the request was refused"
    meaning = _MEANINGS.get(answer.status_code, fallback)
    message = f"The service answered HTTP {answer.status_code}, {meaning}. It said: {said}"
    return RestError(answer.status_code, code, message, _retry_after_s(answer))


def _error_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _retry_after_s(answer: httpx.Response) -> float | None:
    """The header's seconds; its other form, a date, is not used by this service."""
    try:
        seconds = float(answer.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
