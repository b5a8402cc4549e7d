"""A failed request is told by what a person can do about it."""

import ssl

import httpx
import pytest

from oyez_system.updates.net_words import of_error, of_status


def tls(code: int, message: str) -> httpx.ConnectError:
    """As httpx raises it: around what the TLS library says."""
    cause = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] {message}")
    cause.verify_code, cause.verify_message = code, message
    error = httpx.ConnectError(message)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (tls(9, "certificate is not yet valid"), "clock"),
        (tls(10, "certificate has expired"), "clock"),
        (tls(18, "self-signed certificate"), "certificate"),
        (tls(62, "Hostname mismatch"), "certificate"),
        (httpx.ConnectError("[Errno 111] Connection refused"), "server_away"),
        (httpx.ConnectTimeout("timed out"), "server_away"),
        (httpx.RemoteProtocolError("peer closed connection"), "server_away"),
        (httpx.TooManyRedirects("too many"), "no_release"),
    ],
)
def test_each_error_is_sorted_by_who_must_act(error: httpx.HTTPError, kind: str) -> None:
    assert of_error(error, "updates.example.org", "1970-01-01 00:04").kind == kind


def test_a_wrong_clock_is_named_with_what_it_shows() -> None:
    said = str(of_error(tls(9, "certificate is not yet valid"), "updates.example.org", "1970-01-01 00:04"))
    assert "1970-01-01 00:04" in said
    assert "the clock is wrong" in said


@pytest.mark.parametrize(("status", "kind"), [(404, "not_found"), (403, "not_found"), (503, "server_away")])
def test_each_answer_is_sorted_likewise(status: int, kind: str) -> None:
    trouble = of_status(status, "https://x/b", "x")
    assert trouble is not None
    assert trouble.kind == kind


@pytest.mark.parametrize("status", [200, 206, 416])
def test_what_can_be_used_is_no_trouble(status: int) -> None:
    assert of_status(status, "https://x/b", "x") is None
