"""The form of the conversation machine's table: (phase, event) -> a handler and where it may lead. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oyez import events as ev
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.state import Phase, State

Handler = Callable[[State, Any, float, Conversation], Step]


@dataclass(frozen=True, slots=True)
class Row:
    handle: Handler
    leads_to: frozenset[Phase]


TABLE: dict[tuple[Phase, type[ev.Event]], Row] = {}

ALL = " ".join(phase.value for phase in Phase)
STAYS = ""


def all_but(*names: str) -> str:
    """The names of all other phases."""
    return " ".join(phase.value for phase in Phase if phase.value not in names)


AWAKE = all_but("asleep")


def row(phases: str, event: type[ev.Event], leads_to: str) -> Callable[[Handler], Handler]:
    """Enters a handler for an event in each of the named phases. Staying in the phase is always a way."""

    def enter(handle: Handler) -> Handler:
        for name in phases.split():
            key = (Phase(name), event)
            assert key not in TABLE, f"two rows for {key}"
            TABLE[key] = Row(handle, frozenset(Phase(target) for target in f"{leads_to} {name}".split()))
        return handle

    return enter
