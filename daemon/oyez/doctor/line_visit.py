"""Asks the backend for a token, and with it the service for a session, as the daemon does. Nothing is said: it costs
nothing."""

import asyncio
import ssl
import time
from collections.abc import Callable

import httpx
import msgspec

from oyez.config import Line
from oyez.doctor.facts import BackendFacts, LineFacts
from oyez.secret import Secret, mask
from oyez.session.dialler import Dialler, Keys
from oyez.session.ending import EXPECTED, lost
from oyez.session.local_server import LocalKey, LocalServer
from oyez.session.token import BackendAway, Token, TokenRefused
from oyez.session.token_source import TokenSource
from oyez_realtime.closing import ERROR_CODES
from oyez_realtime.errors import RealtimeError

MODEL_VERDICTS = tuple(ERROR_CODES[code] for code in ("missing_model", "invalid_model", "model_not_found"))


class _Held:
    """One token, for one session."""

    def __init__(self, token: Token) -> None:
        self._token = token

    async def get(self) -> Token:
        return self._token

    def forget(self) -> None:
        """There is no other."""


async def ask_backend(line: Line, key: Secret | None) -> tuple[BackendFacts, Token | None]:
    if key is None:
        sentence = "This device has no key for the backend: make one with `oyez-backend device add NAME` and name its "
        return BackendFacts(kind="no_key", trouble=f"{sentence}file in line.device_key_file."), None
    async with httpx.AsyncClient(timeout=line.connect_timeout_s) as http:
        source = TokenSource(http, line.backend_url, key.reveal(), {"type": "realtime", "model": line.model})
        try:
            token = await source.get()
        except TokenRefused as error:
            return BackendFacts(kind="refused", trouble=mask(str(error))), None
        except BackendAway as error:
            return BackendFacts(kind="away", trouble=mask(str(error))), None
        finally:
            await source.close()
    return BackendFacts(life_s=round(token.life.life_s, 1)), token


def clock_ahead_s(token: Token, now_unix_s: float) -> float | None:
    """Of this machine's clock; None: the backend did not say what time it is."""
    return round(now_unix_s - token.issued_at, 1) if token.issued_at > 0 else None


async def knock(line: Line, token: Token) -> LineFacts:
    """Opens a session of the service and leaves."""
    return await _knock(Dialler(line, _Held(token), time.monotonic), token.model or line.model)


async def knock_local(line: Line, key: Secret | None, tls: ssl.SSLContext | None) -> LineFacts:
    server = LocalServer(line.local_url, key, tls)
    keys: Keys = LocalKey(server)
    return await _knock(Dialler(line, keys, time.monotonic, "local", tls), "")


async def _knock(dialler: Dialler, model: str, clock: Callable[[], float] = time.monotonic) -> LineFacts:
    began_s = clock()
    try:
        await dialler.knock()
    except asyncio.CancelledError:
        raise
    except EXPECTED as error:
        told = lost(error)
        kind = "away" if told.reason == "line_away" else "refused"
        if isinstance(error, RealtimeError) and error.verdict in MODEL_VERDICTS:
            kind = "model"
        return LineFacts(trouble=mask(told.sentence), kind=kind, model=model)
    return LineFacts(model=model, opened_ms=round((clock() - began_s) * 1000, 1))


def with_timeout(line: Line, seconds: float) -> Line:
    """So that a check ends within its time."""
    return msgspec.structs.replace(line, connect_timeout_s=min(line.connect_timeout_s, seconds))
