"""The conversation machine: one table of (phase, event) -> what happens and where it may lead.

Pure: `step(state, event, now, settings)` returns the next state and the orders to the organs; it waits for nothing.
An event without a row changes nothing. What each phase promises stands in phases.py, the rows in turns.py, orders.py;
the diagram in docs/conversation.md is made from the table.
"""

from oyez import orders, turns
from oyez.config import Conversation
from oyez.events import Event
from oyez.phases import State, Step
from oyez.table import TABLE

__all__ = ["TABLE", "orders", "step", "turns"]


def step(state: State, event: Event, now: float, settings: Conversation) -> Step:
    """What an event means in this state. now: monotonic seconds."""
    entry = TABLE.get((state.phase, type(event)))
    return entry.handle(state, event, now, settings) if entry else (state, [])
