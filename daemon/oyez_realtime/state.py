"""Where a session is in its life, as a table."""

from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    CONNECTING = "connecting"
    """The socket is opening, or open and silent: nothing may be sent."""
    CREATED = "created"
    """`session.created` came: the session has the server's defaults."""
    READY = "ready"
    """A `session.updated` came: the session is as we asked."""
    CLOSED = "closed"
    """The socket is gone; there is no way back."""


CLOSING = "the socket closed"

ARCS = MappingProxyType(
    {
        (State.CONNECTING, "session.created"): State.CREATED,
        (State.CREATED, "session.updated"): State.READY,
        (State.CONNECTING, CLOSING): State.CLOSED,
        (State.CREATED, CLOSING): State.CLOSED,
        (State.READY, CLOSING): State.CLOSED,
    }
)
"""What is not listed changes nothing."""


def after(state: State, happening: str) -> State:
    """The state after an event of that wire name, or after CLOSING."""
    return ARCS.get((state, happening), state)
