"""The conversation machine: one table of (phase, event) -> what happens and where it may lead.

Pure: `step(state, event, now, settings)` returns the next state and the orders to the organs; it waits for nothing.
An event without a row changes nothing. What it knows stands in state.py, what each phase promises in phases.py, what
comes when nothing is being said in settling.py, what a sleeping device has yet to do in resting.py; the rows in the
files that are imported here. The diagram in docs/conversation.md is made from the table.
"""

from oyez import (
    announcing,
    approvals,
    asking,
    bidding,
    budgets,
    deadlines,
    enrolling,
    hearing_settings,
    mute_switch,
    muting,
    orders,
    resting,
    ringing,
    talk_button,
    tool_calls,
    turns,
    words,
)
from oyez.config import Conversation
from oyez.events import Event
from oyez.leaving import Step
from oyez.state import State
from oyez.table import TABLE

__all__ = [
    "TABLE",
    "announcing",
    "approvals",
    "asking",
    "bidding",
    "budgets",
    "deadlines",
    "enrolling",
    "hearing_settings",
    "mute_switch",
    "muting",
    "orders",
    "ringing",
    "step",
    "talk_button",
    "tool_calls",
    "turns",
    "words",
]


def step(state: State, event: Event, now: float, settings: Conversation) -> Step:
    """What an event means in this state. now: monotonic seconds."""
    entry = TABLE.get((state.phase, type(event)))
    after, actions = entry.handle(state, event, now, settings) if entry else (state, [])
    after, muted = muting.muted(state, after)
    after, begun = resting.go_on(after, now, settings)
    after, given_up = enrolling.given_up(state, event, after)
    return after, [*given_up, *actions, *muted, *begun]
