"""Verdicts on close codes, errors and failed responses."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from oyez_realtime.closing import (
    CLOSE_CODES,
    ERROR_CODES,
    Remedy,
    Verdict,
    closed_after,
    judge_close,
    judge_error,
    judge_response,
)
from oyez_realtime.messages import ErrorDetail, Response, StatusDetails

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT.parent / "shared" / "reference" / "realtime.md"

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


def test_an_empty_account_is_told_as_such_when_the_service_closes_with_a_refusal() -> None:
    """What to do stands with the error; a close that may be tried again stays one."""
    refused = judge_close(4000, "invalid_request_error.insufficient_quota")
    assert refused == Verdict(Remedy.REFUSED, ERROR_CODES["insufficient_quota"].sentence)
    assert judge_close(1011, "invalid_request_error.server_error") is CLOSE_CODES[1011]
    assert closed_after(ERROR_CODES["session_expired"], CLOSE_CODES[1000]) is ERROR_CODES["session_expired"]
    assert closed_after(ERROR_CODES["invalid_value"], CLOSE_CODES[4000]) is CLOSE_CODES[4000]


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


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("rate_limit_exceeded", Remedy.TELL),
        ("insufficient_quota", Remedy.TELL),
        ("billing_hard_limit_reached", Remedy.TELL),
        ("server_error", Remedy.TELL),
        ("session_expired", Remedy.TELL),
        ("never_seen", Remedy.TELL),
    ],
)
def test_a_failed_response_is_told_and_never_costs_the_session(code: str, remedy: Remedy) -> None:
    """Quota, billing and rate come inside response.done; reconnecting would not help."""
    details = StatusDetails(type="failed", error=ErrorDetail(code=code))
    verdict = judge_response(Response(id="r", status="failed", status_details=details))
    assert verdict is not None
    assert verdict.remedy is remedy
    assert not verdict.ends_session


def test_a_response_that_was_cut_short_is_told_with_its_reason_and_the_others_are_as_they_should_be() -> None:
    """A limit and a filter differ; a cancelled or completed response is nobody's trouble."""

    def judged(status: Any, reason: str | None = None) -> str | None:
        verdict = judge_response(Response(id="r", status=status, status_details=StatusDetails(reason=reason)))
        return verdict and verdict.sentence

    assert "max_output_tokens" in str(judged("incomplete", "max_output_tokens"))
    assert "withheld" in str(judged("incomplete", "content_filter"))
    assert judged("incomplete", "new_reason") is not None
    assert judge_response(Response(id="r", status="failed")) is not None
    assert judged("completed") is judged("cancelled", "turn_detected") is None


def test_an_error_without_a_code_is_judged_by_its_type() -> None:
    """The service leaves the code null now and then."""
    assert judge_error(ErrorDetail(type="server_error", code=None)).remedy is Remedy.TELL
    assert judge_error(ErrorDetail(type="insufficient_quota", code="of_its_own")).remedy is Remedy.TELL


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the reference is not beside the repository")
def test_every_code_of_the_reference_has_its_verdict() -> None:
    """Section 1.7's table of errors and section 3.1's close codes; what is fatal there ends the session here."""
    text = REFERENCE.read_text()
    table = text[text.index("**Error object**") : text.index("Rate limits: `rate_limits.updated")]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| `")]
    judged = 0
    for _, names, _, fatal, *_ in rows:
        for code in re.findall(r"`([a-z_]+)`(?!-like)", names):
            if code == "ek_":
                continue  # a token's prefix: "expired `ek_`", whose code is not verified
            assert code in ERROR_CODES, code
            assert ERROR_CODES[code].ends_session is ("yes" in fatal), code
            judged += 1
    assert judged >= 16
    assert {1000, 1001, 1005, 1006, 1011, 1012, 1013, 3000, 4000} <= set(CLOSE_CODES)


def test_the_page_shows_the_table_of_today() -> None:
    """`python docs/make_realtime_tables.py` writes it."""
    spec = importlib.util.spec_from_file_location("make_realtime_tables", ROOT / "docs" / "make_realtime_tables.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (ROOT / "docs" / "realtime.md").read_text()
    assert script.filled(page) == page
