"""Calls over REST: what is asked where, what is understood, what never leaves, and what never gets out."""

import contextlib
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from oyez_realtime import calls
from oyez_realtime.messages import RealtimeSession
from oyez_realtime.rest import RestError

KEY = "sk-very-secret"
BASE = "http://upstream/v1/"
OFFER, ANSWER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n", "v=0\r\no=- 2 2 IN IP4 0.0.0.0\r\n"


class Upstream:
    """Answers with what it was given and keeps what it was asked."""

    def __init__(self, status: int = 200, **answer: Any) -> None:
        self.answer = httpx.Response(status, **answer)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        return self.answer

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))


async def test_a_webrtc_call_is_offered_in_two_parts_and_its_id_read_from_the_location() -> None:
    """The SDP and the session go as parts of their own types, as the service's own library sends them."""
    upstream = Upstream(201, text=ANSWER, headers={"Location": "/v1/realtime/calls/rtc_u1_9c65"})
    answered = await calls.create_call(upstream.http(), BASE, KEY, OFFER, RealtimeSession(model="m"))
    assert (answered.sdp, answered.call_id) == (ANSWER, "rtc_u1_9c65")
    (request,) = upstream.asked
    assert str(request.url) == "http://upstream/v1/realtime/calls"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept"] == "application/sdp"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    parts = request.content.decode()
    assert 'name="sdp"\r\nContent-Type: application/sdp\r\n\r\n' + OFFER in parts
    assert 'name="session"\r\nContent-Type: application/json\r\n\r\n{"type":"realtime","model":"m"}' in parts


@pytest.mark.parametrize("location", [{}, {"Location": "/v1/realtime/calls/rtc:1"}, {"Location": "/"}])
async def test_a_call_whose_id_is_not_told_is_a_call_all_the_same(location: dict[str, str]) -> None:
    """The sound flows without it; only the sideband cannot be had."""
    answered = await calls.create_call(Upstream(200, text=ANSWER, headers=location).http(), BASE, KEY, OFFER)
    assert (answered.sdp, answered.call_id) == (ANSWER, None)


async def test_what_is_no_sdp_is_neither_sent_nor_taken() -> None:
    upstream = Upstream(200, text="<html>")
    with pytest.raises(ValueError, match="v=0"):
        await calls.create_call(upstream.http(), BASE, KEY, "hello")
    assert upstream.asked == []
    with pytest.raises(RestError, match="no SDP"):
        await calls.create_call(upstream.http(), BASE, KEY, OFFER)


async def test_a_telephone_call_is_accepted_ended_passed_on_and_refused_where_the_service_expects_it() -> None:
    """Four paths and bodies, each with the server's key."""
    upstream = Upstream(200, text="")
    http = upstream.http()
    await calls.accept_call(http, BASE, KEY, "rtc_1", RealtimeSession(instructions="be brief"))
    await calls.hangup_call(http, BASE, KEY, "rtc_1")
    await calls.refer_call(http, BASE, KEY, "rtc_1", "tel:+493012345")
    await calls.reject_call(http, BASE, KEY, "rtc_1")
    await calls.reject_call(http, BASE, KEY, "rtc_1", calls.BUSY)
    assert [(r.url.path, json.loads(r.content)) for r in upstream.asked] == [
        ("/v1/realtime/calls/rtc_1/accept", {"type": "realtime", "instructions": "be brief"}),
        ("/v1/realtime/calls/rtc_1/hangup", {}),
        ("/v1/realtime/calls/rtc_1/refer", {"target_uri": "tel:+493012345"}),
        ("/v1/realtime/calls/rtc_1/reject", {"status_code": 603}),
        ("/v1/realtime/calls/rtc_1/reject", {"status_code": 486}),
    ]
    assert {r.headers["authorization"] for r in upstream.asked} == {f"Bearer {KEY}"}


@pytest.mark.parametrize("call_id", ["", "a/b", "..", "rtc_1?x=1", "x" * 129, "rtc_ü", "rtc 1", None])
async def test_an_id_that_would_reach_another_address_goes_nowhere(call_id: Any) -> None:
    upstream = Upstream()
    with pytest.raises(ValueError, match="call id"):
        await calls.hangup_call(upstream.http(), BASE, KEY, call_id)
    with pytest.raises(ValueError, match="call id"):
        calls.sideband_url("wss://x/v1/realtime", call_id)
    assert upstream.asked == []


@pytest.mark.parametrize("uri", ["tel:+49-30(12)", "tel:112", "sip:desk@example.com", "sips:a@b;transport=tls"])
def test_a_target_that_a_telephone_can_reach_is_let_through(uri: str) -> None:
    assert calls.check_target_uri(uri) == uri


@pytest.mark.parametrize(
    "uri", ["", "+4930", "http://x", "tel:", "tel:abc", "sip:", "sip:a b", "sip:a\r\nVia: x", None]
)
def test_a_target_that_is_no_telephone_is_refused(uri: Any) -> None:
    with pytest.raises(ValueError, match="tel: or sip:"):
        calls.check_target_uri(uri)


@given(st.text() | st.text().map("sip:{}".format) | st.text(alphabet="0123456789+\r\n").map("tel:{}".format))
def test_no_target_smuggles_a_line_into_a_sip_message(uri: str) -> None:
    with contextlib.suppress(ValueError):
        assert calls.check_target_uri(uri).isprintable()


@pytest.mark.parametrize("status_code", [0, 200, 302, 399, 700, True, "486"])
def test_a_status_that_refuses_nothing_is_not_sent(status_code: Any) -> None:
    with pytest.raises(ValueError, match="400 to 699"):
        calls.check_status_code(status_code)


async def test_a_refusal_is_told_without_the_key() -> None:
    """The same discipline as for client secrets."""
    error = {"error": {"code": "call_id_not_found", "message": f"No session found, {KEY}"}}
    with pytest.raises(RestError) as refused:
        await calls.hangup_call(Upstream(404, json=error).http(), BASE, KEY, "rtc_1")
    assert (refused.value.status, refused.value.code) == (404, "call_id_not_found")
    assert KEY not in str(refused.value)


def test_the_sideband_is_the_realtime_socket_with_the_calls_id() -> None:
    assert calls.sideband_url("wss://api/v1/realtime", "rtc_1") == "wss://api/v1/realtime?call_id=rtc_1"
