"""The telephone's border in process: no signed nonsense breaks it, and nothing unsigned gets past."""

import asyncio
import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from oyez_backend.call_book import CallBook
from oyez_backend.call_desk import CallDesk
from oyez_backend.call_settings import CallSettings
from oyez_backend.device_store import DeviceStore
from oyez_backend.exchange import Exchange
from oyez_backend.minting import Upstream
from oyez_backend.refusal import Refusal
from oyez_backend.settings import Settings
from oyez_realtime.tools import ToolRegistry
from oyez_realtime.webhooks import sign, signing_secret

SECRET = signing_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
NOW = 1_000_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
)
HEADERS = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["From", "f", "To"]), "value": st.text()}), max_size=3
)


def desk(directory: Path, http: httpx.AsyncClient, *, device: str = "kitchen", allow: tuple[str, ...] = ()) -> CallDesk:
    calls = CallSettings(device=device, allow=allow)
    return CallDesk(
        Settings(calls=calls),
        calls,
        secret=SECRET,
        exchange=Exchange(Upstream(http, "http://upstream.test/v1", "sk-long-lived", 600)),
        store=DeviceStore(directory, lambda: 0.0),
        registry=ToolRegistry(),
        book=CallBook(directory),
        unix_time=lambda: float(NOW),
        today=lambda: date(2026, 11, 21),
    )


def signed(body: bytes, webhook_id: str = "wh_1") -> dict[str, str]:
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(NOW),
        "webhook-signature": sign(SECRET, webhook_id, str(NOW), body),
    }


def take(directory: Path, body: bytes, **settings: Any) -> tuple[str, list[httpx.Request]]:
    """What became of it, and what the upstream was then asked."""
    asked: list[httpx.Request] = []

    def upstream(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    async def run() -> str:
        async with httpx.AsyncClient(transport=httpx.MockTransport(upstream)) as http:
            calls = desk(directory, http, **settings)
            try:
                status = calls.take_webhook(signed(body), body)
            except Refusal as refusal:
                status = refusal.code
            await calls.close()
            return status

    return asyncio.run(run()), asked


@given(st.binary() | JSON.map(lambda j: json.dumps(j).encode()))
def test_a_genuine_delivery_of_nonsense_is_refused_or_ignored_and_asks_nobody_anything(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    status, asked = take(tmp_path_factory.getbasetemp(), body)
    assert status in ("invalid_event", "ignored")
    assert asked == []


@given(st.text() | st.sampled_from(["rtc_1", "../x"]), HEADERS)
def test_whoever_rings_with_whatever_headers_is_declined_by_a_house_that_names_nobody(
    tmp_path_factory: pytest.TempPathFactory, call_id: str, headers: list[dict[str, str]]
) -> None:
    """The id never reaches another address of the upstream."""
    data = {"call_id": call_id, "sip_headers": headers}
    body = json.dumps({"type": "realtime.call.incoming", "data": data}).encode()
    status, asked = take(tmp_path_factory.getbasetemp(), body)
    assert status in ("invalid_event", "rejected")
    paths = [f"/v1/realtime/calls/{call_id}/reject"] if status == "rejected" else []
    assert [request.url.path for request in asked] == paths


def test_calls_on_the_account_of_a_device_that_is_gone_are_declined(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Also with everyone allowed: a revoked device has no telephone."""
    store = DeviceStore(tmp_path, lambda: 0.0)
    store.add("kitchen")
    store.revoke("kitchen")
    body = json.dumps({"type": "realtime.call.incoming", "data": {"call_id": "rtc_1"}}).encode()
    with caplog.at_level(logging.ERROR):
        status, asked = take(tmp_path, body, allow=("*",))
    assert status == "rejected"
    assert [request.url.path for request in asked] == ["/v1/realtime/calls/rtc_1/reject"]
    assert "no live key" in caplog.text


@pytest.mark.parametrize(
    ("answers", "orders", "left"),
    [
        ({"accept": 503}, ["accept", "reject"], ()),
        ({"accept": 503, "reject": 409}, ["accept", "reject", "hangup"], ()),
        ({"accept": 404, "reject": 404}, ["accept", "reject"], ()),
        ({"accept": 503, "reject": 503, "hangup": 503}, ["accept", "reject", "hangup", "hangup", "hangup"], ("rtc_1",)),
    ],
)
async def test_an_accept_whose_answer_is_no_or_lost_leaves_no_call_alone(
    tmp_path: Path, answers: dict[str, int], orders: list[str], left: tuple[str, ...]
) -> None:
    """It may have been a yes: it is declined, hung up, and else kept in the book for the next start."""
    asked: list[str] = []

    def upstream(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.rpartition("/")[2])
        return httpx.Response(answers.get(asked[-1], 200), json={})

    DeviceStore(tmp_path, lambda: 0.0).add("kitchen")
    body = json.dumps({"type": "realtime.call.incoming", "data": {"call_id": "rtc_1"}}).encode()
    async with httpx.AsyncClient(transport=httpx.MockTransport(upstream)) as http:
        calls = desk(tmp_path, http, allow=("*",))
        assert calls.take_webhook(signed(body), body) == "accepted"
        async with asyncio.timeout(10):
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})
        await calls.close()
    assert asked == orders
    assert CallBook(tmp_path).kept.live == left
