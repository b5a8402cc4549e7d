"""Calls over REST: those of WebRTC that we begin, and those of the telephone (SIP) that come to us.

A call's sound never passes here; what runs in it is followed over the sideband socket, `?call_id=` in the address.
Source: reference 1.1; the call id in `Location` is that of the service's guide to server-side controls.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import msgspec

from oyez_realtime.rest import RestError, post, post_json
from oyez_realtime.session_objects import RealtimeSession

DECLINED = 603
"""SIP: nobody here wants this call, and trying elsewhere will not help."""
BUSY = 486
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_TARGET_URI = re.compile(r"(?:tel:\+?[0-9*#().-]{1,64}|sips?:[!-~]{1,256})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    sdp: str
    """The answer to the offer, for the peer connection."""
    call_id: str | None
    """For the sideband socket and the functions below; None when the service did not tell it."""


async def create_call(
    http: httpx.AsyncClient, base_url: str, key: str, sdp: str, session: RealtimeSession | None = None
) -> AnsweredCall:
    """POST {base_url}/realtime/calls: begins a WebRTC call. `key` may be a client secret.

    Raises ValueError for an offer that is none, RestError otherwise.
    """
    if not isinstance(sdp, str) or not sdp.startswith("v=0"):
        raise ValueError("the SDP offer does not begin with v=0; give the peer connection's offer as it is")
    parts: dict[str, tuple[None, str | bytes, str]] = {"sdp": (None, sdp, "application/sdp")}
    if session is not None:
        parts["session"] = (None, msgspec.json.encode(session), "application/json")
    url = f"{base_url.rstrip('/')}/realtime/calls"
    request = http.build_request("POST", url, files=parts, headers={"Accept": "application/sdp"})
    answer = await post(http, request, key)
    if not answer.text.startswith("v=0"):
        message = "The service's answer is no SDP: check that the address is that of a Realtime API."
        raise RestError(answer.status_code, None, message)
    last = answer.headers.get("location", "").partition("?")[0].rstrip("/").rpartition("/")[2]
    return AnsweredCall(answer.text, last if _CALL_ID.fullmatch(last) else None)


async def accept_call(http: httpx.AsyncClient, base_url: str, key: str, call_id: str, session: RealtimeSession) -> None:
    """Answers a ringing telephone call with `session`. Raises ValueError for a malformed id, RestError otherwise."""
    await post_json(http, _url(base_url, call_id, "accept"), key, session)


async def hangup_call(http: httpx.AsyncClient, base_url: str, key: str, call_id: str) -> None:
    """Ends a call of either kind. Raises ValueError for a malformed id, RestError otherwise."""
    await post_json(http, _url(base_url, call_id, "hangup"), key, {})


async def refer_call(http: httpx.AsyncClient, base_url: str, key: str, call_id: str, target_uri: str) -> None:
    """Passes a telephone call on to `target_uri` (`tel:` or `sip:`). Raises ValueError, RestError."""
    body = {"target_uri": check_target_uri(target_uri)}
    await post_json(http, _url(base_url, call_id, "refer"), key, body)


async def reject_call(
    http: httpx.AsyncClient, base_url: str, key: str, call_id: str, status_code: int = DECLINED
) -> None:
    """Refuses a telephone call that rings. `status_code`: SIP, 400 to 699. Raises ValueError, RestError."""
    body = {"status_code": check_status_code(status_code)}
    await post_json(http, _url(base_url, call_id, "reject"), key, body)


def sideband_url(realtime_url: str, call_id: str) -> str:
    """The socket beside a call: `realtime_url` is ws(s)://.../v1/realtime. Raises ValueError for a malformed id."""
    return f"{realtime_url}?{urlencode({'call_id': check_call_id(call_id)})}"


def check_call_id(call_id: str) -> str:
    """As it is. Raises ValueError for what could reach another address of the service."""
    if not isinstance(call_id, str) or not _CALL_ID.fullmatch(call_id):
        raise ValueError("the call id has other characters than letters, digits, '_' and '-', or more than 128")
    return call_id


def check_target_uri(target_uri: str) -> str:
    """As it is. Raises ValueError for what is neither a `tel:` nor a `sip:` (`sips:`) address."""
    if not isinstance(target_uri, str) or not _TARGET_URI.fullmatch(target_uri):
        raise ValueError("the target is no tel: or sip: address, as in tel:+493012345 or sip:desk@example.com")
    return target_uri


def check_status_code(status_code: int) -> int:
    """As it is. Raises ValueError for what says no `no` in SIP (RFC 3261, 21.4 to 21.6)."""
    if not isinstance(status_code, int) or isinstance(status_code, bool) or not 400 <= status_code <= 699:
        raise ValueError(
            f"status_code is {status_code!r}; SIP refuses a call with 400 to 699, e.g. 486 busy, 603 declined"
        )
    return status_code


def _url(base_url: str, call_id: str, order: str) -> str:
    return f"{base_url.rstrip('/')}/realtime/calls/{check_call_id(call_id)}/{order}"
