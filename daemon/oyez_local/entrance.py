"""The door: what a connection asks for decides whether it gets a session, and which. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from oyez_local.keys import Keyring, NotAdmitted, bearer
from oyez_local.orders import Refusal
from oyez_local.settings import new_session, new_transcription_session, updated
from oyez_realtime.messages import RealtimeSession, Session, TranscriptionSession, given

CLOSE_NOT_ADMITTED = 3000
CLOSE_REFUSED = 4000
MODEL_FAMILIES = ("gpt-realtime", "gpt-4o-realtime", "gpt-4o-mini-realtime", "oyez-local")
"""Every name of these families gets the one local voice; others are refused, so that a typing error shows."""


class TurnedAway(Exception):
    """Told after the handshake: one `error`, then the close."""

    def __init__(self, close_code: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.close_code, self.code, self.message = close_code, code, message

    @property
    def reason(self) -> str:
        """The close reason, as the live service words it."""
        return f"invalid_request_error.{self.code}" if self.code else "invalid_request_error"


@dataclass(frozen=True, slots=True)
class Visit:
    """A connection as it asks to come in. headers: lower-case names."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    subprotocols: tuple[str, ...] = ()


def admit(visit: Visit, keyring: Keyring, now_s: float, session_id: str, expires_at: int) -> Session:
    """The session to begin with. Raises TurnedAway."""
    if "realtime=v1" in visit.headers.get("openai-beta", ""):
        message = "The Realtime beta API is no longer supported; leave out the OpenAI-Beta header."
        raise TurnedAway(CLOSE_REFUSED, "beta_api_shape_disabled", message)
    try:
        grant = keyring.admit(bearer(visit.headers.get("authorization"), list(visit.subprotocols)), now_s)
    except NotAdmitted as refused:
        raise TurnedAway(CLOSE_NOT_ADMITTED, refused.code, refused.message) from None
    if "call_id" in visit.query:
        raise TurnedAway(CLOSE_REFUSED, "invalid_value", "There are no calls here whose session could be joined.")
    if visit.query.get("intent") == "transcription" or isinstance(grant.session, TranscriptionSession):
        return _transcription(visit, grant.session, session_id, expires_at)
    return _realtime(visit, grant.session, session_id, expires_at)


def _transcription(visit: Visit, granted: Session | None, session_id: str, expires_at: int) -> Session:
    if "model" in visit.query:
        message = (
            "A transcription session takes no model in its address; put it into session.audio.input.transcription."
        )
        raise TurnedAway(CLOSE_REFUSED, "invalid_model", message)
    return _configured(new_transcription_session(session_id, expires_at), granted)


def _realtime(visit: Visit, granted: Session | None, session_id: str, expires_at: int) -> Session:
    stated = given(granted.model) if isinstance(granted, RealtimeSession) else None
    model = visit.query.get("model") or stated
    if not model:
        raise TurnedAway(CLOSE_REFUSED, "missing_model", "You must provide a model parameter.")
    if not model.startswith(MODEL_FAMILIES):
        known = ", ".join(MODEL_FAMILIES)
        message = f"The model '{model}' does not exist here; this server knows the families {known}."
        raise TurnedAway(CLOSE_REFUSED, "invalid_model", message)
    return _configured(new_session(model, session_id, expires_at), granted)


def _configured(session: Session, granted: Session | None) -> Session:
    """A secret's session is where the connection begins; the client may change it like any other."""
    if granted is None or type(granted) is not type(session):
        return session
    if isinstance(granted, RealtimeSession):
        granted = msgspec.structs.replace(granted, model=None)
    try:
        return updated(session, granted, has_spoken=False)
    except Refusal as refusal:
        raise TurnedAway(CLOSE_REFUSED, refusal.code, refusal.message) from None
