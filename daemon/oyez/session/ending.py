"""Why a session could not be opened or was lost, for a person. Pure."""

from dataclasses import replace

from oyez.events import SessionLost
from oyez.secret import mask
from oyez.session.token import BackendAway, TokenRefused
from oyez_realtime import messages as wire
from oyez_realtime.closing import Remedy, Verdict, judge_error
from oyez_realtime.errors import ConnectionLost, RealtimeError, SessionRefused, UpdateRefused

EXPECTED = (BackendAway, TokenRefused, RealtimeError, OSError, TimeoutError)
"""What networks and services do to us; anything else is a bug of ours and ends the process."""

REFUSALS = (Remedy.REFUSED, Remedy.NEW_TOKEN)
MEANS = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "rate_limit_exceeded")
"""Error codes of a session that is open and will answer nobody for a while."""


class OutOfMeans(RealtimeError):
    """The session lives, and the service will not answer in it."""


def out_of_means(event: wire.ServerEvent) -> OutOfMeans | None:
    """Whether a reply, or a wish for one, failed because a quota or a limit is used up."""
    match event:
        case wire.ErrorEvent(error=error):
            detail: wire.ErrorDetail | None = error
        case wire.ResponseDone(response=wire.Response(status="failed", status_details=details)):
            told = wire.given(details)
            detail = wire.given(told.error) if told is not None else None
        case _:
            return None
    if detail is None or wire.given(detail.code) not in MEANS:
        return None
    verdict = judge_error(detail)
    return OutOfMeans(f"{wire.given(detail.message) or ''} {verdict.sentence}".strip(), verdict)


def lost(error: BaseException) -> SessionLost:
    """error: one of EXPECTED, or a group of them of which the first counts. A service may quote what it refuses: no
    secret of it is told on."""
    told = _lost(first_of(error))
    return replace(told, sentence=mask(told.sentence))


def _lost(error: BaseException) -> SessionLost:
    match error:
        case TokenRefused():
            return SessionLost("token_refused", str(error))
        case BackendAway():
            return SessionLost("backend_away", str(error), error.retry_after_s)
        case SessionRefused() | UpdateRefused() | OutOfMeans():
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


def first_of(error: BaseException) -> BaseException:
    """A group of EXPECTED counts as its first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def is_worth_another_try(error: BaseException, owed: bool) -> bool:
    """Whether connecting again may help. owed: the service has not finished what it was asked for; a session that it
    then closes as if all were said is no good end."""
    match error:
        case TokenRefused() | UpdateRefused():
            return False
        case RealtimeError(verdict=verdict):
            again = (Remedy.RETRY, Remedy.ROTATE, Remedy.NEW_TOKEN)
            return verdict.remedy in again or (verdict.remedy is Remedy.STOP and owed)
        case _:
            return isinstance(error, EXPECTED)


def gave_up(error: BaseException, tried_s: float) -> SessionLost:
    """A line that broke in mid-conversation and could not be mended."""
    told = lost(error)
    sentence = (
        f"The line broke in mid-conversation and could not be mended within {tried_s:g} s. {told.sentence} "
        "Say the wake word to begin again."
    )
    return SessionLost(told.reason, sentence, told.retry_after_s)


def ended_by_service() -> ConnectionLost:
    """The service said goodbye as agreed (1000), which we had not asked for."""
    verdict = Verdict(Remedy.STOP, "Say the wake word to go on.")
    return ConnectionLost(f"The voice service ended the conversation. {verdict.sentence}", verdict, 1000)
