"""Today's way to a token, in the service's own shapes. Pure."""

from typing import Any

import msgspec

from oyez_backend.refusal import Refusal
from oyez_backend.secret_life import Life
from oyez_realtime.rest import ClientSecret
from oyez_realtime.session_objects import Session


class SecretRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    expires_after: Life | None = None
    session: dict[str, Any] | None = None
    """Yet to be checked; its `type` says which kind."""

    @property
    def lifetime_s(self) -> int | None:
        """None: whatever the keeper gives."""
        return self.expires_after.seconds if self.expires_after is not None else None


def read(body: bytes) -> SecretRequest:
    """Raises Refusal 400."""
    try:
        return msgspec.json.decode(body or b"{}", type=SecretRequest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_request", f"The request cannot be understood: {error}.") from None


def answer(secret: ClientSecret, asked: Session) -> dict[str, Any]:
    """`asked` stands in for an effective session that the upstream did not tell."""
    return {"value": secret.value, "expires_at": secret.expires_at, "session": secret.session or asked}
