"""Faults on demand: what is asked for, and when its moment has come. Pure; `sabotage` carries them out.

A fault strikes when so many events went out (`after_events`), or when an event of one type passed (`at`, in either
direction; `after_events` then counts the ones that are let pass first), or at once when it names neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from oyez_realtime.messages import CLIENT_EVENT_TYPES, SERVER_EVENT_TYPES, WireError

Kind = Literal[
    "drop", "silent", "expire", "refuse", "delay", "garbage", "error", "close", "slow", "half", "fail", "incomplete"
]
EVERY = "all"
DEFAULT_S: Mapping[str, float] = {"delay": 1.0, "slow": 0.5, "refuse": 30.0, "silent": 60.0}
CLOSE_OF = {
    "session_expired": 1001,
    "invalid_api_key": 3000,
    "missing_model": 4000,
    "invalid_model": 4000,
    "beta_api_shape_disabled": 4000,
}
"""Errors after which the service closes; every other leaves the session open unless the fault names a `code`."""
NO_ANSWER, UNAVAILABLE = 0, 503
NO_CODE = 1005
"""Stands for a close frame that carries none."""
LONGEST_S = 3600.0


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /faults. docs/local.md says what each field means to each kind."""

    fault: Kind
    session: str | None = None
    """An id; null: whichever session meets it first; `all`: each session."""
    after_events: Annotated[int, Meta(ge=0)] = 0
    at: str | None = None
    times: Annotated[int, Meta(ge=1)] = 1
    code: int | None = None
    error_code: str | None = None
    message: str | None = None
    seconds: Annotated[float, Meta(gt=0.0, le=LONGEST_S)] | None = None

    @property
    def duration_s(self) -> float:
        return DEFAULT_S.get(self.fault, LONGEST_S) if self.seconds is None else self.seconds

    @property
    def words(self) -> str:
        return self.message or f"A fault on demand: {self.error_code or self.fault}."


def read(body: bytes) -> Fault:
    """Raises WireError naming the field."""
    try:
        fault = msgspec.json.decode(body, type=Fault)
    except msgspec.ValidationError as error:
        raise WireError("invalid_value", f"That is no fault: {error}.") from None
    except msgspec.DecodeError as error:
        raise WireError("invalid_json", f"The body is not valid JSON: {error}") from None
    _refuse_nonsense(fault)
    return fault


def _refuse_nonsense(fault: Fault) -> None:
    if fault.at is not None and fault.at not in (*CLIENT_EVENT_TYPES, *SERVER_EVENT_TYPES):
        raise WireError("invalid_value", f"'{fault.at}' is no event that passes here.", "at")
    if fault.fault == "refuse":
        if fault.code not in (None, NO_ANSWER, UNAVAILABLE, 3000, 4000):
            raise WireError(
                "invalid_value", "A connection is refused with 3000, 4000, 503, or 0 for no answer.", "code"
            )
        if fault.at is not None or fault.after_events or fault.session is not None:
            raise WireError("invalid_value", "A refusal concerns the next connections; it takes `times` alone.", "at")
    elif fault.code is not None and not (1000 <= fault.code <= 4999 and fault.code not in (1004, 1006, 1015)):
        raise WireError("invalid_value", f"{fault.code} cannot be sent as a close code.", "code")
    if fault.fault == "error" and fault.error_code is None:
        raise WireError("missing_required_parameter", "An error needs its `error_code`.", "error_code")


@dataclass(slots=True)
class _Waiting:
    fault: Fault
    struck: dict[str, int] = field(default_factory=dict)
    """How often, by session; for a fault of whichever session: all under one key."""
    passed: dict[str, int] = field(default_factory=dict)
    """Events that it waited for, by session."""

    def concerns(self, session_id: str) -> bool:
        if self.fault.fault == "refuse" or self.fault.session not in (None, EVERY, session_id):
            return False
        return self.struck.get(self._key(session_id), 0) < self.fault.times

    def _key(self, session_id: str) -> str:
        return session_id if self.fault.session == EVERY else ""

    def strike(self, session_id: str) -> Fault:
        key = self._key(session_id)
        self.struck[key] = self.struck.get(key, 0) + 1
        self.passed[session_id] = 0
        return self.fault

    def count(self, session_id: str) -> bool:
        """One more event; whether it was the last to be waited for."""
        self.passed[session_id] = self.passed.get(session_id, 0) + 1
        return self.passed[session_id] >= max(1, self.fault.after_events + (self.fault.at is not None))

    @property
    def over(self) -> bool:
        return self.fault.session != EVERY and sum(self.struck.values()) >= self.fault.times


