"""The token desk, called in process: bodies that never end, and mistakes of our own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx

from oyez_backend.app import make_app
from oyez_backend.device_store import DeviceStore
from oyez_backend.key_verifier import KeyVerifier
from oyez_backend.minting import Upstream
from oyez_backend.rate_limit import RateLimit
from oyez_backend.settings import Settings
from oyez_backend.token_desk import TokenDesk


def desk(directory: Path, http: httpx.AsyncClient) -> tuple[TokenDesk, dict[str, str]]:
    """A desk whose upstream is `http`, and the header of its one device."""
    store = DeviceStore(directory, lambda: 0.0)
    headers = {"Authorization": f"Bearer {store.add('kitchen').reveal()}"}
    upstream = Upstream(http, "http://upstream.test/v1", "sk-long-lived", 600)
    rate_limit = RateLimit(12, 6)
    return TokenDesk(Settings(), KeyVerifier(store), rate_limit, upstream, lambda: 0.0, lambda: 0.0), headers


async def post(desk: TokenDesk, headers: dict[str, str], content: bytes | AsyncIterator[bytes]) -> httpx.Response:
    transport = httpx.ASGITransport(make_app(desk), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        return await http.post("/v1/token", headers=headers, content=content)


async def never_ending() -> AsyncIterator[bytes]:
    yield b"{"
    await asyncio.Event().wait()


async def test_a_body_that_does_not_arrive_is_not_waited_for(tmp_path: Path) -> None:
    async with httpx.AsyncClient() as http:
        slow, headers = desk(tmp_path, http)
        response = await post(replace(slow, body_timeout_s=0.05), headers, never_ending())
    assert (response.status_code, response.json()["error"]["code"]) == (408, "body_too_slow")
    assert response.headers["connection"] == "close"


async def test_a_mistake_of_ours_is_told_in_our_own_form_and_tells_nothing_else(tmp_path: Path) -> None:
    async def broken(request: httpx.Request) -> httpx.Response:
        raise RuntimeError("sk-long-lived and other insides")

    async with httpx.AsyncClient(transport=httpx.MockTransport(broken)) as http:
        wrong, headers = desk(tmp_path, http)
        response = await post(wrong, headers, b"{}")
    assert (response.status_code, response.json()["error"]["code"]) == (500, "bug")
    assert "insides" not in response.text
