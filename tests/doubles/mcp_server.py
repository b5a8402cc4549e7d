"""An MCP server over streamable HTTP, small and real: two tools, sessions, a token, answers as JSON or as events."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "mcp-token"
SESSION = "mcp-session-1"
TOOLS = [
    {
        "name": "get_weather",
        "description": "Weather in a place",
        "inputSchema": {"type": "object", "properties": {"place": {"type": "string"}}},
        "annotations": {"readOnlyHint": True},
    },
    {
        "name": "set_light",
        "description": "Switch a light on or off",
        "inputSchema": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "on": {"type": "boolean"}},
            "required": ["name", "on"],
        },
    },
]


class McpServer:
    """`called` has (tool, arguments) of each call; `url` is where it listens."""

    def __init__(self, streamed: bool) -> None:
        self._streamed = streamed
        self.called: list[tuple[str, dict[str, Any]]] = []
        self.url = ""

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/mcp", self._take, methods=["POST", "DELETE"])])

    async def _take(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response(status_code=401)
        if request.method == "DELETE":
            return Response(status_code=204)
        message = await request.json()
        if message["method"] != "initialize" and request.headers.get("mcp-session-id") != SESSION:
            return Response(status_code=400)
        if "id" not in message:
            return Response(status_code=202)
        answer = {"jsonrpc": "2.0", "id": message["id"], **self._answer(message["method"], message.get("params") or {})}
        if not self._streamed:
            return JSONResponse(answer, headers={"Mcp-Session-Id": SESSION})
        notice = {"jsonrpc": "2.0", "method": "notifications/message", "params": {}}
        text = "".join(f"event: message\ndata: {json.dumps(one)}\n\n" for one in (notice, answer))
        return Response(text, media_type="text/event-stream", headers={"Mcp-Session-Id": SESSION})

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "initialize":
            about = {"name": "double", "version": "1"}
            agreed = {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": about}
            return {"result": agreed}
        if method == "tools/list":
            # One a page: whoever does not turn pages misses the second.
            return {"result": {"tools": TOOLS[1:]} if params else {"tools": TOOLS[:1], "nextCursor": "2"}}
        self.called.append((params["name"], params["arguments"]))
        if params["name"] == "get_weather":
            failed = {"content": [{"type": "text", "text": "no sky to be seen"}], "isError": True}
            return {"result": failed}
        if params["name"] == "set_light":
            state = "on" if params["arguments"]["on"] else "off"
            text = f"The {params['arguments']['name']} is {state}."
            return {"result": {"content": [{"type": "text", "text": text}]}}
        return {"error": {"code": -32602, "message": "no such tool"}}


@asynccontextmanager
async def mcp_server(streamed: bool = False, port: int = 0) -> AsyncIterator[McpServer]:
    """Listens on loopback, in this process."""
    double = McpServer(streamed)
    config = uvicorn.Config(double.app(), port=port, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    double.url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    task = asyncio.create_task(server.serve(sockets=[listener]), name="mcp double")
    try:
        yield double
    finally:
        server.should_exit = True
        await task
