"""One JSON line a request: who, what, how long, how it ended. Never a header, a body, a key or a token."""

import logging
from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("oyez_backend.access")


class AccessLog:
    """ASGI middleware. Endpoints add what they know to `request.state`: `device` (its name), `code` (of a refusal)."""

    def __init__(self, app: ASGIApp, monotonic: Callable[[], float]) -> None:
        self._app = app
        self._monotonic = monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # A fresh copy: the server hands the same state to every request.
        state: dict[str, Any] = dict(scope.get("state", {}))
        scope["state"] = state
        begun_s = self._monotonic()
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            log.info("%s", _line(scope, state, status, self._monotonic() - begun_s))


def _line(scope: Scope, state: MutableMapping[str, Any], status: int, took_s: float) -> str:
    client = scope.get("client")
    entry = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "took_ms": round(1000 * took_s),
        "client": client[0] if client else None,
        "device": state.get("device"),
        "code": state.get("code"),
    }
    return msgspec.json.encode(entry).decode()
