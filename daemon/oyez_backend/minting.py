"""One ephemeral token from the upstream; whatever goes wrong there becomes a Refusal that a device can act on."""

from dataclasses import dataclass, field

import httpx

from oyez_backend.keys import safety_identifier
from oyez_backend.refusal import Refusal
from oyez_realtime.rest import ClientSecret, RestError, create_client_secret
from oyez_realtime.session_objects import Session

RETRY_S = 2.0
"""For an upstream that is away and names no time: soon, since a person may be waiting."""


@dataclass(frozen=True, slots=True)
class Upstream:
    http: httpx.AsyncClient
    base_url: str
    key: str = field(repr=False)
    token_lifetime_s: int

    async def mint(self, session: Session, device_id: str, lifetime_s: int | None = None) -> ClientSecret:
        """lifetime_s: shorter than the keeper's, when the device wants it so. Raises Refusal."""
        try:
            return await create_client_secret(
                self.http,
                self.base_url,
                self.key,
                session,
                min(lifetime_s or self.token_lifetime_s, self.token_lifetime_s),
                safety_identifier=safety_identifier(device_id),
            )
        except RestError as error:
            raise refusal_of(error, self.key) from None


def refusal_of(error: RestError, key: str) -> Refusal:
    """The device hears who has to act: itself, the backend's keeper, or nobody but time."""
    said = " ".join(error.message.replace(key, "***").split())[:300]
    match error.status:
        case 401 | 403:
            return Refusal(
                502,
                "upstream_key_refused",
                "The backend's own key was refused by the Realtime service: its keeper must put in a valid one.",
            )
        case 429 if error.code == "insufficient_quota":
            return Refusal(
                502,
                "upstream_quota",
                "The account behind the backend has no quota left at the Realtime service: its keeper must add credit.",
            )
        case 429:
            message = "The Realtime service asks the backend to slow down: try again later."
            return Refusal(429, "upstream_rate_limited", message, error.retry_after_s or RETRY_S)
        case status if 400 <= status < 500:
            message = f"The Realtime service refused the session that was asked for: {said}"
            return Refusal(502, "upstream_refused", message)
        case _:
            message = (
                "The Realtime service cannot be reached from the backend, or is out of order: try again in a moment."
            )
            return Refusal(503, "upstream_away", message, error.retry_after_s or RETRY_S)
