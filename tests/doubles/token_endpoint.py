"""A backend that only hands out tokens, over real HTTP: refuses, stalls or vanishes when told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.doubles.upstream import Upstream


@dataclass
class TokenEndpoint(Upstream):
    """Every request gets the next of `ek_device0001`, `ek_device0002`, ..."""

    realtime_url: str = ""

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.status != 200:
            return super()._answer(body)
        return 200, {
            "value": f"ek_device{len(self.requests):04}",
            "expires_at": self.now + 600,
            "issued_at": self.now,
            "realtime_url": self.realtime_url,
            "model": "test",
        }


@asynccontextmanager
async def token_endpoint(realtime_url: str) -> AsyncIterator[TokenEndpoint]:
    endpoint = TokenEndpoint(realtime_url=realtime_url)
    await endpoint.start()
    try:
        yield endpoint
    finally:
        await endpoint.stop()
