"""Texts of a server, for tests of the protocol."""

import json
from typing import Any

from oyez_realtime import messages as m
from oyez_realtime.protocol import RealtimeProtocol

MS = 48


def opened() -> RealtimeProtocol:
    protocol = RealtimeProtocol()
    protocol.receive(m.encode(m.SessionCreated(session=m.RealtimeSession())))
    return protocol


def created(response_id: str, conversation: str | None = "conv") -> str:
    return m.encode(m.ResponseCreated(response=m.Response(id=response_id, conversation_id=conversation)))


def done(response_id: str, status: Any = "completed") -> str:
    return m.encode(m.ResponseDone(response=m.Response(id=response_id, status=status)))


def delta(response_id: str, ms: int = 100, item_id: str = "item") -> str:
    return m.encode(m.ResponseOutputAudioDelta(response_id=response_id, item_id=item_id, delta=bytes(ms * MS)))


def refusal(event_id: str | None, code: str = "invalid_value") -> str:
    return m.encode(m.ErrorEvent(error=m.ErrorDetail("invalid_request_error", "no", code, None, event_id)))


def parsed(text: str | None) -> dict[str, Any]:
    assert text is not None
    loaded: dict[str, Any] = json.loads(text)
    return loaded