class FaultPlan:
    """All that is planned on one server."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(_Waiting(fault))

    def clear(self) -> None:
        self._waiting.clear()

    def pending(self) -> list[dict[str, Any]]:
        """As they were asked for, oldest first."""
        return [msgspec.to_builtins(waiting.fault) for waiting in self._waiting]

    def on_connect(self) -> Fault | None:
        """The refusal that this connection gets."""
        found = next((w for w in self._waiting if w.fault.fault == "refuse"), None)
        if found is None:
            return None
        fault = found.strike("")
        self._forget()
        return fault

    def at_once(self, session_id: str) -> list[Fault]:
        """Those that wait for nothing: to be asked when a session begins and when a fault was added."""
        return self._strike(session_id, [w for w in self._waiting if w.fault.at is None and not w.fault.after_events])

    def on_event(self, session_id: str, event_type: str, outgoing: bool) -> list[Fault]:
        """Those whose moment is that event: before an incoming one is read, after an outgoing one was sent."""
        awaited = [
            w
            for w in self._waiting
            if w.concerns(session_id)
            and (w.fault.at == event_type or (w.fault.at is None and outgoing))
            and w.count(session_id)
        ]
        return self._strike(session_id, awaited)

    def _strike(self, session_id: str, ready: list[_Waiting]) -> list[Fault]:
        struck = [waiting.strike(session_id) for waiting in ready if waiting.concerns(session_id)]
        self._forget()
        return struck

    def _forget(self) -> None:
        self._waiting = [waiting for waiting in self._waiting if not waiting.over]


OF_RESPONSES = ("response.", "conversation.item.added", "conversation.item.done", "rate_limits.")


@dataclass(slots=True)
class Tampering:
    """What lasting faults do to the events of one session."""

    delay_s: float = 0.0
    slow_s: float = 0.0
    withholding: bool = False
    """The rest of a response is swallowed, its end as well."""

    def begin(self, fault: Fault) -> None:
        if fault.fault == "delay":
            self.delay_s = fault.duration_s
        elif fault.fault == "slow":
            self.slow_s = fault.duration_s
        elif fault.fault == "half":
            self.withholding = True

    def wait_s(self, event_type: str) -> float:
        """How long that event is held back."""
        return self.delay_s + (self.slow_s if event_type == "response.output_audio.delta" else 0.0)

    def swallows(self, event_type: str) -> bool:
        if not self.withholding:
            return False
        if event_type == "response.done":
            self.withholding = False
            return True
        return event_type.startswith(OF_RESPONSES)


def garbage(response_id: str, item_id: str) -> list[str]:
    """Frames that no client may stumble over: broken JSON, no event, unknown types and fields, a stray delta."""
    place = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "session.weather", "event_id": "event_garbage1", "outlook": "fog"},
        {"type": "input_audio_buffer.cleared", "event_id": "event_garbage2", "obfuscation": "x7", "new": {"a": [1]}},
        {"type": "response.output_audio.delta", "event_id": "event_garbage3", **place, "delta": "AAAAAA=="},
        {"type": "response.output_audio_transcript.delta", "event_id": "event_garbage4", **place, "delta": "ghost"},
        {"type": "response.output_audio.delta", "event_id": "event_garbage5", **place, "delta": "!not base64!"},
        {"type": "response.done", "event_id": "event_garbage6"},
    ]
    return ['{"type": "response.cre', "[]", "null", *(msgspec.json.encode(event).decode() for event in events)]
