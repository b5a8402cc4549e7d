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

JSON = "application/json"
_MESSAGES = {404: "There is nothing here: devices POST to /v1/token.", 405: "Wrong method: devices POST to /v1/token."}


def bearer(request: Request) -> str | None:
    found = re.fullmatch(r"(?i:bearer) +([!-~]{1,256})", request.headers.get("authorization", ""))
    return found[1] if found else None


async def read_body(request: Request, timeout_s: float) -> bytes:
    """Raises Refusal when it is no JSON, too large or does not arrive, and when the asker would not read JSON."""
    _require_json(request)
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


def _require_json(request: Request) -> None:
    """What is not said is JSON. A form is none: any page in a browser may send one without asking."""
    sent = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if sent != JSON:
        raise Refusal(415, "not_json", f"The body is said to be {sent[:64]}: send {JSON}.")
    wanted = {kind.partition(";")[0].strip().lower() for kind in request.headers.get("accept", JSON).split(",")}
    if not wanted & {JSON, "application/*", "*/*", ""}:
        raise Refusal(406, "not_acceptable", f"The answer would be {JSON}: accept that.")


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
