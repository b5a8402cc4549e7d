"""A token for one device, and how long it is good. Pure; time is an argument, in monotonic seconds.

The device has no clock that it could trust (a Raspberry Pi without network thinks that it is last week), so the life
of a token is what the backend says it is, `expires_at - issued_at`, counted from when the device *asked* for it.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from oyez.errors import OyezError, ServiceAway


class TokenRefused(OyezError):
    """The backend knows the device not, or no more: asking again changes nothing, a person must act."""


class BackendAway(ServiceAway):
    """No token now: the backend is away, or what it lives on is. Another attempt may work."""

    def __init__(self, sentence: str, retry_after_s: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s
        """When the backend said that it will do; None: it said nothing."""


@dataclass(frozen=True, slots=True)
class TokenLife:
    life_s: float
    """By the issuer's own clock."""
    received_s: float
    round_trip_s: float
    margin_s: float
    """So long before the end a new one is due; a token that lives shorter than twice that is renewed half way."""

    @property
    def ends_s(self) -> float:
        return self.received_s - self.round_trip_s + self.life_s

    @property
    def renew_at_s(self) -> float:
        return self.ends_s - min(self.margin_s, self.life_s / 2)

    def usable(self, now_s: float) -> bool:
        """A session may still be opened with it. (An open session outlives its token.)"""
        return now_s < self.ends_s

    def is_due(self, now_s: float) -> bool:
        """Time to fetch the next one."""
        return now_s >= self.renew_at_s


@dataclass(frozen=True, slots=True)
class Token:
    value: str = field(repr=False)
    realtime_url: str
    """ws:// or wss://"""
    model: str
    life: TokenLife
    issued_at: float = 0.0
    """Unix seconds, by the backend's clock: the one clock at hand that keeps time with the service's."""


class _Answer(msgspec.Struct, frozen=True):
    value: str
    expires_at: float
    issued_at: float
    realtime_url: str
    model: str = ""


class _ErrorBody(msgspec.Struct, frozen=True):
    message: str = ""
    retry_after_s: float | None = None


class _ErrorAnswer(msgspec.Struct, frozen=True):
    error: _ErrorBody = _ErrorBody()


def parse_answer(
    status: int, retry_after: str | None, body: bytes, *, received_s: float, round_trip_s: float, margin_s: float
) -> Token:
    """The backend's answer to `POST /v1/token`. Raises TokenRefused or BackendAway, never with a token in the text."""
    if status != 200:
        raise _error(status, retry_after, body)
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BackendAway("What answers at the backend's address is no Oyez backend: check line.backend_url.") from None
    life_s = answer.expires_at - answer.issued_at
    if not answer.value or not _can_be_dialled(answer.realtime_url) or not life_s > 0:
        raise BackendAway("The backend sent a token that cannot be used (empty, expired or without an address).")
    if answer.value.startswith("sk-"):
        raise TokenRefused(
            "The backend sent its own long-lived key instead of a token: its keeper must change that key."
        )
    life = TokenLife(life_s, received_s, round_trip_s, margin_s)
    return Token(answer.value, answer.realtime_url, answer.model, life, answer.issued_at)


def _can_be_dialled(realtime_url: str) -> bool:
    """A socket's address that names a host which a resolver can be asked for."""
    try:
        parts = urlsplit(realtime_url)
        host = (parts.hostname or "").encode("idna")
        odd = parts.port == 0 or parts.username is not None or "#" in realtime_url  # what no socket client takes
    except ValueError:
        return False
    return realtime_url.startswith(("ws://", "wss://")) and bool(host) and not odd


def _error(status: int, retry_after: str | None, body: bytes) -> TokenRefused | BackendAway:
    try:
        said = msgspec.json.decode(body, type=_ErrorAnswer).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # A proxy's page instead of our JSON: only the status means something.
        said = _ErrorBody()
    if status in (400, 401, 403, 413):
        sentence = said.message or f"The backend refused this device (HTTP {status}): its key must be looked at."
        return TokenRefused(sentence)
    sentence = said.message or f"The backend gave no token (HTTP {status}): its keeper must look at it."
    return BackendAway(sentence, _retry_after_s(said.retry_after_s, retry_after))


def _retry_after_s(in_body: float | None, header: str | None) -> float | None:
    """The finer of the two; bounded, since an hour is as good as never to a person who waits."""
    if in_body is None and header is not None and header.isascii() and header.isdigit():
        in_body = float(header[:9])
    return min(max(in_body, 0.0), 3600.0) if in_body is not None else None
