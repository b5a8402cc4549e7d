"""Who comes in, with which session, and for how long; and that no secret is ever printed."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st
from openai.types.beta.realtime import SessionCreateResponse, TranscriptionSession as OlderCaptions

from oyez_local import minting
from oyez_local.entrance import TurnedAway, Visit, admit
from oyez_local.keys import Keyring, NotAdmitted, Secret, bearer
from oyez_local.settings import voice
from oyez_realtime.legacy import FLAT_SESSION_FIELDS
from oyez_realtime.messages import RealtimeSession, TranscriptionSession, WireError
from oyez_realtime.older import Kind

HOUR_S = 3600
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10)
JSON = st.recursive(PLAIN, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=9), x, max_size=3))
OLDER_FIELDS = st.sampled_from([*FLAT_SESSION_FIELDS, "client_secret", "tools", "model", "audio", "type"])


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
        (visit(call_id="rtc_1"), 4000, "invalid_value"),
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


def older(body: dict[str, Any], kind: Kind = "realtime") -> minting.Asked:
    return minting.read_older(msgspec.json.encode(body), kind)


def test_the_older_shape() -> None:
    """A flat session in, the flat session with the secret nested in it out, as the SDK of the beta types both."""
    body = {
        "model": "gpt-realtime-2.1",
        "voice": "ash",
        "modalities": ["text", "audio"],
        "input_audio_format": "g711_ulaw",
        "turn_detection": None,
        "temperature": 0.8,
        "instructions": None,
        "client_secret": {"expires_after": {"seconds": 30}},
    }
    asked = older(body)
    answer = minting.answer_older(Secret("ek_x", 5), minting.effective(asked.session, "sess_1"))
    assert asked.seconds == 30
    SessionCreateResponse.model_validate(answer, strict=True)
    told = ("object", "client_secret", "voice", "modalities", "input_audio_format", "turn_detection", "model")
    assert {name: answer[name] for name in told} == {
        **{name: body[name] for name in told if name in body},
        "object": "realtime.session",
        "client_secret": {"value": "ek_x", "expires_at": 5},
        "modalities": ["audio", "text"],
    }
    assert "audio" not in answer
    assert "temperature" not in answer


def test_the_older_shape_of_captions() -> None:
    """Which had the life of its secret in another field."""
    wish = {
        "input_audio_transcription": {"model": "whisper-1", "language": "en"},
        "input_audio_noise_reduction": {"type": "far_field"},
        "client_secret": {"expires_at": {"anchor": "created_at", "seconds": 45}},
    }
    asked = older(wish, "transcription")
    answer = minting.answer_older(Secret("ek_x", 5), minting.effective(asked.session, "sess_1"))
    assert asked.seconds == 45
    OlderCaptions.model_validate(answer, strict=True)
    assert answer["object"] == "realtime.transcription_session"
    assert answer["input_audio_transcription"] == wish["input_audio_transcription"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"modalities": 5}, "invalid_type"),
        ({"voise": "ash"}, "unknown_parameter"),
        ({"input_audio_format": "mp3"}, "invalid_type"),
        ({"client_secret": 5}, "invalid_type"),
        ({"client_secret": {"life": {}}}, "unknown_parameter"),
        ({"client_secret": {"expires_at": {"seconds": 5}}}, "integer_below_min_value"),
        ({"speed": 9}, "decimal_above_max_value"),
        (b"[" * 100_000, "invalid_json"),
    ],
)
def test_an_older_body_is_refused_like_todays(body: dict[str, Any] | bytes, code: str) -> None:
    """Whatever is not understood is named, and nothing is minted."""
    with pytest.raises(WireError) as refused:
        minting.read_older(body if isinstance(body, bytes) else msgspec.json.encode(body), "realtime")
    assert refused.value.code == code


@given(
    st.binary(max_size=200)
    | st.text(max_size=100).map(str.encode)
    | st.dictionaries(OLDER_FIELDS, JSON).map(msgspec.json.encode)
)
def test_any_older_body_is_read_or_refused(body: bytes) -> None:
    """Never an error of ours."""
    try:
        asked = minting.read_older(body, "realtime")
    except WireError:
        return
    assert minting.MIN_S <= asked.seconds <= minting.MAX_S


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    """No bytes raise anything but WireError, and what is read keeps the range."""
    try:
        seconds = minting.read(body).seconds
    except WireError:
        return
    assert minting.MIN_S <= seconds <= minting.MAX_S
