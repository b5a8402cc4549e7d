"""Webhooks: the published vector, the service's own library as a witness, and everything that is turned away."""

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import given, strategies as st
from openai import OpenAI

from oyez_realtime.webhooks import (
    IncomingCall,
    OtherEvent,
    SeenIds,
    WebhookRefused,
    parse_event,
    sign,
    signing_secret,
    verify,
)

TEXT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRET = signing_secret(TEXT)
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The reference vector of Standard Webhooks."""
CALL = {
    "object": "event",
    "id": "evt_1",
    "type": "realtime.call.incoming",
    "created_at": 1750287018,
    "data": {
        "call_id": "rtc_1",
        "sip_headers": [{"name": "From", "value": "sip:+142555512112@sip.example.com"}],
        "sip_media_security": "srtp",
    },
}


def headers(**changed: str) -> dict[str, str]:
    given = {"webhook_id": ID, "webhook_timestamp": str(AT), "webhook_signature": SIGNATURE, **changed}
    return {name.replace("_", "-"): value for name, value in given.items()}


def refused(given: dict[str, str], body: bytes = BODY, now: float = AT, seen: SeenIds | None = None) -> str:
    with pytest.raises(WebhookRefused) as caught:
        verify(given, body, SECRET, now, seen)
    assert TEXT[6:] not in str(caught.value)
    return caught.value.reason


def test_the_published_vector_is_signed_and_verified() -> None:
    assert sign(SECRET, ID, str(AT), BODY) == SIGNATURE
    assert verify({name.title(): value for name, value in headers().items()}, BODY, SECRET, AT) == ID


def test_what_we_sign_the_services_own_library_takes() -> None:
    """Its clock cannot be set, so the delivery is of now."""
    body, at = json.dumps(CALL).encode(), str(int(time.time()))
    given = headers(webhook_id="wh_1", webhook_timestamp=at, webhook_signature=sign(SECRET, "wh_1", at, body))
    event = OpenAI(api_key="sk-x", webhook_secret=TEXT).webhooks.unwrap(body, given)
    ours = parse_event(body)
    assert isinstance(ours, IncomingCall)
    assert event.type == "realtime.call.incoming"
    assert event.data.call_id == ours.call_id
    assert [(h.name, h.value) for h in event.data.sip_headers] == [(h.name, h.value) for h in ours.sip_headers]


def test_one_good_signature_among_several_is_enough() -> None:
    """While a secret is replaced the sender signs with both; unknown versions are passed over."""
    several = f"v1a,xyz v1,{'A' * 43}= {SIGNATURE}"
    assert verify(headers(webhook_signature=several), BODY, SECRET, AT) == ID


@pytest.mark.parametrize("off_s", [301, -301])
def test_an_old_delivery_and_one_from_the_future_are_stale(off_s: int) -> None:
    assert refused(headers(), now=AT + off_s) == "stale"
    assert verify(headers(), BODY, SECRET, AT + off_s - off_s // 301) == ID


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_id": ""},
        {"webhook_id": "a b"},
        {"webhook_id": "x" * 257},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "-1"},
        {"webhook_timestamp": "1e9"},
        {"webhook_timestamp": "٣"},
        {"webhook_timestamp": "9" * 400},
        {"webhook_signature": " "},
    ],
)
def test_headers_that_are_absent_or_malformed_are_no_signature(changed: dict[str, str]) -> None:
    assert refused(headers(**changed)) == "unsigned"


@pytest.mark.parametrize("signature", ["v1,", "v1", SIGNATURE[3:], "v2" + SIGNATURE[2:], SIGNATURE[:-2] + "F=", "v1,é"])
def test_any_other_signature_is_forged(signature: str) -> None:
    assert refused(headers(webhook_signature=signature)) == "forged"


def test_body_id_and_timestamp_are_all_under_the_signature() -> None:
    assert refused(headers(), body=BODY + b" ") == "forged"
    assert refused(headers(webhook_id="msg_other")) == "forged"
    assert refused(headers(webhook_timestamp=str(AT + 1))) == "forged"
    assert refused(headers(webhook_timestamp="0" + str(AT))) == "forged"


def test_a_good_signature_too_many_is_not_searched_for() -> None:
    """The work for one request is bounded."""
    assert refused(headers(webhook_signature="v1,x " * 16 + SIGNATURE)) == "forged"


def test_a_delivery_is_taken_once_and_a_forged_one_uses_up_nothing() -> None:
    seen = SeenIds()
    assert refused(headers(webhook_signature="v1,x"), seen=seen) == "forged"
    assert verify(headers(), BODY, SECRET, AT, seen) == ID
    assert refused(headers(), seen=seen) == "replayed"


@given(st.lists(st.integers(0, 9).map(str), max_size=60), st.integers(1, 5))
def test_the_memory_is_bounded_and_never_forgets_the_last(ids: list[str], limit: int) -> None:
    seen, last = SeenIds(limit), list[str]()
    for webhook_id in ids:
        assert seen.take(webhook_id) == (webhook_id not in last)
        if webhook_id not in last:
            last = [*last, webhook_id][-limit:]
        assert len(seen) == len(last)


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "Webhook-Timestamp", "webhook-signature", "x"]), st.text()),
    st.binary(),
)
def test_no_request_of_a_stranger_breaks_the_check_or_passes_it(given: dict[str, str], body: bytes) -> None:
    with pytest.raises(WebhookRefused):
        verify(given, body, SECRET, AT)


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_MfKQ", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_ü" + "a" * 40, TEXT + "!"]
)
def test_a_secret_that_is_none_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ValueError, match="whsec_") as caught:
        signing_secret(text)
    assert not text[8:] or text[8:] not in str(caught.value)


def test_a_secret_hides_itself() -> None:
    assert "key" not in repr(SECRET).partition("(")[2]
    assert signing_secret(f"{TEXT}\n") == SECRET


def test_a_ringing_telephone_is_understood_and_the_callers_words_are_not_printed() -> None:
    call = parse_event(json.dumps(CALL).encode())
    assert isinstance(call, IncomingCall)
    assert (call.event_id, call.call_id, call.sip_media_security) == ("evt_1", "rtc_1", "srtp")
    assert call.header("from", "f") == ["sip:+142555512112@sip.example.com"]
    assert "1425" not in repr(call)


def test_other_events_of_the_account_are_told_apart() -> None:
    assert parse_event(b'{"type":"batch.completed","id":"evt_2","data":{"id":"x"}}') == OtherEvent(
        "evt_2", "batch.completed"
    )


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"type":"realtime.call.incoming","data":{}}']
)
def test_what_is_no_event_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="no event"):
        parse_event(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_no_json_breaks_the_parser(data: Any) -> None:
    """Any `data` is either a call with an id or refused."""
    body = json.dumps({"type": "realtime.call.incoming", "data": data}).encode()
    with contextlib.suppress(ValueError):
        assert isinstance(parse_event(body), IncomingCall)
