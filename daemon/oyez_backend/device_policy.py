"""What the keeper lets each device have: kinds of sessions, models, tools. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from oyez_backend.refusal import Refusal
from oyez_realtime.older import Kind


class DevicePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[devices.NAME]`; a device without one gets all of this."""

    sessions: tuple[Kind, ...] = ("realtime", "transcription")
    allowed_models: tuple[str, ...] = ()
    """Within the house's own; empty: those."""
    tools: tuple[str, ...] | None = None
    """Names of the backend's tools that calls on this device's account may use; absent: all."""


def model_of(session: Mapping[str, Any]) -> Any:
    """Of a conversation its model, of a transcription that of its transcripts; None when it names none."""
    if session.get("type") != "transcription":
        return session.get("model")
    found: Any = session
    for step in ("audio", "input", "transcription", "model"):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def check_session(session: Mapping[str, Any], policy: DevicePolicy, house_models: tuple[str, ...]) -> None:
    """Raises Refusal 403. house_models: the keeper's list for this kind of session; empty: any."""
    kind = session.get("type")
    if kind in ("realtime", "transcription") and kind not in policy.sessions:
        allowed = " and ".join(policy.sessions) or "no"
        message = (
            f"This device may open {allowed} sessions, not those of type {kind}: have the backend's keeper change "
            "its `sessions`."
        )
        raise Refusal(403, "session_not_allowed", message)
    own_models = policy.allowed_models if kind == "realtime" else ()
    for allowed_models in (house_models, own_models):
        _check_model(model_of(session), allowed_models)


def _check_model(model: Any, allowed_models: tuple[str, ...]) -> None:
    if allowed_models and model not in allowed_models:
        raise Refusal(
            403,
            "model_not_allowed",
            f"The model {model!r} is not allowed by this backend: ask for one of {', '.join(allowed_models)}, "
            "or have its keeper add it to the allowed models.",
        )
