"""Keys, limits and sessions: the pure rules of the backend."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from oyez_backend.device_policy import DevicePolicy, check_session
from oyez_backend.keys import new_key, parse_key, safety_identifier
from oyez_backend.rate_limit import RateLimit
from oyez_backend.refusal import Refusal
from oyez_backend.session_policy import issued_at, merged


def test_a_new_key_is_read_back_and_hides_its_secret() -> None:
    key = new_key()
    assert parse_key(key.reveal()) == key
    assert len(key.secret) >= 32
    assert key.secret not in repr(key)


@given(st.text())
def test_no_text_breaks_the_reading_of_keys(text: str) -> None:
    key = parse_key(text)
    assert key is None or key.reveal() == text


@pytest.mark.parametrize(
    "text", ["oyez_0123456789ab_short", "sk-" + "a" * 40, "oyez_" + "x" * 60, "oyez_0123456789ab_" + "é" * 40]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert parse_key(text) is None


def test_the_upstream_gets_a_stable_name_that_does_not_hold_the_device() -> None:
    assert safety_identifier("0123456789ab") == safety_identifier("0123456789ab")
    assert safety_identifier("0123456789ab") != safety_identifier("0123456789ac")
    assert "0123456789ab" not in safety_identifier("0123456789ab")


@given(st.lists(st.floats(0, 30), max_size=60), st.floats(0.5, 120), st.integers(1, 10))
def test_no_device_ever_gets_more_than_burst_and_rate_allow(gaps_s: list[float], per_minute: float, burst: int) -> None:
    limit, now_s, granted = RateLimit(per_minute, burst), 0.0, 0
    for gap_s in gaps_s:
        now_s += gap_s
        granted += limit.take("a", now_s) is None
    assert granted <= burst + now_s * per_minute / 60 + 1e-6


@given(st.floats(0.5, 120), st.integers(1, 10))
def test_whoever_waits_as_told_is_served(per_minute: float, burst: int) -> None:
    limit = RateLimit(per_minute, burst)
    for _ in range(burst):
        assert limit.take("a", 5.0) is None
    wait_s = limit.take("a", 5.0)
    assert wait_s is not None
    assert limit.take("b", 5.0) is None, "one device's haste must not cost another"
    assert limit.take("a", 5.0 + wait_s + 1e-6) is None


def test_wishes_go_over_defaults_table_by_table_and_change_neither() -> None:
    defaults: dict[str, Any] = {"model": "m", "audio": {"output": {"voice": "a", "speed": 1}}, "tools": [1, 2]}
    wishes = {"audio": {"output": {"voice": "b"}}, "tools": [3], "instructions": "be brief"}
    assert merged(defaults, wishes) == {
        "model": "m",
        "audio": {"output": {"voice": "b", "speed": 1}},
        "tools": [3],
        "instructions": "be brief",
    }
    assert defaults["audio"]["output"]["voice"] == "a"


def refused(session: dict[str, Any], policy: DevicePolicy, house: tuple[str, ...] = ()) -> str:
    with pytest.raises(Refusal) as caught:
        check_session(session, policy, house)
    assert caught.value.status == 403
    return caught.value.code


def test_a_model_that_the_keeper_did_not_allow_is_refused() -> None:
    """For the house, and narrower for a device."""
    dear = {"type": "realtime", "model": "dear"}
    check_session(dear, DevicePolicy(), ())
    check_session(dear, DevicePolicy(allowed_models=("dear",)), ("cheap", "dear"))
    assert refused(dear, DevicePolicy(), ("cheap",)) == "model_not_allowed"
    assert refused(dear, DevicePolicy(allowed_models=("cheap",))) == "model_not_allowed"


def test_a_transcription_is_judged_by_what_writes_it_down() -> None:
    captions = {"type": "transcription", "audio": {"input": {"transcription": {"model": "w"}}}}
    check_session(captions, DevicePolicy(allowed_models=("cheap",)), ("w",))
    assert refused(captions, DevicePolicy(), ("x",)) == "model_not_allowed"
    assert refused({"type": "transcription"}, DevicePolicy(), ("x",)) == "model_not_allowed"


def test_a_device_opens_only_the_kinds_of_session_that_it_may() -> None:
    assert refused({"type": "transcription"}, DevicePolicy(sessions=("realtime",))) == "session_not_allowed"
    assert refused({"type": "realtime"}, DevicePolicy(sessions=())) == "session_not_allowed"


@pytest.mark.parametrize(
    ("expires_at", "asked_at", "life_s"),
    [
        (1600.0, 1000.0, 600.0),
        (1598.0, 1000.0, 598.0),
        (1400.0, 1000.0, 400.0),
        (1600.0, 9000.0, 600.0),
        (1600.0, 0.0, 600.0),
    ],
    ids=["agreeing", "slightly behind", "upstream cut it short", "our clock far ahead", "our clock far behind"],
)
def test_the_life_told_is_true_even_when_the_two_clocks_disagree(
    expires_at: float, asked_at: float, life_s: float
) -> None:
    assert expires_at - issued_at(expires_at, 600, asked_at) == life_s
