"""A server on loopback that tools call: it remembers what was asked and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "long-lived-token"


class HouseServer:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        """(method, path with query, headers, body) of each request."""
        self.answer: Callable[[Request], Response] = lambda request: Response("well")
        self.url = ""

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.asked]

    async def take(self, request: Request) -> Response:
        path = request.scope["raw_path"].decode()
        query = f"?{request.url.query}" if request.url.query else ""
        self.asked.append((request.method, path + query, dict(request.headers), await request.body()))
        return self.answer(request)


def as_home_assistant(services: dict[str, list[dict[str, Any]]]) -> Callable[[Request], Response]:
    """services: what each `domain.service` that there is was called with."""

    def answer(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response("401: Unauthorized", status_code=401)
        asked = json.loads(request.scope["asked"])
        if request.url.path == "/api/conversation/process":
            return JSONResponse(conversation(asked["text"]))
        name = request.url.path.removeprefix("/api/services/").replace("/", ".")
        if name not in services:
            return JSONResponse({"message": f"Service {name} not found."}, status_code=400)
        services[name].append(asked)
        return JSONResponse([])

    return answer


def conversation(text: str) -> dict[str, Any]:
    known = "light" in text
    said = "Turned on the light" if known else "Sorry, I am not aware of any such device"
    kind = "action_done" if known else "error"
    return {"response": {"response_type": kind, "speech": {"plain": {"speech": said}}}, "conversation_id": "1"}


@asynccontextmanager
async def house_server() -> AsyncIterator[HouseServer]:
    """Listens on loopback, in this process."""
    double = HouseServer()

    async def take(request: Request) -> Response:
        request.scope["asked"] = await request.body()
        return await double.take(request)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", take, methods=methods)])
    config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    double.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    task = asyncio.create_task(server.serve(sockets=[listener]), name="house double")
    try:
        yield double
    finally:
        server.should_exit = True
        await task
