"""The REST bodies around client secrets: read strictly, answered in the service's shapes, GA and older. Pure."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from oyez_local.keys import Secret
from oyez_local.orders import Refusal
from oyez_local.settings import new_session, new_transcription_session, updated
from oyez_realtime.messages import RealtimeSession, Session, SessionUpdate, WireError, decode_client_event, given
from oyez_realtime.older import LIFE_FIELDS, OBJECTS, Kind, flat_session, kind_of, nested_session

MIN_S, MAX_S, DEFAULT_S = 10, 7200, 600


@dataclass(frozen=True, slots=True)
class Asked:
    """What a secret is asked for."""

    session: Session | None
    seconds: int


def read(text: bytes) -> Asked:
    """The body of POST /v1/realtime/client_secrets. Raises WireError."""
    plain = _object(text)
    _refuse_unknown(plain, ("expires_after", "session"), "")
    session = None if plain.get("session") is None else _session(plain["session"])
    return Asked(session, _seconds(plain.get("expires_after"), "expires_after"))


def _object(text: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(text or b"{}")
    except (ValueError, RecursionError) as error:
        raise WireError("invalid_json", f"The body is not valid JSON: {error}") from None
    if not isinstance(plain, dict):
        raise WireError("invalid_type", "The body must be a JSON object.")
    return plain


def _refuse_unknown(plain: dict[str, Any], known: tuple[str, ...], path: str) -> None:
    for name in plain:
        if name not in known:
            raise WireError("unknown_parameter", f"Unknown parameter: '{path}{name}'.", f"{path}{name}")


def _seconds(plain: Any, path: str) -> int:
    if plain is None:
        return DEFAULT_S
    if not isinstance(plain, dict):
        raise WireError("invalid_type", f"Invalid '{path}': expected an object.", path)
    _refuse_unknown(plain, ("anchor", "seconds"), f"{path}.")
    if plain.get("anchor", "created_at") != "created_at":
        raise WireError("invalid_value", "The only anchor is 'created_at'.", f"{path}.anchor")
    seconds = plain.get("seconds", DEFAULT_S)
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise WireError("invalid_type", f"Invalid '{path}.seconds': expected an integer.", f"{path}.seconds")
    if seconds < MIN_S:
        message = f"Invalid '{path}.seconds': expected a value >= {MIN_S}, but got {seconds} instead."
        raise WireError("integer_below_min_value", message, f"{path}.seconds")
    if seconds > MAX_S:
        message = f"Invalid '{path}.seconds': expected a value <= {MAX_S}, but got {seconds} instead."
        raise WireError("integer_above_max_value", message, f"{path}.seconds")
    return seconds


def _session(plain: Any) -> Session:
    """Read as a session.update is, so that both refuse the same mistakes with the same words."""
    event = decode_client_event(json.dumps({"type": "session.update", "session": plain}))
    assert isinstance(event, SessionUpdate)
    return event.session


def effective(session: Session | None, session_id: str) -> Session:
    """The whole session that a secret opens. Raises WireError for what no session can be."""
    empty: Session
    if session is None or isinstance(session, RealtimeSession):
        model = (given(session.model) if session else None) or "oyez-local"
        empty = new_session(model, session_id, 0)
    else:
        empty = new_transcription_session(session_id, 0)
    try:
        whole = empty if session is None else updated(empty, session, has_spoken=False)
    except Refusal as refusal:
        raise WireError(refusal.code, refusal.message, refusal.param) from None
    return msgspec.structs.replace(whole, expires_at=msgspec.UNSET)


def answer(secret: Secret, session: Session) -> dict[str, Any]:
    return {"value": secret.value, "expires_at": secret.expires_at, "session": msgspec.to_builtins(session)}


def read_older(text: bytes, kind: Kind) -> Asked:
    """The flat body of POST /v1/realtime/sessions (kind `realtime`) and /transcription_sessions. Raises WireError.

    The life of the secret is read where either path had it; `temperature` is taken and left out.
    """
    plain = _object(text)
    secret = plain.pop("client_secret", None)
    if secret is not None and not isinstance(secret, dict):
        raise WireError("invalid_type", "Invalid 'client_secret': expected an object.", "client_secret")
    _refuse_unknown(secret or {}, tuple(LIFE_FIELDS.values()), "client_secret.")
    lives = [_seconds(life, f"client_secret.{name}") for name, life in (secret or {}).items()]
    said = {name: value for name, value in plain.items() if value is not None or name == "turn_detection"}
    return Asked(_session(nested_session(said, kind)), min(lives, default=DEFAULT_S))


def answer_older(secret: Secret, session: Session) -> dict[str, Any]:
    """The session flat, as it was, with the secret nested in it."""
    nested = {"value": secret.value, "expires_at": secret.expires_at}
    return {**flat_session(session), "object": OBJECTS[kind_of(session)], "client_secret": nested}
