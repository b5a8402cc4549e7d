"""Who comes in, with which session, and for how long; and that no secret is ever printed."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oyez_local import minting
from oyez_local.entrance import TurnedAway, Visit, admit
from oyez_local.keys import Keyring, NotAdmitted, Secret, bearer
from oyez_local.settings import voice
from oyez_realtime.messages import RealtimeSession, TranscriptionSession, WireError

HOUR_S = 3600


def keyring(api_key: str | None = "sk-server") -> Keyring:
    numbers = iter(range(1000))
    return Keyring(api_key, lambda: f"token{next(numbers)}")


def visit(token: str | None = "sk-server", headers: dict[str, str] | None = None, **query: str) -> Visit:
    authorization = {} if token is None else {"authorization": f"Bearer {token}"}
    return Visit({"model": "gpt-realtime-2.1"} | query, authorization | (headers or {}))


def enter(asked: Visit, keys: Keyring | None = None, now_s: float = 0.0) -> Any:
    return admit(asked, keys or keyring(), now_s, "sess_1", 99)


def test_a_secret_opens_sessions_until_it_ends() -> None:
    """Good several times over until its last second, refused from then on with 3000."""
    keys = keyring()
    secret = keys.mint(None, 10, now_s=100.0, unix_s=1_000_000.7)
    assert secret.expires_at == 1_000_010
    for now_s in (100.0, 105.0, 109.9):
        assert isinstance(enter(visit(secret.value), keys, now_s), RealtimeSession)
    with pytest.raises(TurnedAway, match="expired") as refused:
        enter(visit(secret.value), keys, 110.0)
    assert refused.value.close_code == 3000


def test_an_ended_secret_is_refused_even_where_any_token_is_welcome() -> None:
    """Without a server key anybody comes in, but not with a secret that has ended here."""
    keys = keyring(None)
    secret = keys.mint(None, 10, 0.0, 0.0)
    keys.admit(None, 0.0)
    keys.admit("anything", 0.0)
    with pytest.raises(NotAdmitted):
        keys.admit(secret.value, 10.0)


def test_a_secret_brings_its_session() -> None:
    """Configuration and model that the secret was minted for are where the connection begins."""
    keys = keyring()
    asked = minting.read(
        b'{"session": {"type": "realtime", "model": "gpt-realtime-2.1", "audio": {"output": {"voice": "marin"}}}}'
    )
    secret = keys.mint(asked.session, asked.seconds, 0.0, 0.0)
    session = admit(Visit({}, {"authorization": f"Bearer {secret.value}"}), keys, 1.0, "sess_9", 99)
    assert (voice(session), session.model, session.id) == ("marin", "gpt-realtime-2.1", "sess_9")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("asked", "close_code", "code"),
    [
        (visit("sk-wrong"), 3000, "invalid_api_key"),
        (visit("ek_unknown"), 3000, "invalid_api_key"),
        (visit(None), 3000, None),
        (visit(model="gpt-3"), 4000, "invalid_model"),
        (visit(model=""), 4000, "missing_model"),
        (visit(intent="transcription"), 4000, "invalid_model"),
        (visit(headers={"openai-beta": "realtime=v1"}), 4000, "beta_api_shape_disabled"),
    ],
)
def test_who_is_turned_away(asked: Visit, close_code: int, code: str | None) -> None:
    """Each refusal with the service's own code and close."""
    with pytest.raises(TurnedAway) as refused:
        enter(asked)
    assert (refused.value.close_code, refused.value.code) == (close_code, code)


def test_transcription_without_a_model() -> None:
    """intent=transcription gives a session for captions."""
    asked = Visit({"intent": "transcription"}, {"authorization": "Bearer sk-server"})
    assert isinstance(enter(asked), TranscriptionSession)


def test_browsers_bring_the_token_as_a_subprotocol() -> None:
    """Header first, then `openai-insecure-api-key.`; nothing is nothing."""
    names = ["realtime", "openai-insecure-api-key.ek_1"]
    assert bearer(None, names) == "ek_1"
    assert bearer("Bearer sk-1", names) == "sk-1"
    assert bearer("Basic abc", []) is None


def test_only_the_owner_mints() -> None:
    """A secret mints no secrets."""
    keys = keyring()
    secret = keys.mint(None, 60, 0.0, 0.0)
    assert keys.is_owner("sk-server")
    assert not keys.is_owner(secret.value)
    assert not keys.is_owner(None)


def test_no_secret_is_printed() -> None:
    """Neither a secret nor a keyring shows a token."""
    keys = keyring()
    secret = keys.mint(None, 60, 0.0, 0.0)
    assert secret.value not in repr(secret)
    assert secret.value not in repr(keys.__dict__)
    assert "sk-server" not in repr(keys.__dict__)


def mint(body: dict[str, Any]) -> minting.Asked:
    return minting.read(msgspec.json.encode(body))


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"expires_after": {"seconds": 9}}, "integer_below_min_value", "expires_after.seconds"),
        ({"expires_after": {"seconds": 7201}}, "integer_above_max_value", "expires_after.seconds"),
        ({"expires_after": {"seconds": "10"}}, "invalid_type", "expires_after.seconds"),
        ({"expires_after": {"anchor": "now"}}, "invalid_value", "expires_after.anchor"),
        ({"expires": 10}, "unknown_parameter", "expires"),
        ({"session": {"type": "realtime", "tulip": 1}}, "unknown_parameter", "session.tulip"),
    ],
)
def test_a_bad_body_is_refused_by_name(body: dict[str, Any], code: str, param: str) -> None:
    """Ranges, types and unknown names, each with its code and its path."""
    with pytest.raises(WireError) as refused:
        mint(body)
    assert (refused.value.code, refused.value.param) == (code, param)


def test_defaults_of_a_secret() -> None:
    """An empty body asks for ten minutes and any session."""
    assert minting.read(b"") == minting.Asked(None, 600)


def test_the_older_shape() -> None:
    """Flat fields are read into the session of today, the secret is nested in the answer."""
    body = {
        "model": "gpt-realtime-2.1",
        "voice": "ash",
        "modalities": ["text", "audio"],
        "input_audio_format": "g711_ulaw",
        "turn_detection": None,
        "temperature": 0.8,
        "client_secret": {"expires_after": {"seconds": 30}},
    }
    asked = minting.read_older(msgspec.json.encode(body), "realtime")
    answer = minting.answer_older(Secret("ek_x", 5), minting.effective(asked.session, "sess_1"))
    assert asked.seconds == 30
    assert answer["client_secret"] == {"value": "ek_x", "expires_at": 5}
    assert answer["audio"]["input"]["format"] == {"type": "audio/pcmu"}
    assert answer["audio"]["input"]["turn_detection"] is None
    assert answer["audio"]["output"]["voice"] == "ash"


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """No bytes raise anything but WireError, and what is read keeps the range."""
    try:
        seconds = minting.read(body).seconds
    except WireError:
        return
    assert minting.MIN_S <= seconds <= minting.MAX_S
