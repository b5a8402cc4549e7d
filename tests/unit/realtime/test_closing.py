"""Verdicts on close codes and errors."""

import pytest

from oyez_realtime.closing import CLOSE_CODES, ERROR_CODES, Remedy, judge_close, judge_error
from oyez_realtime.messages import ErrorDetail

REMEDIES = {
    1000: Remedy.STOP,
    1001: Remedy.ROTATE,
    1005: Remedy.RETRY,
    1006: Remedy.RETRY,
    1011: Remedy.RETRY,
    1012: Remedy.RETRY,
    1013: Remedy.RETRY,
    3000: Remedy.NEW_TOKEN,
    4000: Remedy.REFUSED,
}


@pytest.mark.parametrize(("code", "remedy"), REMEDIES.items())
def test_each_close_code_has_its_remedy(code: int, remedy: Remedy) -> None:
    """As the reference says, section 3.1."""
    assert judge_close(code).remedy is remedy


@pytest.mark.parametrize(("code", "remedy"), [(3999, Remedy.REFUSED), (4001, Remedy.REFUSED), (1014, Remedy.RETRY)])
def test_unknown_close_codes_are_judged_by_their_range(code: int, remedy: Remedy) -> None:
    """Application codes are refusals, the rest is the network's."""
    assert judge_close(code).remedy is remedy


def test_a_reason_that_names_an_error_counts_for_more_than_the_number() -> None:
    """`invalid_request_error.invalid_api_key` asks for a token whatever the code."""
    assert judge_close(4000, "invalid_request_error.invalid_api_key").remedy is Remedy.NEW_TOKEN
    assert judge_close(1006, "invalid_request_error.invalid_value").remedy is Remedy.RETRY


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("session_expired", Remedy.ROTATE),
        ("invalid_api_key", Remedy.NEW_TOKEN),
        ("invalid_model", Remedy.REFUSED),
        ("response_cancel_not_active", Remedy.IGNORE),
        ("rate_limit_exceeded", Remedy.TELL),
        ("never_seen", Remedy.IGNORE),
        (None, Remedy.IGNORE),
    ],
)
def test_each_error_has_its_remedy(code: str | None, remedy: Remedy) -> None:
    """Unknown ones leave the session open, as the service does."""
    assert judge_error(ErrorDetail(code=code)).remedy is remedy


def test_every_verdict_is_a_sentence() -> None:
    """A person can read it."""
    for verdict in (*CLOSE_CODES.values(), *ERROR_CODES.values()):
        assert verdict.sentence.endswith(".")
        assert verdict.sentence[0].isupper()
