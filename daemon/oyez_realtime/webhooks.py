"""Webhooks of the Realtime service: is this delivery genuine and new, and what does it say. Pure; time is an argument.

The scheme is that of Standard Webhooks: HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}` with the key that is
base64 behind `whsec_`; `webhook-signature` holds one or more `v1,base64`, parted by blanks (several while a secret is
being replaced). A delivery that is tried again keeps its id and gets a new timestamp.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import msgspec

TOLERANCE_S = 300
"""Between the sender's clock and ours, either way."""
SIGNATURES_MAX = 16
_ID = re.compile(r"[!-~]{1,256}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
Reason: TypeAlias = Literal["unsigned", "stale", "forged", "replayed"]


class WebhookRefused(Exception):
    """Not to be acted upon; `reason` for machines, the message for people. Tells neither secret nor body."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SigningSecret:
    key: bytes = field(repr=False)


def signing_secret(text: str) -> SigningSecret:
    """Of `whsec_` and base64, as the service's console shows it. Raises ValueError, which never holds the secret."""
    text = text.strip()
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith("whsec_") or len(key) < 16:
        raise ValueError("the webhook secret is not `whsec_` and at least 16 bytes in base64: copy it again, whole")
    return SigningSecret(key)


class SeenIds:
    """Ids of the deliveries that were taken; the oldest are forgotten past `limit`. Only genuine ones get in here."""

    def __init__(self, limit: int = 4096) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._limit = limit

    def take(self, webhook_id: str) -> bool:
        """False: it was taken before."""
        if webhook_id in self._ids:
            return False
        self._ids[webhook_id] = None
        if len(self._ids) > self._limit:
            self._ids.popitem(last=False)
        return True

    def __len__(self) -> int:
        return len(self._ids)


def sign(secret: SigningSecret, webhook_id: str, timestamp: str, body: bytes) -> str:
    """The `v1,base64` of a delivery; `timestamp` is the header's text, unix seconds."""
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret.key, signed, hashlib.sha256)).decode()


def verify(
    headers: Mapping[str, str], body: bytes, secret: SigningSecret, now: float, seen: SeenIds | None = None
) -> str:
    """The id of a genuine delivery. `now`: unix seconds. `body`: as it came, byte for byte. `seen`: refuses replays.

    Raises WebhookRefused; then nothing was remembered.
    """
    given = {name.lower(): value for name, value in headers.items() if name.lower().startswith("webhook-")}
    webhook_id, timestamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    signatures = given.get("webhook-signature", "").split()[:SIGNATURES_MAX]
    if not _ID.fullmatch(webhook_id) or not _TIMESTAMP.fullmatch(timestamp) or not signatures:
        message = (
            "The request is not signed: webhook-id, webhook-timestamp or webhook-signature is absent or malformed."
        )
        raise WebhookRefused("unsigned", message)
    if abs(now - int(timestamp)) > TOLERANCE_S:
        message = (
            "The request was signed more than five minutes from now: check the clocks; an old one is not acted upon."
        )
        raise WebhookRefused("stale", message)
    # The text as it came, not the number read from it: `007` is not `7` to whoever signed.
    expected = sign(secret, webhook_id, timestamp, body)
    # All are compared, each in constant time: how long it took tells nobody how near they came.
    if not sum(hmac.compare_digest(expected.encode(), signature.encode()) for signature in signatures):
        message = (
            "The request's signature is not that of our secret: it is forged, altered, or the secret was replaced."
        )
        raise WebhookRefused("forged", message)
    if seen is not None and not seen.take(webhook_id):
        raise WebhookRefused("replayed", "This delivery was taken before: it is not acted upon twice.")
    return webhook_id


class SipHeader(msgspec.Struct, frozen=True):
    name: str
    value: str
    """Of a person: a number, a name."""

    def __repr__(self) -> str:
        return f"SipHeader(name={self.name!r})"


class _Data(msgspec.Struct, frozen=True):
    call_id: str
    sip_headers: list[SipHeader] = []
    sip_media_security: str | None = None


class _Event(msgspec.Struct, frozen=True):
    type: str
    id: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """`realtime.call.incoming`: a telephone rings. What the SIP headers say is the caller's word, not a proof."""

    event_id: str
    call_id: str
    sip_headers: tuple[SipHeader, ...]
    """Of the INVITE, in order, names repeated where it repeated them."""
    sip_media_security: str | None = None
    """`rtp`, `srtp`, or whatever comes later; None: not told."""

    def header(self, *names: str) -> list[str]:
        """Values of the headers with one of these names, whatever their case."""
        wanted = {name.lower() for name in names}
        return [header.value for header in self.sip_headers if header.name.lower() in wanted]


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """Something else that the account's webhook is subscribed to."""

    event_id: str
    type: str


def parse_event(body: bytes) -> IncomingCall | OtherEvent:
    """Of a delivery that was verified. Raises ValueError for what is no event; unknown fields are ignored."""
    try:
        event = msgspec.json.decode(body, type=_Event)
        if event.type != "realtime.call.incoming":
            return OtherEvent(event.id, event.type)
        data = msgspec.json.decode(event.data, type=_Data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"the webhook's body is no event of the service: {error}") from None
    return IncomingCall(event.id, data.call_id, tuple(data.sip_headers), data.sip_media_security)
