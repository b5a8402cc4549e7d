"""Servers of tools that this device calls itself, against one that really listens."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from oyez.config import Mcp
from oyez.home.device_servers import DeviceServers
from oyez.home.source import Question
from oyez.secret import Secret
from oyez_realtime.mcp_client import McpClient
from tests.doubles.mcp_server import TOKEN, mcp_server
from tests.doubles.processes import free_port


class Bench:
    def __init__(self, server: Mcp, http: httpx.AsyncClient, **more: Any) -> None:
        self.news: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue()
        tokens, quick = {server.label: Secret(TOKEN)}, {"first_delay_s": 0.01, "longest_delay_s": 0.05}
        told = lambda *one: self.news.put_nowait(one)  # noqa: E731
        self.servers = DeviceServers(
            [server], tokens, McpClient(http, "test"), told, rng=random.Random(1), **quick, **more
        )

    async def next(self) -> tuple[str, str | None]:
        async with asyncio.timeout(10):
            return await self.news.get()

    @property
    def names(self) -> list[str]:
        return [tool["name"] for tool in self.servers.declarations()]


@asynccontextmanager
async def bench(url: str, allowed: tuple[str, ...], free: tuple[str, ...] = (), **more: Any) -> AsyncIterator[Bench]:
    server = Mcp(label="home", url=url, from_device=True, allowed_tools=allowed, without_approval=free)
    async with httpx.AsyncClient(trust_env=False) as http:
        made = Bench(server, http, **more)
        running = asyncio.create_task(made.servers.run())
        try:
            yield made
            assert not running.done(), "it fell over"
        finally:
            running.cancel()
            await asyncio.wait([running])


async def test_only_what_is_allowed_is_offered_and_what_is_called_is_answered() -> None:
    async with mcp_server() as server, bench(server.url, ("set_*",), ("set_light",)) as b:
        assert await b.next() == ("mcp_home", None)
        (declared,) = b.servers.declarations()
        assert declared["name"] == "set_light"
        assert declared["parameters"]["required"] == ["name", "on"]
        assert b.servers.question("set_light", {}) is None
        answered = await b.servers.call("set_light", {"name": "hall light", "on": True})
        assert (answered.text, answered.outcome) == ("The hall light is on.", "ok")


async def test_whoever_is_not_free_to_use_a_tool_is_asked_and_its_failure_is_told() -> None:
    async with mcp_server() as server, bench(server.url, ("get_weather",)) as b:
        await b.next()
        assert b.servers.question("get_weather", {}) == Question(server="home")
        answered = await b.servers.call("get_weather", {})
        assert (answered.text, answered.outcome) == ("no sky to be seen", "failed")


async def test_a_name_that_another_tool_has_gets_the_label_before_it() -> None:
    async with mcp_server() as server, bench(server.url, ("set_light",), taken=["set_light"]) as b:
        await b.next()
        assert b.names == ["home_set_light"]
        assert (await b.servers.call("home_set_light", {"name": "lamp", "on": False})).text == "The lamp is off."


async def test_a_server_that_is_away_offers_nothing_is_told_and_is_asked_until_it_is_there() -> None:
    port = free_port()
    async with bench(f"http://127.0.0.1:{port}/mcp", ("set_light",)) as b:
        kind, sentence = await b.next()
        assert kind == "mcp_home"
        assert "'home' are away" in (sentence or "")
        assert b.names == []
        async with mcp_server(port=port):
            while (await b.next())[1] is not None:
                continue
            assert b.names == ["set_light"]
        # gone again: what it offered stays known, and its calls say so
        answered = await b.servers.call("set_light", {"name": "lamp", "on": True})
        assert answered.outcome == "failed"
        assert "did not do it" in answered.text
        assert TOKEN not in answered.text
        while (await b.next())[1] is None:
            continue
        assert b.names == ["set_light"]


async def test_an_allowed_name_that_no_server_knows_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with mcp_server() as server, bench(server.url, ("set_light", "set_lihgt")) as b:
        await b.next()
        (warning,) = [record.message for record in caplog.records if record.name.startswith("oyez.home")]
        assert "set_lihgt" in warning
