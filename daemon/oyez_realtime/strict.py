"""Reading what a client says as the live service does: what is wrong is refused by name, whole, and changes nothing."""

import re
from typing import Any

import msgspec

from oyez_realtime import client_events as client
from oyez_realtime.errors import WireError
from oyez_realtime.items import Message, OutputAudio
from oyez_realtime.surplus import unknown_paths

READ_ONLY_SESSION_FIELDS = ("id", "object", "expires_at")

_BOUND = re.compile(r"Expected `(int|float|str|bytes|array|object)`( of length)? (>=|<=) (\S+)")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_AT = re.compile(r" - at `\$\.?([^`]*)`$")
_NUMBER_CODES = {
    ("int", ">="): ("integer_below_min_value", "integer below minimum value"),
    ("int", "<="): ("integer_above_max_value", "integer above maximum value"),
    ("float", ">="): ("decimal_below_min_value", "decimal below minimum value"),
    ("float", "<="): ("decimal_above_max_value", "decimal above maximum value"),
}


def decode_client_event(text: str | bytes) -> client.ClientEvent:
    """The event of one text frame. Raises WireError with the code of the live service; binary frames are refused."""
    if not isinstance(text, str):
        raise WireError("invalid_event", "Binary frames are not accepted; send each event as a text frame of JSON.")
    try:
        event = client.client_event_decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _refusal(text, str(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _no_json(error) from None
    if isinstance(event, client.SessionUpdate | client.ConversationItemCreate | client.ResponseCreate):
        _refuse_extras(event, msgspec.json.decode(text))
    return event


def _no_json(error: Exception) -> WireError:
    return WireError("invalid_json", f"The event is not valid JSON: {error}")


def _refuse_extras(event: msgspec.Struct, raw: dict[str, Any]) -> None:
    path = next(unknown_paths(event, raw), None)
    if path is None and isinstance(event, client.SessionUpdate):
        path = next((f"session.{name}" for name in READ_ONLY_SESSION_FIELDS if name in raw["session"]), None)
    if path is not None:
        raise WireError("unknown_parameter", f"Unknown parameter: '{path}'.", path, _event_id(raw))
    if isinstance(event, client.ConversationItemCreate) and _spoken(event.item):
        message = "An assistant message of a client may hold text only: content of type 'output_text'."
        raise WireError("invalid_value", message, "item.content", _event_id(raw))


def _spoken(item: object) -> bool:
    return (
        isinstance(item, Message)
        and item.role == "assistant"
        and any(isinstance(part, OutputAudio) for part in item.content)
    )


def _refusal(text: str, complaint: str) -> WireError:
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return _no_json(error)
    if not isinstance(raw, dict):
        return WireError("invalid_event", "An event is a JSON object with a type.")
    if raw.get("type") not in client.CLIENT_EVENT_TYPES:
        return _unknown_type(raw)
    at = _AT.search(complaint)
    param = at.group(1) if at else ""
    what = _AT.sub("", complaint)
    for pattern, code, words in (
        (_MISSING, "missing_required_parameter", "Missing required parameter"),
        (_UNKNOWN, "unknown_parameter", "Unknown parameter"),
    ):
        if found := pattern.search(what):
            param = f"{param}.{found.group(1)}" if param else found.group(1)
            return WireError(code, f"{words}: '{param}'.", param, _event_id(raw))
    code, words = _code_of(what)
    return WireError(code, f"Invalid '{param}': {words}", param or None, _event_id(raw))


def _unknown_type(raw: dict[str, Any]) -> WireError:
    if "type" not in raw:
        return WireError("missing_required_parameter", "Missing required parameter: 'type'.", "type", _event_id(raw))
    accepted = ", ".join(f"'{name}'" for name in client.CLIENT_EVENT_TYPES)
    message = f"Invalid value: '{raw['type']}'. Supported values are: {accepted}."
    return WireError("invalid_value", message, "type", _event_id(raw))


def _code_of(what: str) -> tuple[str, str]:
    bound = _BOUND.search(what)
    if bound is not None and bound.group(2) is None:
        code, words = _NUMBER_CODES[(bound.group(1), bound.group(3))]
        return code, f"{words}. Expected a value {bound.group(3)} {bound.group(4)}."
    if bound is not None and bound.group(1) in ("str", "bytes") and bound.group(3) == "<=":
        return "string_above_max_length", f"string too long. Expected a length of at most {bound.group(4)}."
    if bound is None and what.startswith("Expected"):
        return "invalid_type", f"{what}."
    return "invalid_value", f"{what}."


def _event_id(raw: dict[str, Any]) -> str | None:
    event_id = raw.get("event_id")
    return event_id if isinstance(event_id, str) else None
