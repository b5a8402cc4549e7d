"""The life of a token, and what a backend's answer means."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st
from websockets.uri import parse_uri

from oyez.session.settings import address
from oyez.session.token import BackendAway, Token, TokenLife, TokenRefused, parse_answer

ANSWER = {
    "value": "ek_very_secret",
    "expires_at": 5_000_600,
    "issued_at": 5_000_000,
    "realtime_url": "wss://example.test/v1/realtime",
    "model": "m",
}


def parsed(status: int = 200, retry_after: str | None = None, body: object = ANSWER) -> Token:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse_answer(status, retry_after, raw, received_s=100.0, round_trip_s=2.0, margin_s=60.0)


@given(st.floats(0.1, 1e6), st.floats(0, 1e6), st.floats(0, 30), st.floats(0, 7200))
def test_a_token_is_due_before_it_ends_and_after_it_came(
    life_s: float, got_s: float, trip_s: float, margin_s: float
) -> None:
    life = TokenLife(life_s, got_s, trip_s, margin_s)
    assert got_s - trip_s <= life.renew_at_s <= life.ends_s
    assert not life.usable(life.ends_s)
    assert life.is_due(life.renew_at_s)


def test_a_margin_longer_than_the_life_does_not_make_every_token_old_at_birth() -> None:
    life = TokenLife(life_s=10, received_s=100, round_trip_s=0, margin_s=60)
    assert not life.is_due(104.9)
    assert life.is_due(105)


@pytest.mark.parametrize("skew_s", [-1e9, 0, 1e9])
def test_life_is_the_issuers_whatever_year_the_issuer_thinks_it_is(skew_s: float) -> None:
    token = parsed(
        body={**ANSWER, "expires_at": ANSWER["expires_at"] + skew_s, "issued_at": ANSWER["issued_at"] + skew_s}
    )
    assert token.life.ends_s == 100 - 2 + 600


def test_a_token_never_shows_its_value() -> None:
    token = parsed()
    assert token.value == "ek_very_secret"
    assert "very_secret" not in f"{token!r} {token}"


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_carries_the_backends_sentence(status: int) -> None:
    with pytest.raises(TokenRefused, match="ask your keeper"):
        parsed(status, body={"error": {"code": "x", "message": "ask your keeper", "retry_after_s": None}})


@pytest.mark.parametrize(
    ("status", "header", "body", "wait_s"),
    [
        (429, "7", {"error": {"message": "slow", "retry_after_s": 6.5}}, 6.5),
        (429, "7", b"<html>", 7.0),
        (503, None, b"", None),
        (502, "soon", {}, None),
        (503, "99999999999999999999", {}, 3600.0),
        (503, None, {"error": {"retry_after_s": -5}}, 0.0),
        (302, None, b"", None),
    ],
)
def test_away_tells_when_to_come_back(status: int, header: str | None, body: object, wait_s: float | None) -> None:
    with pytest.raises(BackendAway) as caught:
        parsed(status, header, body)
    assert caught.value.retry_after_s == wait_s


@pytest.mark.parametrize(
    "change",
    [
        {"value": ""},
        {"expires_at": 4_000_000},
        {"realtime_url": "https://example.test"},
        {"realtime_url": "wss://"},
        {"realtime_url": "wss://[::1/v1"},
        {"realtime_url": "wss://example.test:99999/v1"},
        {"realtime_url": "wss://example.test:http/v1"},
        {"realtime_url": f"wss://{'a' * 64}.test/v1"},
        {"realtime_url": "wss://example..test/v1"},
        {"value": 7},
        {"issued_at": None},
    ],
)
def test_a_senseless_answer_is_a_backend_out_of_order_and_not_a_token(change: dict[str, Any]) -> None:
    with pytest.raises(BackendAway):
        parsed(body={**ANSWER, **change})


@given(st.text(st.characters(codec="utf-8"), max_size=30) | st.text("[]:@/?#.%é a0", max_size=12))
def test_any_address_is_refused_or_can_be_dialled(rest: str) -> None:
    try:
        token = parsed(body={**ANSWER, "realtime_url": f"wss://{rest}"})
    except BackendAway:
        return
    dialled = parse_uri(address(token.realtime_url, "m"))
    assert dialled.host


def test_a_long_lived_key_is_not_taken_for_a_token_and_not_repeated() -> None:
    with pytest.raises(TokenRefused) as caught:
        parsed(body={**ANSWER, "value": "sk-live-abc"})
    assert "sk-live-abc" not in str(caught.value)


@given(st.integers(100, 599), st.none() | st.text(), st.binary(max_size=200))
def test_no_answer_however_broken_raises_anything_but_the_two_errors(
    status: int, header: str | None, body: bytes
) -> None:
    with pytest.raises((TokenRefused, BackendAway)):
        parsed(status, header, body)
