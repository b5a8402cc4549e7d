"""What a device gets when it asks for a session: the keeper's defaults, the device's wishes over them. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from oyez_realtime.session_objects import Session
from oyez_realtime.surplus import unknown_paths

CLOCK_TOLERANCE_S = 5.0


def merged(defaults: Mapping[str, Any], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; everything else (lists too) is replaced by the wish."""
    session = dict(defaults)
    for key, wish in wishes.items():
        default = session.get(key)
        session[key] = merged(default, wish) if isinstance(default, Mapping) and isinstance(wish, Mapping) else wish
    return session


def understood(session: Mapping[str, Any]) -> Session:
    """The typed session. Raises ValueError with a sentence that names the field; nothing is dropped silently."""
    try:
        typed: Session = msgspec.convert(session, Session)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ValueError(f"{error}") from None
    stranger = next(unknown_paths(typed, session), None)
    if stranger is not None:
        raise ValueError(f"a session has no field `{stranger}`")
    return typed


def issued_at(expires_at: float, asked_life_s: float, asked_at: float) -> float:
    """The moment that makes `expires_at - issued_at` the token's true life.

    `expires_at` is by the upstream's clock and `asked_at` (just before the request) by ours. While the two clocks agree
    that is `asked_at`; where they do not, the life that was asked for is the better witness.
    """
    life_s = expires_at - asked_at
    if asked_life_s / 2 <= life_s <= asked_life_s + CLOCK_TOLERANCE_S:
        return asked_at
    return expires_at - asked_life_s
