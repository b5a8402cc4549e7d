"""The far side on the same loop: the real local server behind a real socket, and an endpoint that hands out tokens.

The server hears and speaks with its real models; a sentence that it said before is not synthesised again.
"""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import uvicorn

from oyez_local import mind
from oyez_local.app import Server
from oyez_local.engines import load
from oyez_local.eventlog import EventLog
from oyez_local.faults import Fault, FaultPlan
from oyez_local.keys import Keyring
from oyez_local.mind import Decision, Request
from oyez_local.sabotage import Protocol
from oyez_local.voice import Voice
from oyez_realtime.g711 import Samples
from oyez_realtime.mcp_client import McpClient
from tests.doubles.token_endpoint import TokenEndpoint
from tests.doubles.upstream import Upstream

SENTENCES_KEPT = 24
UNIX_EPOCH_S = 1_795_000_000.0
"""The calendar when the loop's time is 0."""


class RememberingVoice:
    """Says again what it said before, as it said it."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._said = voice, dict[tuple[str, float], Samples]()

    def speak(self, sentence: str, speed: float) -> Samples:
        key = (sentence, speed)
        if key not in self._said:
            if len(self._said) >= SENTENCES_KEPT:
                self._said.pop(next(iter(self._said)))
            self._said[key] = self._voice.speak(sentence, speed)
        return self._said[key]


@dataclass
class Tokens(TokenEndpoint):
    """A backend whose calendar goes with the loop's time."""

    lifetime_s: float = 120.0
    unix_s: Callable[[], float] = lambda: UNIX_EPOCH_S

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        del self.requests[:-100]
        if self.status != 200:
            return Upstream._answer(self, body)
        now = self.unix_s()
        token = {"value": f"ek_{secrets.token_hex(8)}", "expires_at": now + self.lifetime_s, "issued_at": now}
        return 200, {**token, "realtime_url": self.realtime_url, "model": "gpt-realtime-2.1"}


@dataclass
class FarSide:
    server: Server
    plan: FaultPlan
    tokens: Tokens

    def strike(self, fault: Fault) -> None:
        """As POST /faults does."""
        if len(self.plan.pending()) > 3:
            self.plan.clear()
        self.plan.add(fault)
        for session_id, link in reversed(self.server.links.items()):
            link.strike(self.plan.at_once(session_id))


async def _decide(request: Request, now: datetime) -> Decision:
    return mind.decide(request, now)


@asynccontextmanager
async def far_side(log: EventLog, session_limit_s: float) -> AsyncIterator[FarSide]:
    loop = asyncio.get_running_loop()
    engines = await load("hibari")
    engines.voice = RememberingVoice(engines.voice)
    plan = FaultPlan()

    def unix_s() -> float:
        return UNIX_EPOCH_S + loop.time()

    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    tokens = Tokens(realtime_url=f"ws://127.0.0.1:{port}/v1/realtime", unix_s=unix_s)
    async with httpx.AsyncClient(trust_env=False) as http:
        server = Server(
            engines, _decide, Keyring(None, lambda: secrets.token_urlsafe(32)), log, McpClient(http, "oyez-local"),
            session_limit_s, plan=plan, unix_s=unix_s,
        )  # fmt: skip
        config = uvicorn.Config(
            server.app(), ws=Protocol, log_level="error", access_log=False, lifespan="off", ws_max_size=1 << 25,
            ws_per_message_deflate=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        serving = uvicorn.Server(config)
        running = asyncio.create_task(serving.serve(sockets=[listener]), name="local server")
        await tokens.start()
        try:
            while not serving.started:  # noqa: ASYNC110 (uvicorn tells nobody)
                await asyncio.sleep(0.01)
            yield FarSide(server, plan, tokens)
        finally:
            serving.should_exit = True
            await running
            await tokens.stop()
            engines.close()
