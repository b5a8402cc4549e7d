"""What comes in over HTTP and what goes out: keys, bodies within bounds, refusals in one form."""

import asyncio
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from oyez_backend.refusal import Refusal

MAX_BODY_BYTES = 128 * 1024
"""Instructions and tools of a large house fit well; more is no request for us."""

_MESSAGES = {404: "There is nothing here: devices POST to /v1/token.", 405: "Wrong method: devices POST to /v1/token."}


def bearer(request: Request) -> str | None:
    found = re.fullmatch(r"(?i:bearer) +([!-~]{1,256})", request.headers.get("authorization", ""))
    return found[1] if found else None


async def read_body(request: Request, timeout_s: float) -> bytes:
    """Raises Refusal when it is too large or does not arrive."""
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    message = (
                        f"The request is larger than {MAX_BODY_BYTES} bytes: send shorter instructions or fewer tools."
                    )
                    raise Refusal(413, "body_too_large", message)
    except TimeoutError:
        raise Refusal(408, "body_too_slow", f"The request did not arrive within {timeout_s:g} s.") from None
    return bytes(body)


def json_response(status: int, body: object) -> Response:
    # A token must not stay behind in anyone's cache.
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status, headers, media_type="application/json")


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    request.state.code = error.code
    response = json_response(error.status, error.body())
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status in (408, 413):
        response.headers["Connection"] = "close"
    return response


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = _MESSAGES.get(error.status_code, error.detail)
    return await _on_refusal(request, Refusal(error.status_code, "wrong_address", message))


async def _on_disconnect(request: Request, error: Exception) -> Response:
    # Nobody is there to read it; the access log still tells what became of the request.
    return await _on_refusal(request, Refusal(499, "client_gone", "The device hung up before its request was whole."))


async def _on_bug(request: Request, _: Exception) -> Response:
    # Starlette raises it again after this answer, so the log has the traceback.
    message = "The backend made a mistake of its own: its log tells which; its keeper should report it."
    return await _on_refusal(request, Refusal(500, "bug", message))


EXCEPTION_HANDLERS: Mapping[Any, Callable[[Request, Exception], Any]] = {
    Refusal: _on_refusal,
    HTTPException: _on_http_exception,
    ClientDisconnect: _on_disconnect,
    Exception: _on_bug,
}
