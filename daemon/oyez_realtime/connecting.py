"""From an address to an open session: the socket, and the server's first word."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.frames import CloseCode

from oyez_realtime.bearer import UNSENDABLE, check_headers, is_sendable
from oyez_realtime.closing import Remedy, Verdict, closed_after, judge_error
from oyez_realtime.errors import ConnectionLost, SessionRefused
from oyez_realtime.protocol import RealtimeProtocol
from oyez_realtime.server_events import ErrorEvent
from oyez_realtime.state import State
from oyez_realtime.tolerance import ServerEvent
from oyez_realtime.wire import given

_socket_logger = logging.getLogger("oyez_realtime.socket")
_socket_logger.setLevel(logging.INFO)  # below that, websockets logs the handshake with the token in it


@dataclass(frozen=True, slots=True)
class Dialling:
    """How to connect."""

    open_timeout_s: float = 10.0
    """For the handshake, again for `session.created`, and again for the answer to the first `session.update`."""
    close_timeout_s: float = 2.0
    ping_interval_s: float | None = 20.0
    """A ping so often finds a socket that is open and dead: ConnectionLost after at most interval and timeout. None:
    never ping."""
    ping_timeout_s: float | None = 60.0
    """So long a pong may take. Generous: a busy event loop answers late, and a false alarm costs the session."""
    max_size_bytes: int = 32 * 1024 * 1024
    """Largest frame that is taken; the service may send 15 MiB of audio, which is 20 MiB of base64."""
    compression: Literal["deflate"] | None = None
    """Audio in base64 hardly shrinks and costs the processor."""
    proxy: str | Literal[True] | None = None
    """True: as the environment says; None: none."""
    tls: ssl.SSLContext | None = None
    """For wss; None: the system's certificates. One's own is needed for a server with a certificate of the house."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent besides `Authorization`: `OpenAI-Safety-Identifier`, what a relay wants. Never logged."""

    def __post_init__(self) -> None:
        """Raises ValueError for headers that cannot be sent."""
        check_headers(self.headers)


RETRY = Verdict(Remedy.RETRY, "The server cannot be reached: check network and address; connect again.")
SILENT = Verdict(Remedy.RETRY, "The server did not open the session in time: connect again.")
DEAD = Verdict(Remedy.RETRY, "The server has stopped answering: the network or the server is gone; connect again.")
UNSET_UP = Verdict(Remedy.REFUSED, "The server refused the session's settings: mend them.")
OUR_FAULT = Verdict(Remedy.RETRY, "This program failed at an event, see its log: connect again, and report it.")
STATUSES = {
    401: Verdict(Remedy.NEW_TOKEN, "The server did not accept the token: get a new one."),
    403: Verdict(Remedy.REFUSED, "The server does not allow this: check the account and its permissions."),
    404: Verdict(Remedy.REFUSED, "There is no Realtime API at that address: check it."),
    429: Verdict(Remedy.RETRY, "The server is asked too often: connect again after a while."),
}


async def dial(url: str, token: str | None, dialling: Dialling) -> ClientConnection:
    """Raises SessionRefused for an HTTP error and for what cannot be dialled, ConnectionLost when nobody is reached."""
    if not isinstance(url, str):
        raise TypeError(f"the address is {url!r}; give it as text, ws://... or wss://...")
    if token and not is_sendable(token):
        verdict = Verdict(Remedy.NEW_TOKEN, "The token cannot be used: get a new one.")
        raise SessionRefused(f"The token was not sent: {UNSENDABLE}.", verdict)
    headers = {**dialling.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
    tls: dict[str, Any] = {"ssl": dialling.tls} if dialling.tls is not None and url.startswith("wss:") else {}
    try:
        return await connect(
            url,
            additional_headers=headers,
            compression=dialling.compression,
            proxy=dialling.proxy,
            open_timeout=dialling.open_timeout_s,
            close_timeout=dialling.close_timeout_s,
            ping_interval=dialling.ping_interval_s,
            ping_timeout=dialling.ping_timeout_s,
            max_size=dialling.max_size_bytes,
            logger=_socket_logger,
            **tls,
        )
    except InvalidStatus as error:
        raise _refused_by_status(error.response.status_code) from None
    except InvalidURI as error:
        raise _no_address(error) from None
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
        raise ConnectionLost(f"No connection to the Realtime API ({error}). {RETRY.sentence}", RETRY) from error
    except ValueError as error:  # of urllib, for a port or an IPv6 address that is none; a certificate's is an OSError
        raise _no_address(error) from None


def _no_address(error: Exception) -> SessionRefused:
    verdict = Verdict(Remedy.REFUSED, "The address is no WebSocket address, ws://HOST:PORT/PATH or wss://...")
    return SessionRefused(f"{error}. {verdict.sentence}", verdict)


def _refused_by_status(status: int) -> SessionRefused | ConnectionLost:
    verdict = STATUSES.get(status, RETRY if status >= 500 else STATUSES[403])
    message = f"The server answered the handshake with HTTP {status}. {verdict.sentence}"
    return ConnectionLost(message, verdict) if status >= 500 else SessionRefused(message, verdict)


def ending(closed: ConnectionClosed) -> tuple[int, str, Verdict | None]:
    """Close code and reason; and the verdict where our own end gave up on a peer that answers no ping, which websockets
    tells as if the peer had failed with 1011."""
    if closed.rcvd is None and closed.sent is not None and closed.sent.code == CloseCode.INTERNAL_ERROR:
        return 1006, closed.sent.reason, DEAD
    frame = closed.rcvd or closed.sent
    return (frame.code, frame.reason, None) if frame else (1006, "", None)


async def first_word(socket: ClientConnection, protocol: RealtimeProtocol, timeout_s: float) -> list[ServerEvent]:
    """The events up to `session.created`. A server accepts the socket first and refuses token and model after it."""
    refusal: ErrorEvent | None = None
    events: list[ServerEvent] = []
    try:
        async with asyncio.timeout(timeout_s):
            while protocol.state is State.CONNECTING:
                for event in protocol.receive(await socket.recv()):
                    events.append(event)
                    refusal = event if isinstance(event, ErrorEvent) else refusal
    except TimeoutError:
        raise _unopened(refusal, SILENT) from None
    except ConnectionClosed as closed:
        verdict = protocol.connection_closed(*ending(closed))
        raise _unopened(refusal, verdict) from None
    return events


def _unopened(refusal: ErrorEvent | None, verdict: Verdict) -> SessionRefused | ConnectionLost:
    if refusal is not None:
        verdict = closed_after(judge_error(refusal.error), verdict)
        said = given(refusal.error.message) or given(refusal.error.code) or "no reason given"
        return SessionRefused(f"The server refused the session: {said} {verdict.sentence}", verdict)
    if verdict.remedy in (Remedy.REFUSED, Remedy.NEW_TOKEN):
        return SessionRefused(f"The server refused the session. {verdict.sentence}", verdict)
    return ConnectionLost(f"The session was not opened. {verdict.sentence}", verdict)
