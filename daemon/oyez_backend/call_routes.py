"""The addresses of calls: one for the service that tells of them, the others for devices with their keys."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oyez_backend.border import bearer, json_response, read_body
from oyez_backend.call_desk import CallDesk
from oyez_backend.device_store import Device
from oyez_backend.key_verifier import KeyVerifier
from oyez_backend.refusal import Refusal
from oyez_realtime.calls import DECLINED, check_target_uri

T = TypeVar("T")


class ReferRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target_uri: str
    """`tel:` or `sip:`"""


class RejectRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    status_code: Annotated[int, Meta(ge=400, le=699)] = DECLINED


def call_routes(desk: CallDesk, verifier: KeyVerifier, body_timeout_s: float) -> list[Route]:
    async def admit(request: Request) -> Device:
        device = await verifier.verify(bearer(request))
        request.state.device = device.name
        desk.check_access(device)
        return device

    async def incoming(request: Request) -> Response:
        body = await read_body(request, body_timeout_s)
        return json_response(200, {"status": desk.take_webhook(request.headers, body)})

    async def live(request: Request) -> Response:
        await admit(request)
        return json_response(200, {"calls": desk.views()})

    async def hangup(request: Request) -> Response:
        device = await admit(request)
        await desk.hang_up(request.path_params["call_id"], device)
        return json_response(200, {"status": "ended"})

    async def refer(request: Request) -> Response:
        device = await admit(request)
        wish = _parse(await read_body(request, body_timeout_s), ReferRequest)
        try:
            target_uri = check_target_uri(wish.target_uri)
        except ValueError as error:
            raise Refusal(400, "invalid_request", f"The request cannot be understood: {error}.") from None
        await desk.refer(request.path_params["call_id"], target_uri, device)
        return json_response(200, {"status": "referred"})

    async def reject(request: Request) -> Response:
        device = await admit(request)
        wish = _parse(await read_body(request, body_timeout_s), RejectRequest)
        await desk.reject(request.path_params["call_id"], wish.status_code, device)
        return json_response(200, {"status": "rejected"})

    return [
        Route("/v1/calls/incoming", incoming, methods=["POST"]),
        Route("/v1/calls", live, methods=["GET"]),
        Route("/v1/calls/{call_id}/hangup", hangup, methods=["POST"]),
        Route("/v1/calls/{call_id}/refer", refer, methods=["POST"]),
        Route("/v1/calls/{call_id}/reject", reject, methods=["POST"]),
    ]


def _parse(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_request", f"The request cannot be understood: {error}.") from None
