"""The two older ways to a token, as they were: a flat session in, a flat session with the token inside it out. Pure."""

from dataclasses import dataclass
from typing import Any

import msgspec

from oyez_backend.refusal import Refusal
from oyez_backend.secret_life import Life
from oyez_realtime.older import LIFE_FIELDS, OBJECTS, Kind, flat_session, kind_of, nested_session
from oyez_realtime.rest import ClientSecret
from oyez_realtime.session_objects import Session


@dataclass(frozen=True, slots=True)
class OlderWish:
    session: dict[str, Any]
    """In today's spelling, yet to be checked."""
    lifetime_s: int | None
    """None: whatever the keeper gives."""


def read(body: bytes, kind: Kind) -> OlderWish:
    """Raises Refusal 400. `temperature` is taken and left out: today's sessions have none."""
    try:
        flat = msgspec.json.decode(body or b"{}", type=dict[str, Any])
        secret = msgspec.convert(flat.get("client_secret") or {}, dict[str, Life])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_request", f"The request cannot be understood: {error}.") from None
    stranger = next((name for name in secret if name not in LIFE_FIELDS.values()), None)
    if stranger is not None:
        message = f"The request cannot be understood: client_secret has no field `{stranger}`."
        raise Refusal(400, "invalid_request", message)
    lives = [life.seconds for life in secret.values() if life.seconds is not None]
    return OlderWish(nested_session(flat, kind), min(lives, default=None))


def answer(secret: ClientSecret, asked: Session) -> dict[str, Any]:
    """The older response. `asked` stands in for an effective session that the upstream did not tell."""
    session = secret.session or asked
    kind = kind_of(session)
    token = {"value": secret.value, "expires_at": secret.expires_at}
    return {**flat_session(session), "object": OBJECTS[kind], "client_secret": token}
