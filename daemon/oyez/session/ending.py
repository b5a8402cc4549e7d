"""Why a session could not be opened or was lost, for a person. Pure."""

from oyez.events import SessionLost
from oyez.session.token import BackendAway, TokenRefused
from oyez_realtime.closing import Remedy, Verdict
from oyez_realtime.errors import ConnectionLost, RealtimeError, SessionRefused, UpdateRefused

EXPECTED = (BackendAway, TokenRefused, RealtimeError, OSError, TimeoutError)
"""What networks and services do to us; anything else is a bug of ours and ends the process."""

REFUSALS = (Remedy.REFUSED, Remedy.NEW_TOKEN)


def lost(error: BaseException) -> SessionLost:
    """error: one of EXPECTED, or a group of them of which the first counts."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    match error:
        case TokenRefused():
            return SessionLost("token_refused", str(error))
        case BackendAway():
            return SessionLost("backend_away", str(error), error.retry_after_s)
        case SessionRefused() | UpdateRefused():
            return SessionLost("line_refused", str(error))
        case RealtimeError(verdict=verdict) if verdict.remedy in REFUSALS:
            return SessionLost("line_refused", str(error))
        case ConnectionLost(code=None):
            return SessionLost("line_away", str(error))
        case RealtimeError():
            return SessionLost("line_lost", str(error))
        case TimeoutError():
            return SessionLost("line_away", "The voice service did not open the line in time. Is the internet there?")
        case _:
            return SessionLost(
                "line_away", f"The voice service cannot be reached ({_kind(error)}). Is the internet there?"
            )


def _kind(error: BaseException) -> str:
    return str(error) or type(error).__name__


def wants_new_token(error: BaseException) -> bool:
    """The service did not accept the token: the one in the drawer is worth nothing."""
    return isinstance(error, RealtimeError) and error.verdict.remedy is Remedy.NEW_TOKEN


def ended_by_service() -> ConnectionLost:
    """The service said goodbye as agreed (1000), which we had not asked for."""
    verdict = Verdict(Remedy.STOP, "Say the wake word to go on.")
    return ConnectionLost(f"The voice service ended the conversation. {verdict.sentence}", verdict, 1000)
