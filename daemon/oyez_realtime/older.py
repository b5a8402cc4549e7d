"""Sessions as the older REST paths spell them: flat, with modalities and formats by name. Pure.

Of `POST /v1/realtime/sessions` and `/v1/realtime/transcription_sessions`, which today's service has no more and relays,
local servers and older clients still use.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from oyez_realtime.legacy import AUDIO_FORMATS, FLAT_SESSION_FIELDS, JsonObject, modern_session
from oyez_realtime.session_objects import Session, TranscriptionSession

Kind: TypeAlias = Literal["realtime", "transcription"]

OBJECTS: dict[Kind, str] = {"realtime": "realtime.session", "transcription": "realtime.transcription_session"}
GONE = ("temperature",)
"""Fields of older sessions that today's know by no name: there is nothing to turn them into."""
LIFE_FIELDS: dict[Kind, str] = {"realtime": "expires_after", "transcription": "expires_at"}
"""Where `client_secret` of a request holds `{anchor, seconds}`."""


def kind_of(session: Session) -> Kind:
    return "transcription" if isinstance(session, TranscriptionSession) else "realtime"


def flat_session(session: Session) -> JsonObject:
    """The session flat, with what is set and nothing else; fields that were never flat keep their names."""
    whole = msgspec.to_builtins(session)
    nested = {path[0] for path in FLAT_SESSION_FIELDS.values()} | {"type"}
    flat: JsonObject = {name: value for name, value in whole.items() if name not in nested}
    for name, path in FLAT_SESSION_FIELDS.items():
        holder: Any = whole
        for step in path[:-1]:
            holder = holder.get(step) or {}
        if path[-1] in holder:
            flat[name] = _older_value(name, holder[path[-1]])
    return flat


def nested_session(flat: JsonObject, kind: Kind) -> JsonObject:
    """Today's session of a flat one, as JSON that is yet to be checked. `client_secret` is left out."""
    left_out = {"client_secret", *GONE} | ({"modalities"} if kind == "transcription" else set())
    kept = {name: value for name, value in flat.items() if name not in left_out}
    return {**modern_session(kept, kind), "type": kind}


def _older_value(name: str, value: Any) -> Any:
    if name == "modalities":
        return ["audio", "text"] if value == ["audio"] else value
    if name.endswith("_format") and isinstance(value, dict):
        return next((older for older, modern in AUDIO_FORMATS.items() if modern["type"] == value.get("type")), value)
    return value
