"""What the openai SDK would send and read over REST, ours sends and reads too: derived from the installed SDK."""

import email
import json
from typing import Any

import httpx
import msgspec
import pytest
from tests.unit.realtime.sdk_examples import examples

from oyez_realtime import calls, messages as m
from oyez_realtime.rest import create_client_secret, parse_client_secret
from oyez_realtime.webhooks import IncomingCall, parse_event

sdk = pytest.importorskip("openai.types.realtime", reason="the openai SDK (extra dev) is not installed")
webhooks = pytest.importorskip("openai.types.webhooks", reason="the openai SDK (extra dev) is not installed")

BASE_URL = "https://service.example/v1"
NOT_READ = {
    "created_at": "the time that counts is the signed one in the header `webhook-timestamp`",
    "object": "always `event`",
}
"""Fields of the webhook that ours leaves in the body; why."""


class Wire:
    """An HTTP service that notes what it is sent and answers `body`."""

    def __init__(self, body: bytes = b"{}") -> None:
        self.requests: list[httpx.Request] = []
        self.body = body
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, content=self.body)

    def sent(self) -> Any:
        return json.loads(self.requests[-1].content)


def session_of(example: dict[str, Any]) -> Any:
    return msgspec.convert(example["session"], m.Session) if "session" in example else None


async def test_client_secrets_are_asked_for_as_the_sdk_does() -> None:
    """Every session that the SDK can attach, and the time to live."""
    for example in examples(sdk.ClientSecretCreateParams):
        wire = Wire(b'{"value":"ek_1","expires_at":1}')
        lifetime = example.get("expires_after", {"anchor": "created_at"})
        await create_client_secret(wire.http, BASE_URL, "sk", session_of(example), lifetime.get("seconds"))
        expected = {name: value for name, value in example.items() if name != "expires_after"}
        if "seconds" in lifetime:
            expected["expires_after"] = {"anchor": "created_at", "seconds": lifetime["seconds"]}
        assert wire.sent() == expected
        assert lifetime.keys() <= {"anchor", "seconds"}


def test_client_secrets_are_read_as_the_sdk_does() -> None:
    """Value, expiry and the whole session."""
    for example in examples(sdk.ClientSecretCreateResponse):
        secret = parse_client_secret(json.dumps(example).encode())
        read = {
            "value": secret.value,
            "expires_at": secret.expires_at,
            "session": json.loads(msgspec.json.encode(secret.session)),
        }
        assert read == example


async def test_calls_are_accepted_referred_and_rejected_as_the_sdk_does() -> None:
    """Every field of the three bodies."""
    wire = Wire()
    for example in examples(sdk.call_accept_params.CallAcceptParams):
        await calls.accept_call(wire.http, BASE_URL, "sk", "rtc_1", msgspec.convert(example, m.RealtimeSession))
        assert wire.sent() == example
    for example in examples(sdk.call_refer_params.CallReferParams):
        await calls.refer_call(wire.http, BASE_URL, "sk", "rtc_1", **example)
        assert wire.sent() == example
    for example in examples(sdk.call_reject_params.CallRejectParams):
        await calls.reject_call(wire.http, BASE_URL, "sk", "rtc_1", **example)
        assert wire.sent() == {"status_code": calls.DECLINED} | example
    orders = {request.url.path.rpartition("/")[2] for request in wire.requests}
    assert orders == {"accept", "refer", "reject"}


async def test_calls_are_created_as_the_sdk_does() -> None:
    """The parts of the form bear the SDK's names and values."""
    for example in examples(sdk.call_create_params.CallCreateParams):
        wire = Wire(b"v=0\r\n")
        await calls.create_call(wire.http, BASE_URL, "sk", example["sdp"], session_of(example))
        form = parts_of(wire.requests[-1])
        assert form.pop("sdp") == example["sdp"]
        assert {name: json.loads(text) for name, text in form.items()} == {
            name: value for name, value in example.items() if name != "sdp"
        }


def parts_of(request: httpx.Request) -> dict[str, str]:
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    form = email.message_from_bytes(head + request.content)
    parts = {}
    for part in form.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            parts[name] = payload.decode()
    return parts


def test_the_webhook_of_an_incoming_call_is_read_as_the_sdk_does() -> None:
    """Who calls, under which id, and how safely: nothing of the payload is lost."""
    for example in examples(webhooks.RealtimeCallIncomingWebhookEvent):
        call = parse_event(json.dumps(example).encode())
        assert isinstance(call, IncomingCall)
        headers = [{"name": header.name, "value": header.value} for header in call.sip_headers]
        data = {"call_id": call.call_id, "sip_headers": headers}
        if example["data"].get("sip_media_security") is not None:
            data["sip_media_security"] = call.sip_media_security
        read = {"type": "realtime.call.incoming", "id": call.event_id, "data": data}
        expected = {name: value for name, value in example.items() if name not in NOT_READ}
        expected["data"] = {name: value for name, value in example["data"].items() if value is not None}
        assert read == expected
