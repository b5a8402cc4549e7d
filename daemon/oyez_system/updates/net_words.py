"""What a failed request means. Pure: it only reads errors and answers."""

import ssl
from collections.abc import Iterator

import httpx

from oyez_system.updates import refusal
from oyez_system.updates.refusal import Refused

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that another try may better."""
_CLOCK = frozenset({9, 10})
"""OpenSSL: the certificate is not yet valid, has expired."""


def of_error(error: httpx.HTTPError, host: str, shown: str) -> Refused:
    """shown: what this device believes the time is."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            if cause.verify_code in _CLOCK:
                return refusal.clock_wrong(host, shown)
            return refusal.certificate(host, cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            return refusal.certificate(host, cause.reason or "no common TLS")
    if isinstance(error, httpx.TooManyRedirects | httpx.UnsupportedProtocol):
        return refusal.no_release(host, "it sends from one address to the next")
    return refusal.server_away(host, _short(error))


def of_status(status: int, url: str, host: str) -> Refused | None:
    """None: an answer that can be used."""
    if status in (200, 206, 416):
        return None
    if status in AGAIN:
        return refusal.server_away(host, f"it answers {status}")
    return refusal.not_found(url, status)


def _short(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it does not answer"
    return str(error).strip().rstrip(".")[:200] or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
