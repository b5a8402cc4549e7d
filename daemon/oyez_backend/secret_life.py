"""How long a device wants its token to live, as the Realtime API spells that."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from oyez_realtime.rest import EXPIRES_AFTER_MAX_S, EXPIRES_AFTER_MIN_S


class Life(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: Annotated[int, Meta(ge=EXPIRES_AFTER_MIN_S, le=EXPIRES_AFTER_MAX_S)] | None = None
    anchor: Literal["created_at"] = "created_at"
