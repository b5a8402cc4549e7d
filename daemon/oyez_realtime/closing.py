"""How a session ends or stumbles, and what to do about it: one table for close codes, one for error codes."""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from oyez_realtime.responses import ErrorDetail, Response
from oyez_realtime.wire import given


class Remedy(StrEnum):
    IGNORE = "ignore"
    """Nothing is lost: count it."""
    TELL = "tell"
    """The session lives and this request failed: tell the user, do not reconnect."""
    RETRY = "retry"
    """Connect again after a while."""
    NEW_TOKEN = "new_token"
    """Connect again with a fresh token."""
    ROTATE = "rotate"
    """The session's time is up, as planned: open the next one."""
    REFUSED = "refused"
    """It will be refused again until somebody changes the configuration, the account or this program."""
    STOP = "stop"
    """It ended as agreed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    remedy: Remedy
    sentence: str
    """For a person: what happened and what to do."""

    @property
    def ends_session(self) -> bool:
        return self.remedy not in (Remedy.IGNORE, Remedy.TELL)


CLOSE_CODES = MappingProxyType(
    {
        1000: Verdict(Remedy.STOP, "The session was closed normally."),
        1001: Verdict(Remedy.ROTATE, "The server ended the session, as it does after its time limit: open the next."),
        1002: Verdict(Remedy.REFUSED, "The server saw a protocol error: this program or the server has a bug."),
        1003: Verdict(Remedy.REFUSED, "The server refused a kind of frame: this program or the server has a bug."),
        1005: Verdict(Remedy.RETRY, "The connection was closed without a reason: connect again."),
        1006: Verdict(Remedy.RETRY, "The connection broke: check the network; connect again."),
        1007: Verdict(Remedy.REFUSED, "The server could not read our text: this program or the server has a bug."),
        1008: Verdict(Remedy.REFUSED, "The server refuses us by its policy: check the account and its permissions."),
        1009: Verdict(Remedy.RETRY, "A message was too big for the receiver: send smaller pieces; connect again."),
        1011: Verdict(Remedy.RETRY, "The server failed inside: connect again after a while."),
        1012: Verdict(Remedy.RETRY, "The server restarts: connect again after a while."),
        1013: Verdict(Remedy.RETRY, "The server is overloaded: connect again after a while."),
        1015: Verdict(Remedy.RETRY, "The TLS handshake failed: check the clock and the certificate; connect again."),
        3000: Verdict(Remedy.NEW_TOKEN, "The server did not accept the token: get a new one."),
        4000: Verdict(Remedy.REFUSED, "The server refused what we asked for: check model and address."),
    }
)

_MALFORMED = Verdict(Remedy.IGNORE, "The server refused one event and changed nothing.")
_QUOTA = Verdict(Remedy.TELL, "The account's quota or budget is used up: look at the account's billing.")

ERROR_CODES = MappingProxyType(
    {
        "invalid_value": _MALFORMED,
        "invalid_type": _MALFORMED,
        "invalid_json": _MALFORMED,
        "invalid_event": _MALFORMED,
        "unknown_parameter": _MALFORMED,
        "missing_required_parameter": _MALFORMED,
        "integer_below_min_value": _MALFORMED,
        "integer_above_max_value": _MALFORMED,
        "decimal_below_min_value": _MALFORMED,
        "decimal_above_max_value": _MALFORMED,
        "string_above_max_length": _MALFORMED,
        "item_not_found": Verdict(Remedy.IGNORE, "The server does not know that item: it was deleted or never made."),
        "input_audio_buffer_commit_empty": Verdict(Remedy.IGNORE, "Less than 100 ms were spoken: nothing to commit."),
        "conversation_already_has_active_response": Verdict(Remedy.IGNORE, "A response is running: ask after its end."),
        "response_cancel_not_active": Verdict(Remedy.IGNORE, "The response had already ended: nothing to cancel."),
        "cannot_update_voice": Verdict(Remedy.IGNORE, "The voice is fixed once the model has spoken: set it earlier."),
        "rate_limit_exceeded": Verdict(Remedy.TELL, "Too many requests at the moment: ask again after a while."),
        "server_error": Verdict(Remedy.TELL, "The service failed at this request: ask again."),
        "insufficient_quota": _QUOTA,
        "billing_hard_limit_reached": _QUOTA,
        "billing_not_active": _QUOTA,
        "max_output_tokens": Verdict(
            Remedy.TELL, "The answer was cut short by max_output_tokens: raise it, or ask for less."
        ),
        "content_filter": Verdict(Remedy.TELL, "The service withheld the answer: ask in other words."),
        "session_expired": Verdict(Remedy.ROTATE, "The session reached its time limit: open the next."),
        "invalid_api_key": Verdict(Remedy.NEW_TOKEN, "The server did not accept the token: get a new one."),
        "token_expired": Verdict(Remedy.NEW_TOKEN, "The token is too old: get a new one."),
        "missing_model": Verdict(Remedy.REFUSED, "The address names no model: set one in the configuration."),
        "invalid_model": Verdict(Remedy.REFUSED, "The server does not offer that model here: set another."),
        "model_not_found": Verdict(Remedy.REFUSED, "The server does not offer that model: set another."),
        "beta_api_shape_disabled": Verdict(Remedy.REFUSED, "The server no longer speaks the beta: drop its header."),
    }
)


def judge_close(code: int, reason: str = "") -> Verdict:
    """The verdict on a close frame. A reason that ends in a known error code counts for more than the number."""
    by_number = _judge_number(code)
    named = ERROR_CODES.get(reason.rpartition(".")[2])
    return by_number if named is None else closed_after(named, by_number)


def _judge_number(code: int) -> Verdict:
    known = CLOSE_CODES.get(code)
    if known is not None:
        return known
    if 3000 <= code <= 4999:
        return Verdict(Remedy.REFUSED, f"The server closed with its own code {code}: look it up in its manual.")
    return Verdict(Remedy.RETRY, f"The connection was closed with code {code}: connect again.")


def closed_after(error: Verdict, close: Verdict) -> Verdict:
    """The verdict on a session that was closed right after an error. One that ends sessions counts for more than the
    close. One that is told while a session lives, an empty account, is why the service refuses, whatever code it
    closes with: what to do about it stands with the error."""
    if error.ends_session:
        return error
    if error.remedy is Remedy.TELL and close.remedy is Remedy.REFUSED:
        return Verdict(Remedy.REFUSED, error.sentence)
    return close


def judge_error(detail: ErrorDetail) -> Verdict:
    """The verdict on an `error` event: by its code, or by its type where it has no code that we know. Unknown ones are
    ignored: the session stays open unless a close follows."""
    for name in (given(detail.code), given(detail.type)):
        known = ERROR_CODES.get(name or "")
        if known is not None:
            return known
    return _UNKNOWN


def judge_response(response: Response) -> Verdict | None:
    """The verdict on a response that has ended; None when it is as it should be, or was cancelled.

    A failed one never costs the session: what would end it (a token, say) is told by an `error` or a close.
    """
    details = given(response.status_details)
    reason = given(details.reason) if details is not None else None
    if response.status == "incomplete":
        return ERROR_CODES.get(reason or "", _CUT_SHORT)
    if response.status != "failed":
        return None
    detail = given(details.error) if details is not None else None
    verdict = judge_error(detail) if detail is not None else _FAILED
    if verdict is _UNKNOWN:
        return _FAILED
    return verdict if verdict.remedy is Remedy.TELL else Verdict(Remedy.TELL, verdict.sentence)


_CUT_SHORT = Verdict(Remedy.TELL, "The answer was cut short, for a reason that is not in our table: ask again.")
_FAILED = Verdict(Remedy.TELL, "The service failed at this answer: ask again.")
_UNKNOWN = Verdict(Remedy.IGNORE, "The server reported an error that is not in our table; the session stays open.")
