"""HTTP requests of tools, against a server that really listens."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.responses import RedirectResponse, Response

from oyez.config import HomeAssistant
from oyez.errors import ConfigError
from oyez.home.fetching import LARGEST_BYTES, Fetcher
from oyez.home.tools import HOME_ASSISTANT, Fetch
from oyez.secret import Secret
from tests.doubles.house_http import TOKEN, HouseServer, as_home_assistant, house_server
from tests.doubles.processes import free_port

SECRETS = {HOME_ASSISTANT: {"Authorization": Secret(f"Bearer {TOKEN}")}, "weather": {"X-Key": Secret("k-1")}}


def request(url: str, method: str = "GET", body: bytes | None = None, **more: Any) -> Fetch:
    fields: dict[str, Any] = {"headers": {}, "secrets": "weather", "reads": "text", **more}
    return Fetch(method, url, body=body, **fields)


@asynccontextmanager
async def fetching() -> AsyncIterator[tuple[Fetcher, HouseServer]]:
    async with house_server() as server, httpx.AsyncClient(trust_env=False, timeout=5.0) as http:
        yield Fetcher(http, SECRETS, HomeAssistant()), server


async def test_what_was_decided_is_sent_with_the_secrets_of_its_tool_and_the_answer_is_read() -> None:
    async with fetching() as (fetcher, server):
        answered = await fetcher.fetch(request(f"{server.url}/a%2Fb?q=1", "POST", b'{"x": 1}', headers={"X-Name": "n"}))
        ((method, path, headers, body),) = server.asked
        assert (method, path, body) == ("POST", "/a%2Fb?q=1", b'{"x": 1}')
        assert (headers["x-key"], headers["x-name"], headers["content-type"]) == ("k-1", "n", "application/json")
        assert (answered.text, answered.outcome) == ("well", "ok")
        assert (await fetcher.fetch(request(f"{server.url}/a", answer="It is done."))).text == "It is done."


async def test_secrets_go_to_no_other_tools_address() -> None:
    async with fetching() as (fetcher, server):
        await fetcher.fetch(request(f"{server.url}/a", secrets="other"))
        assert "x-key" not in server.asked[0][2]
        assert "authorization" not in server.asked[0][2]


async def test_a_redirect_is_followed_on_the_same_server_and_to_no_other() -> None:
    async with fetching() as (fetcher, server), house_server() as other:
        server.answer = lambda asked: RedirectResponse("/new") if asked.url.path == "/old" else Response("moved")
        assert (await fetcher.fetch(request(f"{server.url}/old"))).text == "moved"
        for target in (f"{other.url}/x", "https://127.0.0.1/x", "//elsewhere.example/x", "ftp://127.0.0.1/x"):
            server.answer = lambda asked, target=target: RedirectResponse(target)  # type: ignore[misc]
            answered = await fetcher.fetch(request(f"{server.url}/old", "POST", b"{}"))
            assert answered.outcome == "failed"
            assert "points elsewhere" in answered.text
        assert other.asked == []


async def test_a_redirect_without_end_is_given_up_and_one_after_a_post_is_read_with_a_get() -> None:
    async with fetching() as (fetcher, server):
        server.answer = lambda asked: RedirectResponse("/again", status_code=303)
        answered = await fetcher.fetch(request(f"{server.url}/a", "POST", b"{}"))
        assert answered.outcome == "failed"
        assert [method for method, _, _, _ in server.asked] == ["POST", "GET", "GET", "GET"]


async def test_a_long_answer_is_cut_and_one_that_unpacks_is_not_read() -> None:
    async with fetching() as (fetcher, server):
        server.answer = lambda asked: Response("x" * (3 * LARGEST_BYTES))
        long = await fetcher.fetch(request(f"{server.url}/a"))
        assert long.outcome == "ok"
        assert len(long.text) < 9000
        bomb = gzip.compress(b"y" * 10_000_000)
        server.answer = lambda asked: Response(bomb, headers={"content-encoding": "gzip"})
        assert "yyy" not in (await fetcher.fetch(request(f"{server.url}/a"))).text


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_refusal_is_told_with_what_the_server_said_of_it(status: int) -> None:
    async with fetching() as (fetcher, server):
        server.answer = lambda asked: Response("no such\nplace " + "z" * 1000, status_code=status)
        answered = await fetcher.fetch(request(f"{server.url}/a", answer="It is done."))
        assert answered.outcome == "failed"
        assert str(status) in answered.text
        assert "no such place" in answered.text
        assert len(answered.text) < 500


async def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    async with fetching() as (fetcher, _):
        answered = await fetcher.fetch(request(f"http://127.0.0.1:{free_port()}/a"))
        assert answered.outcome == "failed"
        assert "nothing was done" in answered.text


async def test_cookies_are_not_kept() -> None:
    async with fetching() as (fetcher, server):
        server.answer = lambda asked: Response("well", headers={"set-cookie": "who=me"})
        for _ in range(2):
            await fetcher.fetch(request(f"{server.url}/a"))
        assert "cookie" not in server.asked[1][2]


async def test_what_home_assistants_agent_says_is_read_and_its_errors_are_failures() -> None:
    async with fetching() as (fetcher, server):
        server.answer = as_home_assistant({})
        said = [await fetcher.fetch(speech(server, text)) for text in ("turn on the light", "open the moon")]
        assert [(one.text, one.outcome) for one in said] == [
            ("Turned on the light", "ok"),
            ("Sorry, I am not aware of any such device", "failed"),
        ]
        server.answer = lambda asked: Response("[]")
        assert "cannot be read" in (await fetcher.fetch(speech(server, "light"))).text


def speech(server: HouseServer, text: str) -> Fetch:
    url, body = f"{server.url}/api/conversation/process", json.dumps({"text": text}).encode()
    return request(url, "POST", body, secrets=HOME_ASSISTANT, reads="speech")


async def test_a_token_that_home_assistant_refuses_is_told_and_never_shown() -> None:
    async with house_server() as server, httpx.AsyncClient(trust_env=False) as http:
        server.answer = as_home_assistant({})
        fetcher = Fetcher(http, {HOME_ASSISTANT: {"Authorization": Secret("Bearer stale")}}, HomeAssistant())
        answered = await fetcher.fetch(speech(server, "light"))
        assert answered.outcome == "failed"
        assert "access token" in answered.text
        assert "stale" not in answered.text


def test_an_authority_that_cannot_be_read_is_named_at_the_start() -> None:
    with pytest.raises(ConfigError, match=r"home_assistant\.ca_file"):
        Fetcher(httpx.AsyncClient(), {}, HomeAssistant(ca_file="/no/such/file.pem"))
