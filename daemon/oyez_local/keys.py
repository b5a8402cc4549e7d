"""Who may come in: the server's own key, and the `ek_` secrets minted from it, each with its end. Pure.

Secrets are kept as digests; a secret may open several sessions until it ends, and a session outlives its secret.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from oyez_realtime.messages import Session

EPHEMERAL = "ek_"


@dataclass(frozen=True, slots=True)
class Secret:
    """What the client gets; masked when printed."""

    value: str = field(repr=False)
    expires_at: int
    """Unix seconds."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The session that a secret was minted for; None: any."""

    session: Session | None = None
    end_s: float = float("inf")
    """On the caller's monotonic clock."""


class NotAdmitted(Exception):
    """The message is for the client and names no secret."""

    def __init__(self, message: str, code: str | None) -> None:
        super().__init__(message)
        self.message, self.code = message, code


class Keyring:
    """api_key None: any token is welcome, but for secrets that were minted here and have ended."""

    def __init__(self, api_key: str | None, new_token: Callable[[], str]) -> None:
        self._api_key = None if api_key is None else _digest(api_key)
        self._new_token = new_token
        self._grants: dict[str, Grant] = {}

    def mint(self, session: Session | None, seconds: int, now_s: float, unix_s: float) -> Secret:
        """now_s: monotonic, by which the secret ends; unix_s: the same moment for people and clients."""
        value = EPHEMERAL + self._new_token()
        self._grants = {key: grant for key, grant in self._grants.items() if now_s < grant.end_s + 3600}
        self._grants[_digest(value)] = Grant(session, now_s + seconds)
        return Secret(value, int(unix_s) + seconds)

    def admit(self, token: str | None, now_s: float) -> Grant:
        """Raises NotAdmitted."""
        digest = None if token is None else _digest(token)
        grant = None if digest is None else self._grants.get(digest)
        if grant is not None and now_s >= grant.end_s:
            raise NotAdmitted("The client secret has expired. Ask for a new one.", "invalid_api_key")
        if grant is not None:
            return grant
        return self._admit_owner(digest)

    def _admit_owner(self, digest: str | None) -> Grant:
        if self._api_key is None:
            return Grant()
        if digest is None:
            raise NotAdmitted("Missing bearer authentication in header.", None)
        if not hmac.compare_digest(digest, self._api_key):
            raise NotAdmitted("Incorrect API key provided. Use the server's key or a client secret.", "invalid_api_key")
        return Grant()

    def is_owner(self, token: str | None) -> bool:
        """Whether the token may mint secrets: the key itself, never a secret."""
        if self._api_key is None:
            return True
        return token is not None and hmac.compare_digest(_digest(token), self._api_key)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def bearer(authorization: str | None, subprotocols: list[str]) -> str | None:
    """The token of a request: `Authorization: Bearer ...`, or the browsers' subprotocol."""
    kind, _, token = (authorization or "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    prefix = "openai-insecure-api-key."
    return next((name.removeprefix(prefix) for name in subprotocols if name.startswith(prefix)), None)
