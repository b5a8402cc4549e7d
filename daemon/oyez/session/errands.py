"""What a session is to be told, as values: orders of the house, and what the next session needs to go on. Pure."""

from dataclasses import dataclass
from typing import TypeAlias

from oyez_realtime import messages as wire


@dataclass(frozen=True, slots=True)
class Create:
    """Put an item into the conversation; after: id of the item before it, None: at the end."""

    item: wire.Item
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    item_id: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One response.create; parameters None: as the session says."""

    parameters: wire.ResponseParameters | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the running response."""


@dataclass(frozen=True, slots=True)
class Heard:
    """So much of an item that this session made was audible in the room."""

    item_id: str
    content_index: int
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Commit:
    """What was sent since the last turn is one."""

    answered: bool = True
    """It wants an answer; else it is only to be written down."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Clear what was sent since the last turn."""


@dataclass(frozen=True, slots=True)
class Configure:
    session: wire.Session


Errand: TypeAlias = Create | Delete | Ask | Cancel | Heard | Commit | Forget | Configure
Outgoing: TypeAlias = bytes | Errand
"""bytes: PCM16 mono little-endian at 24 kHz, to be appended to the input buffer."""
