"""The local server in the house: where it is, and its key in the form of a token that never ends. Pure."""

import ssl
from dataclasses import dataclass, field

from oyez.secret import Secret
from oyez.session.token import Token, TokenLife

MODEL = "oyez-local"
"""What the address asks for unless it names a model itself."""
FOREVER_S = float("inf")


@dataclass(frozen=True, slots=True)
class LocalServer:
    url: str
    """ws:// or wss://"""
    key: Secret | None = None
    """None: it asks for none."""
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    """For wss; None: the system's certificates."""


class LocalKey:
    """In place of a TokenSource: there is nobody to ask, and nothing to renew."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server

    async def get(self) -> Token:
        key = self._server.key.reveal() if self._server.key is not None else ""
        # Issued at no time: how long its sessions live is not judged by clocks that nobody keeps together.
        return Token(key, self._server.url, MODEL, TokenLife(FOREVER_S, 0.0, 0.0, 0.0))

    def forget(self) -> None:
        """There is no other."""
