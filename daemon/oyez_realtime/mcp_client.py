"""A client of MCP servers over streamable HTTP: lists their tools, calls them.

The official SDK would bring nineteen packages, a TLS library among them, for the three requests that are needed here.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import msgspec

from oyez_realtime.messages import (
    McpError,
    McpHttpError,
    McpProtocolError,
    McpTool,
    McpToolDescription,
    McpToolExecutionError as ExecutionError,
    given,
)

PROTOCOL_VERSION = "2025-06-18"
TIMEOUT_S = 30.0
MAX_ANSWER_BYTES = 1 << 20
INTERNAL_ERROR = -32603
MOST_PAGES = 20


class McpTrouble(Exception):
    """The server was not reached, or answered with an error."""

    def __init__(self, error: McpError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class _Talk:
    """One initialised exchange: requests are numbered, the server may have given it a session."""

    http: httpx.AsyncClient
    url: str
    headers: dict[str, str]
    numbers: Iterator[int]


class McpClient:
    """Each listing and each call opens an exchange of its own: no connection is held for a server that may sleep."""

    def __init__(self, http: httpx.AsyncClient, name: str) -> None:
        """name: who calls, as the servers are told."""
        self._http, self._name = http, name

    async def tools(self, server: McpTool) -> list[McpToolDescription]:
        """Raises McpTrouble."""
        tools: list[McpToolDescription] = []
        cursor: dict[str, Any] = {}
        async with self._talk(server) as talk:
            for _ in range(MOST_PAGES):
                page = await _ask(talk, "tools/list", cursor)
                tools += [_description(tool) for tool in _listed(page, "tools")]
                if not page.get("nextCursor"):
                    break
                cursor = {"cursor": page["nextCursor"]}
        return tools

    async def call(self, server: McpTool, name: str, arguments: Mapping[str, Any]) -> str:
        """What the tool answered, as text. Raises McpTrouble."""
        async with self._talk(server) as talk:
            answer = await _ask(talk, "tools/call", {"name": name, "arguments": dict(arguments)})
        parts = [part for part in _listed(answer, "content") if isinstance(part, dict) and part.get("type") == "text"]
        text = "\n".join(str(part.get("text", "")) for part in parts)
        if answer.get("isError"):
            raise McpTrouble(ExecutionError(text or "The tool failed and said no more."))
        structured = answer.get("structuredContent")
        return text or ("" if structured is None else json.dumps(structured))

    @asynccontextmanager
    async def _talk(self, server: McpTool) -> AsyncIterator[_Talk]:
        headers = {
            **(given(server.headers) or {}),
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
        }
        token = given(server.authorization)
        if token:
            headers["Authorization"] = token if " " in token else f"Bearer {token}"
        talk = _Talk(self._http, given(server.server_url) or "", headers, count(1))
        about = {
            "protocolVersion": PROTOCOL_VERSION,
            "capabilities": {},
            "clientInfo": {"name": self._name, "version": "1"},
        }
        agreed = await _ask(talk, "initialize", about)
        talk.headers["MCP-Protocol-Version"] = str(agreed.get("protocolVersion") or PROTOCOL_VERSION)
        await _post(talk, {"jsonrpc": "2.0", "method": "notifications/initialized"}, None)
        try:
            yield talk
        finally:
            if "Mcp-Session-Id" in talk.headers:
                await _leave(talk)


async def _leave(talk: _Talk) -> None:
    try:
        await talk.http.delete(talk.url, headers=talk.headers, timeout=TIMEOUT_S)
    except httpx.HTTPError:
        # A courtesy: the server forgets the session by itself as well.
        return


async def _ask(talk: _Talk, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    number = next(talk.numbers)
    answer = await _post(talk, {"jsonrpc": "2.0", "id": number, "method": method, "params": params}, number)
    error = answer.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        raise McpTrouble(
            McpProtocolError(code if isinstance(code, int) else INTERNAL_ERROR, str(error.get("message", "")))
        )
    result = answer.get("result")
    if not isinstance(result, dict):
        raise _nonsense(f"no result for {method}")
    return result


async def _post(talk: _Talk, message: Mapping[str, Any], number: int | None) -> dict[str, Any]:
    """The answer to that number; {} for a notification."""
    try:
        request = talk.http.stream("POST", talk.url, json=message, headers=talk.headers, timeout=TIMEOUT_S)
        async with request as response:
            if response.is_redirect:
                # Followed, it would carry the credentials to wherever it points.
                where = f"HTTP {response.status_code}: the server moved; name its new address in server_url."
                raise McpTrouble(McpHttpError(response.status_code, where))
            if response.status_code >= 400:
                raise McpTrouble(McpHttpError(response.status_code, f"HTTP {response.status_code}"))
            if "mcp-session-id" in response.headers:
                talk.headers["Mcp-Session-Id"] = response.headers["mcp-session-id"]
            if number is None:
                return {}
            streamed = response.headers.get("content-type", "").startswith("text/event-stream")
            async for text in _events(response) if streamed else _whole(response):
                # Not the standard library's: that one takes half of a surrogate pair, which nobody can send on.
                answer = msgspec.json.decode(text)
                if isinstance(answer, dict) and answer.get("id") == number:
                    return answer
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise McpTrouble(McpHttpError(503, f"The server was not reached ({type(error).__name__}).")) from None
    except (ValueError, msgspec.DecodeError, RecursionError) as error:
        raise _nonsense(str(error)) from None
    raise _nonsense("the answer did not come")


async def _whole(response: httpx.Response) -> AsyncIterator[str]:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        _refuse_flood(len(body))
    yield body.decode()


async def _events(response: httpx.Response) -> AsyncIterator[str]:
    """The data of each server-sent event."""
    data: list[str] = []
    taken = 0
    async for line in response.aiter_lines():
        taken += len(line)
        _refuse_flood(taken)
        if line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield "\n".join(data)
            data = []


def _refuse_flood(taken_bytes: int) -> None:
    if taken_bytes > MAX_ANSWER_BYTES:
        raise ValueError(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")


def _description(tool: Any) -> McpToolDescription:
    plain = tool if isinstance(tool, dict) else {}
    fields = {
        "name": plain.get("name"),
        "input_schema": plain.get("inputSchema") or {"type": "object"},
        "description": plain.get("description"),
        "annotations": plain.get("annotations"),
    }
    try:
        return msgspec.convert(fields, McpToolDescription)
    except msgspec.ValidationError as error:
        raise _nonsense(f"a tool without what it needs: {error}") from None


def _listed(answer: Mapping[str, Any], name: str) -> list[Any]:
    """Nothing where it is left out. Raises McpTrouble."""
    found = answer.get(name) or []
    if not isinstance(found, list):
        raise _nonsense(f"{name} is no list")
    return found


def _nonsense(what: str) -> McpTrouble:
    return McpTrouble(McpProtocolError(INTERNAL_ERROR, f"The MCP server's answer cannot be used: {what}."))
