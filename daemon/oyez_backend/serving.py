"""The backend as a process: binds the port, says that it listens, ends quickly on SIGTERM."""

import asyncio
import logging
import signal
import socket
import sys
import time
from dataclasses import dataclass
from datetime import datetime

import httpx
import uvicorn

from oyez_backend.app import make_app
from oyez_backend.call_book import CallBook
from oyez_backend.call_desk import CallDesk
from oyez_backend.call_tools import Registry
from oyez_backend.device_store import DeviceStore
from oyez_backend.exchange import Exchange
from oyez_backend.key_verifier import KeyVerifier
from oyez_backend.minting import Upstream
from oyez_backend.rate_limit import RateLimit
from oyez_backend.settings import Settings
from oyez_backend.token_desk import TokenDesk
from oyez_realtime.webhooks import SigningSecret


class ServeError(Exception):
    """The address cannot be listened on; a sentence for the keeper."""


@dataclass(frozen=True, slots=True)
class Telephone:
    """What calls need beside the settings."""

    secret: SigningSecret
    registry: Registry
    book: CallBook


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            print(f"listening on {_url(listener)}", flush=True)


def serve(
    settings: Settings, key: str, store: DeviceStore, host: str, port: int, telephone: Telephone | None = None
) -> None:
    """Until SIGTERM or SIGINT. Raises ServeError for a port that is taken, StoreError for an unreadable store."""
    _log_to_stderr()
    store.devices()
    listener = _bind(host, port)
    # uvicorn raises a caught signal once more when it is done; by then we are ending anyway.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, lambda *_: None)
    asyncio.run(_serve(settings, key, store, listener, telephone))


async def _serve(
    settings: Settings, key: str, store: DeviceStore, listener: socket.socket, telephone: Telephone | None
) -> None:
    timeout = httpx.Timeout(settings.upstream_timeout_s)
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as http:
        upstream = Upstream(http, settings.upstream_url, key, settings.token_lifetime_s)
        desk = TokenDesk(
            settings=settings,
            verifier=KeyVerifier(store),
            rate_limit=RateLimit(settings.tokens_per_minute, settings.tokens_burst),
            upstream=upstream,
            monotonic=time.monotonic,
            unix_time=time.time,
        )
        calls = _call_desk(settings, store, upstream, telephone)
        config = uvicorn.Config(
            make_app(desk, calls),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            # A device whose token was on its way asks again; an upstream that hangs must not hold up the end.
            timeout_graceful_shutdown=0,
        )
        if calls is None:
            await _Server(config).serve(sockets=[listener])
            return
        await calls.start()
        try:
            await _Server(config).serve(sockets=[listener])
        finally:
            await calls.close()


def _call_desk(
    settings: Settings, store: DeviceStore, upstream: Upstream, telephone: Telephone | None
) -> CallDesk | None:
    if settings.calls is None or telephone is None:
        return None
    return CallDesk(
        settings,
        settings.calls,
        secret=telephone.secret,
        exchange=Exchange(upstream),
        store=store,
        registry=telephone.registry,
        book=telephone.book,
        unix_time=time.time,
        today=lambda: datetime.now().astimezone().date(),
    )


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServeError(f"{host} is no address of this machine ({error.strerror}): give --host another.") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise ServeError(f"Port {port} of {host} cannot be had ({error.strerror}): give --port another.") from None
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _log_to_stderr() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
