"""The REST bodies around client secrets: read strictly, answered in the service's shapes, GA and older. Pure."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from oyez_local.keys import Secret
from oyez_local.orders import Refusal
from oyez_local.settings import new_session, new_transcription_session, updated
from oyez_realtime.messages import RealtimeSession, Session, SessionUpdate, WireError, decode_client_event, given

MIN_S, MAX_S, DEFAULT_S = 10, 7200, 600
OLDER_FORMATS = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}


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
    except ValueError as error:
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


def read_older(text: bytes, kind: str) -> Asked:
    """The flat body of POST /v1/realtime/sessions (kind `realtime`) and /transcription_sessions. Raises WireError."""
    plain = _object(text)
    secret = plain.pop("client_secret", None) or {}
    seconds = _seconds(
        secret.get("expires_after") if isinstance(secret, dict) else secret, "client_secret.expires_after"
    )
    return Asked(_session(_flat(plain, kind)), seconds)


def _flat(plain: dict[str, Any], kind: str) -> dict[str, Any]:
    """The GA session of an older flat one; fields that GA knows by no name (temperature) are left out."""
    taken: dict[str, Any] = {"type": kind}
    audio_in: dict[str, Any] = {
        "format": _format(plain.get("input_audio_format")),
        "transcription": plain.get("input_audio_transcription"),
        "noise_reduction": plain.get("input_audio_noise_reduction"),
    }
    if "turn_detection" in plain:
        audio_in["turn_detection"] = plain["turn_detection"]
    audio = {"input": {name: value for name, value in audio_in.items() if value or name == "turn_detection"}}
    if kind == "realtime":
        audio_out = {
            "format": _format(plain.get("output_audio_format")),
            "voice": plain.get("voice"),
            "speed": plain.get("speed"),
        }
        audio["output"] = {name: value for name, value in audio_out.items() if value is not None}
        modalities = plain.get("modalities")
        renamed: dict[str, Any] = {
            "output_modalities": None if modalities is None else ["audio" if "audio" in modalities else "text"],
            "max_output_tokens": plain.get("max_response_output_tokens"),
        }
        same = ("model", "instructions", "tools", "tool_choice", "tracing", "prompt", "truncation")
        taken |= {name: value for name, value in renamed.items() if value is not None}
        taken |= {name: plain[name] for name in same if plain.get(name) is not None}
    return {**taken, "audio": audio}


def _format(name: Any) -> dict[str, Any] | None:
    if name is None:
        return None
    if not isinstance(name, str) or name not in OLDER_FORMATS:
        known = ", ".join(OLDER_FORMATS)
        raise WireError("invalid_value", f"Invalid audio format: {name!r}. Supported values are: {known}.")
    return {"type": OLDER_FORMATS[name]}


def answer_older(secret: Secret, session: Session) -> dict[str, Any]:
    """The session, flat enough for its readers, with the secret nested as it was."""
    nested = {"value": secret.value, "expires_at": secret.expires_at}
    return {**msgspec.to_builtins(session), "client_secret": nested}
