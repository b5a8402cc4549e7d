"""The client of MCP servers, against a server that really listens."""

import json

import httpx
import pytest
from tests.doubles.mcp_server import TOKEN, mcp_server

from oyez_realtime.mcp_client import McpClient, McpTrouble
from oyez_realtime.messages import McpHttpError, McpProtocolError, McpTool, McpToolExecutionError


def tool(url: str, token: str = TOKEN) -> McpTool:
    return McpTool("home", server_url=url, authorization=token)


@pytest.mark.parametrize("streamed", [False, True])
async def test_tools_are_listed_and_called(streamed: bool) -> None:
    """Two pages of tools and a call, whether the server answers in JSON or in events."""
    async with mcp_server(streamed) as server, httpx.AsyncClient() as http:
        client = McpClient(http, "test")
        assert [one.name for one in await client.tools(tool(server.url))] == ["get_weather", "set_light"]
        arguments = {"name": "hall light", "on": True}
        assert await client.call(tool(server.url), "set_light", arguments) == "The hall light is on."
        assert server.called == [("set_light", arguments)]


async def test_each_kind_of_failure_keeps_its_name() -> None:
    """A tool that failed, a call that the server refuses, a wrong token, and nobody there."""
    async with mcp_server() as server, httpx.AsyncClient() as http:
        client = McpClient(http, "test")
        with pytest.raises(McpTrouble, match="no sky") as failed:
            await client.call(tool(server.url), "get_weather", {})
        assert isinstance(failed.value.error, McpToolExecutionError)
        with pytest.raises(McpTrouble) as refused:
            await client.call(tool(server.url), "nothing", {})
        assert refused.value.error == McpProtocolError(-32602, "no such tool")
        with pytest.raises(McpTrouble) as stranger:
            await client.tools(tool(server.url, "wrong"))
        assert stranger.value.error == McpHttpError(401, "HTTP 401")
    async with httpx.AsyncClient() as http:
        with pytest.raises(McpTrouble, match="not reached") as nobody:
            await McpClient(http, "test").tools(tool(server.url))
        assert TOKEN not in str(nobody.value)


@pytest.mark.parametrize(
    "result",
    [
        b'{"tools": 5, "content": 5}',
        b'{"tools": [5], "content": {"a": 1}}',
        b'{"tools": [{"name": "half \\ud83d"}], "content": [{"type": "text", "text": "half \\ud83d"}]}',
        b"[" * 200_000,
    ],
    ids=["no list", "an object", "half a surrogate pair", "too deep"],
)
async def test_a_server_that_answers_nonsense_is_a_trouble_and_nothing_worse(result: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        if asked["method"] == "initialize":
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": asked["id"], "result": {}})
        number = str(asked.get("id", 0)).encode()
        return httpx.Response(
            200,
            headers={"Content-Type": "application/json"},
            content=b'{"jsonrpc": "2.0", "id": ' + number + b', "result": ' + result + b"}",
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        client = McpClient(http, "test")
        with pytest.raises(McpTrouble):
            await client.tools(tool("http://house.test/mcp"))
        with pytest.raises(McpTrouble):
            await client.call(tool("http://house.test/mcp"), "set_light", {})


async def test_a_part_of_an_answer_without_text_is_nothing_said() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        result = {"content": [{"type": "text"}, {"type": "text", "text": "on"}]}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": asked.get("id"), "result": result})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        assert (await McpClient(http, "test").call(tool("http://house.test/mcp"), "set_light", {})).strip() == "on"
