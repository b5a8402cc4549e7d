"""`oyez-local serve`: a Realtime server that listens and speaks on this machine alone."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import ssl
import sys
from datetime import datetime
from pathlib import Path
from types import FrameType

import httpx
import uvicorn

from oyez_local import mind
from oyez_local.app import Server
from oyez_local.chat import ChatMind
from oyez_local.engines import VOICES, load
from oyez_local.eventlog import EventLog
from oyez_local.faults import FaultPlan
from oyez_local.keys import Keyring
from oyez_local.mind import Decision, Request
from oyez_local.rate_limits import DEFAULT_REQUESTS, DEFAULT_TOKENS, RateLimits
from oyez_local.responding import Bounds
from oyez_local.sabotage import Protocol
from oyez_local.tokens import DEFAULT_CONTEXT_TOKENS
from oyez_realtime.mcp_client import McpClient

EXIT_AWAY, EXIT_CONFIG = 69, 78
MAX_FRAME_BYTES = 21 * 1024 * 1024
"""15 MiB of audio in one append are 20 MiB of base64; a larger frame ends the session with 1009."""


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 24 * 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 1 to 65535, or 0 for any free one")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 10**12:
        raise argparse.ArgumentTypeError(f"{text} is no count from 1 on")
    return value


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="oyez-local", description=__doc__)
    serve = parser.add_subparsers(dest="command", required=True).add_parser("serve", help="run the server")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8765, help="0: any free port; the ready line names it")
    serve.add_argument(
        "--api-key", default=os.environ.get("OYEZ_LOCAL_API_KEY"), help="unset: any (or OYEZ_LOCAL_API_KEY)"
    )
    serve.add_argument("--session-limit-s", type=_seconds, default=3600.0, help="how long one session may last")
    serve.add_argument("--log-events", type=Path, metavar="FILE", help="append one JSON line for each event, no audio")
    serve.add_argument("--voice-engine", choices=sorted(VOICES), default="hibari", help="espeak: for small machines")
    serve.add_argument("--chat-url", help="OpenAI-compatible endpoint that decides answers, e.g. http://host:11434/v1")
    serve.add_argument("--chat-model", default="default")
    serve.add_argument("--rate-limit-rpm", type=_count, default=DEFAULT_REQUESTS, help="responses a minute")
    serve.add_argument("--rate-limit-tpm", type=_count, default=DEFAULT_TOKENS, help="tokens a minute")
    serve.add_argument("--context-tokens", type=_count, default=DEFAULT_CONTEXT_TOKENS, help="longest prompt")
    serve.add_argument("--tls-cert", type=Path, metavar="FILE", help="PEM; serve wss and https alone")
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="PEM")
    serve.add_argument("--faults", action="store_true", help="for tests: POST /faults breaks things on demand")
    serve.add_argument("--verbose", action="store_true")
    return parser


class _Announcing(uvicorn.Server):
    """Says on stdout when it can be reached."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            print(f"listening on {'https' if self.config.is_ssl else 'http'}://{host}:{port}", flush=True)


async def _serve(options: argparse.Namespace, listener: socket.socket, events: EventLog) -> None:
    engines = await load(options.voice_engine)
    async with httpx.AsyncClient() as http:
        key = os.environ.get("OYEZ_LOCAL_CHAT_KEY")
        chat = ChatMind(http, options.chat_url, options.chat_model, key) if options.chat_url else None

        async def local(request: Request, now: datetime) -> Decision:
            return mind.decide(request, now)

        keyring = Keyring(options.api_key or None, lambda: secrets.token_urlsafe(32))
        server = Server(
            engines,
            chat.decide if chat else local,
            keyring,
            events,
            McpClient(http, "oyez-local"),
            options.session_limit_s,
            Bounds(RateLimits(options.rate_limit_rpm, options.rate_limit_tpm), options.context_tokens),
            FaultPlan() if options.faults else None,
        )
        config = uvicorn.Config(
            server.app(),
            ws=Protocol if options.faults else "websockets-sansio",
            ssl_certfile=options.tls_cert,
            ssl_keyfile=options.tls_key,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
        )
        try:
            await _Announcing(config).serve(sockets=[listener])
        finally:
            engines.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> None:
    parser = arguments()
    options = parser.parse_args()
    if (options.tls_cert is None) != (options.tls_key is None):
        parser.error("--tls-cert and --tls-key belong together; give both or neither.")
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _leave)
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        sys.stderr.write(f"{options.host}:{options.port} cannot be listened on ({error}); choose another --port.\n")
        raise SystemExit(EXIT_AWAY) from None
    try:
        events = EventLog(options.log_events)
    except OSError as error:
        sys.stderr.write(f"The event log cannot be opened ({error}); name a file that may be written.\n")
        raise SystemExit(EXIT_CONFIG) from None
    try:
        asyncio.run(_serve(options, listener, events))
    except (ssl.SSLError, FileNotFoundError) as error:
        sys.stderr.write(f"The certificate or its key cannot be used ({error}); name PEM files that belong together.\n")
        raise SystemExit(EXIT_CONFIG) from None
    except ImportError as error:
        sys.stderr.write(f"A package of the local server is missing ({error}); install the extra: oyez[local].\n")
        raise SystemExit(EXIT_CONFIG) from None
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        events.close()


if __name__ == "__main__":
    main()
