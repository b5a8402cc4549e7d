"""The ASGI application: tokens for devices, calls when the keeper wants them, `GET /healthz` for whoever watches."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oyez_backend.access_log import AccessLog
from oyez_backend.border import EXCEPTION_HANDLERS, json_response
from oyez_backend.call_desk import CallDesk
from oyez_backend.call_routes import call_routes
from oyez_backend.token_desk import TokenDesk


def make_app(desk: TokenDesk, calls: CallDesk | None = None) -> Starlette:
    """Without `calls` their addresses do not exist."""

    async def token(request: Request) -> Response:
        return json_response(200, await desk.issue(request))

    async def client_secrets(request: Request) -> Response:
        return json_response(200, await desk.issue_secret(request))

    async def older_sessions(request: Request) -> Response:
        return json_response(200, await desk.issue_older(request, "realtime"))

    async def older_transcription_sessions(request: Request) -> Response:
        return json_response(200, await desk.issue_older(request, "transcription"))

    async def healthz(_: Request) -> Response:
        return json_response(200, {"status": "ok"})

    return Starlette(
        routes=[
            Route("/v1/token", token, methods=["POST"]),
            Route("/v1/realtime/client_secrets", client_secrets, methods=["POST"]),
            Route("/v1/realtime/sessions", older_sessions, methods=["POST"]),
            Route("/v1/realtime/transcription_sessions", older_transcription_sessions, methods=["POST"]),
            *(call_routes(calls, desk.verifier, desk.body_timeout_s) if calls is not None else ()),
            Route("/healthz", healthz),
        ],
        middleware=[Middleware(AccessLog, monotonic=desk.monotonic)],
        exception_handlers=EXCEPTION_HANDLERS,
    )
