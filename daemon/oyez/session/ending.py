"""Why a session could not be opened or was lost, for a person. Pure."""

from oyez.events import SessionLost
from oyez.session.token import BackendAway, TokenRefused
from oyez_realtime.closing import Remedy
from oyez_realtime.errors import ConnectionLost, RealtimeError, SessionRefused

EXPECTED = (BackendAway, TokenRefused, RealtimeError, OSError, TimeoutError)
"""What networks and services do to us; anything else is a bug of ours and ends the process."""


def lost(error: BaseException) -> SessionLost:
    """error: one of EXPECTED, or a group of them of which the first counts."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case TokenRefused():
            return SessionLost("token_refused", str(error))
        case BackendAway():
            return SessionLost("backend_away", str(error), error.retry_after_s)
        case SessionRefused():
            return SessionLost("line_refused", str(error))
        case ConnectionLost(code=None):
            return SessionLost("line_away", str(error))
        case RealtimeError(verdict=verdict) if verdict.remedy is Remedy.REFUSED:
            return SessionLost("line_refused", str(error))
        case RealtimeError():
            return SessionLost("line_lost", str(error))
        case _:
            return SessionLost(
                "line_away", f"The voice service cannot be reached ({_kind(error)}). Is the internet there?"
            )


def _kind(error: BaseException) -> str:
    return str(error) or type(error).__name__


def wants_new_token(error: BaseException) -> bool:
    """The service did not accept the token: the one in the drawer is worth nothing."""
    return isinstance(error, RealtimeError) and error.verdict.remedy is Remedy.NEW_TOKEN
