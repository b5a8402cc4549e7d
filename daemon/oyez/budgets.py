"""Rows of the table for money: a warning, a polite end, and no new beginning until the budget is renewed. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import Step, rest
from oyez.phases import sleep
from oyez.state import MAX_WAITING, Notice, Phase, State
from oyez.table import ALL, STAYS, row
from oyez.wishes import needs_line, refuse_those, waits

SPENT, WARNED = "budget_spent", "budget_warned"
SILENT = "asleep bidding playing ringing"
"""Phases in which nobody is told aloud."""


@row(SILENT, ev.BudgetWarned, STAYS)
def warned(state: State, event: ev.BudgetWarned, now: float, c: Conversation) -> Step:
    return state, [do.Complain(WARNED, event.sentence)]


@row("opening listening thinking speaking calling announcing answering", ev.BudgetWarned, STAYS)
def warned_meanwhile(state: State, event: ev.BudgetWarned, now: float, c: Conversation) -> Step:
    """Said when the conversation is over; one notice is enough, and a full queue is no place for another."""
    told: list[do.Action] = [do.Complain(WARNED, event.sentence)]
    if state.closing or state.spent or len(state.waiting) >= MAX_WAITING or _notices(state):
        return state, told
    return waits(state, Notice(event.sentence)), told


@row(SILENT, ev.BudgetSpent, STAYS)
@row("calling", ev.BudgetSpent, "asleep")
def spent(state: State, event: ev.BudgetSpent, now: float, c: Conversation) -> Step:
    """Silently: whoever asks for something will hear it. A session's cap is no matter any more."""
    if event.scope == "session":
        return state, []
    left, refused = refuse_those(replace(state, spent=event.sentence), event.sentence, needs_line)
    after, actions = rest(left) if state.phase is Phase.CALLING else (left, [])
    return after, [do.Complain(SPENT, event.sentence), *actions, *refused]


@row("opening listening thinking speaking", ev.BudgetSpent, "asleep announcing")
def spent_in_conversation(state: State, event: ev.BudgetSpent, now: float, c: Conversation) -> Step:
    """What runs may end: a request that is being said, a reply, its tools. Then it is said, and the device sleeps."""
    others = tuple(wish for wish in state.waiting if not isinstance(wish, Notice))
    closing, actions = replace(state, closing=True, waiting=others), list[do.Action]()
    if event.scope != "session":
        closing, refused = refuse_those(replace(closing, spent=event.sentence), event.sentence, needs_line)
        actions = [do.Complain(SPENT, event.sentence), *refused]
    closing = waits(closing, Notice(event.sentence))
    if state.phase is Phase.LISTENING and not state.addressed:
        closing, more = sleep(closing, now, c)
        actions += more
    return closing, actions


@row("announcing answering", ev.BudgetSpent, STAYS)
def spent_while_announcing(state: State, event: ev.BudgetSpent, now: float, c: Conversation) -> Step:
    """What is being said is said to its end, and then why nothing else will be."""
    if event.scope == "session":
        return state, []
    left, refused = refuse_those(replace(state, spent=event.sentence), event.sentence, needs_line)
    after = left if isinstance(left.waiting[0], Notice) else waits(left, Notice(event.sentence))
    return after, [do.Complain(SPENT, event.sentence), *refused]


@row(ALL, ev.BudgetRenewed, STAYS)
def renewed(state: State, event: ev.BudgetRenewed, now: float, c: Conversation) -> Step:
    return replace(state, spent=""), [do.Relieve((SPENT, WARNED))]


def tell_spent(state: State) -> list[do.Action]:
    """By sound and on MQTT."""
    return [do.PlayChime("error"), do.Complain(SPENT, state.spent)]


def refuse_spent(state: State, order_id: str | None) -> Step:
    """Told by sound, on MQTT, and to who ordered."""
    return state, [*tell_spent(state), do.CompleteOrder(order_id, False, state.spent)]


def _notices(state: State) -> bool:
    return any(isinstance(text, Notice) for text in state.waiting)
