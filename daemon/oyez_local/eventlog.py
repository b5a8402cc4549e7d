"""A log of events for tests and for the curious: one JSON line each, no audio and no secrets.

What was sent stands in its line whole, under `event`, so that anyone's schema can judge it: `tests/peers/validate.py`.
"""

import json
from pathlib import Path
from typing import Any, Literal, TextIO

import msgspec

from oyez_realtime.messages import (
    ClientEvent,
    InputAudioBufferAppend,
    ResponseOutputAudioDelta,
    ServerEvent,
    encode,
    given,
)

SMALL_FIELDS = (
    "item_id",
    "previous_item_id",
    "response_id",
    "call_id",
    "name",
    "arguments",
    "content_index",
    "audio_start_ms",
    "audio_end_ms",
    "transcript",
)

UNLOGGED = ("authorization", "headers", "image_url")


class EventLog:
    """Appends to the file from the first event on; path None: writes nothing."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None if path is None else path.open("a", encoding="utf-8", buffering=1)

    def write(
        self, direction: Literal["in", "out"], event: ClientEvent | ServerEvent, session_id: str, time_s: float
    ) -> None:
        """time_s: monotonic."""
        if self._file is None:
            return
        line = {"time_s": round(time_s, 4), "direction": direction, "session": session_id, **summary(event)}
        if direction == "out":
            line["event"] = whole(event)
        self._line(line)

    def write_refused(self, code: str, session_id: str, time_s: float) -> None:
        """An incoming frame that could not be read as an event."""
        if self._file is not None:
            line = {"time_s": round(time_s, 4), "direction": "in", "session": session_id, "type": "unreadable"}
            self._line({**line, "code": code, "audio_bytes": 0})

    def _line(self, line: dict[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def whole(event: ClientEvent | ServerEvent) -> Any:
    """The event as it goes over the wire, but for sound and for the credentials of MCP servers, which become ""."""
    if isinstance(event, ResponseOutputAudioDelta):
        event = msgspec.structs.replace(event, delta=b"")
    return _blanked(json.loads(encode(event)))


def _blanked(value: Any) -> Any:
    if isinstance(value, list):
        return [_blanked(one) for one in value]
    if not isinstance(value, dict):
        return value
    # type(one)(): nothing of the same kind, so that the event still is what its schema says.
    return {name: type(one)() if _is_private(name, one) else _blanked(one) for name, one in value.items()}


def _is_private(name: str, value: Any) -> bool:
    """`audio` is sound where it is text, and settings where it is an object."""
    return (name == "audio" and isinstance(value, str)) or (name in UNLOGGED and isinstance(value, str | dict))


def summary(event: ClientEvent | ServerEvent) -> dict[str, Any]:
    """type, audio_bytes and the small fields that the event has."""
    line: dict[str, Any] = {"type": event.type, "audio_bytes": _audio_bytes(event)}
    for name in SMALL_FIELDS:
        value = given(getattr(event, name, None))
        if value is not None:
            line[name] = value
    for owner, names in (("response", ("id", "status")), ("item", ("id", "type", "role")), ("error", ("code",))):
        part = given(getattr(event, owner, None))
        for name in names:
            value = given(getattr(part, name, None))
            if value is not None:
                line[f"{owner}_{name}"] = value
    reason = given(
        getattr(given(getattr(given(getattr(event, "response", None)), "status_details", None)), "reason", None)
    )
    return line if reason is None else {**line, "reason": reason}


def _audio_bytes(event: ClientEvent | ServerEvent) -> int:
    if isinstance(event, InputAudioBufferAppend):
        return len(event.audio)
    return len(event.delta) if isinstance(event, ResponseOutputAudioDelta) else 0
