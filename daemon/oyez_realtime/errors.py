"""What can go wrong between a client and a server, by who must act on it."""

from oyez_realtime.closing import Verdict
from oyez_realtime.responses import ErrorDetail
from oyez_realtime.server_events import ErrorEvent


class WireError(Exception):
    """An event that cannot be taken as it is; the session stays open. `code` is the live service's own."""

    def __init__(self, code: str, message: str, param: str | None = None, event_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        """Path of the offending field, e.g. `session.audio.input.format.rate`."""
        self.event_id = event_id
        """That of the offending client event, when it could be read."""

    def as_event(self, event_id: str) -> ErrorEvent:
        """The `error` that a server answers with; `event_id` is the new event's own."""
        detail = ErrorDetail("invalid_request_error", self.message, self.code, self.param, self.event_id)
        return ErrorEvent(event_id=event_id, error=detail)


class RealtimeError(Exception):
    """The message is a sentence: what happened, what it means, what to do. `verdict` says who acts."""

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict


class SessionRefused(RealtimeError):
    """The server answered, and did not give the session."""


class ConnectionLost(RealtimeError):
    """The server could not be reached, or the session ended without our asking."""

    def __init__(self, message: str, verdict: Verdict, code: int | None = None, reason: str = "") -> None:
        super().__init__(message, verdict)
        self.code = code
        """WebSocket close code; None when there was no connection."""
        self.reason = reason


class UpdateRefused(RealtimeError):
    """The server refused a `session.update` whole; the session is as it was."""

    def __init__(self, message: str, verdict: Verdict, detail: ErrorDetail) -> None:
        super().__init__(message, verdict)
        self.detail = detail


class NotConnected(RuntimeError):
    """The caller used a session that is not open: the caller's to mend."""
