"""Rows of the table for money: a warning, a polite end, and no new beginning until the budget is renewed. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.phases import ENDED, Step, refuse_waiting, sleep
from oyez.state import MAX_WAITING, Notice, Phase, State
from oyez.table import ALL, STAYS, row

SPENT, WARNED = "budget_spent", "budget_warned"


@row("asleep", ev.BudgetWarned, STAYS)
def warned(state: State, event: ev.BudgetWarned, now: float, c: Conversation) -> Step:
    return state, [do.Complain(WARNED, event.sentence)]


@row("opening listening thinking speaking calling announcing", ev.BudgetWarned, STAYS)
def warned_meanwhile(state: State, event: ev.BudgetWarned, now: float, c: Conversation) -> Step:
    """Said when the conversation is over; one notice is enough, and a full queue is no place for another."""
    told: list[do.Action] = [do.Complain(WARNED, event.sentence)]
    if state.closing or state.spent or len(state.waiting) >= MAX_WAITING or _notices(state):
        return state, told
    return replace(state, waiting=(*state.waiting, Notice(event.sentence))), told


@row("asleep", ev.BudgetSpent, STAYS)
def spent(state: State, event: ev.BudgetSpent, now: float, c: Conversation) -> Step:
    """Silently: whoever asks for something will hear it. A session's cap is no matter any more."""
    if event.scope == "session":
        return state, []
    return replace(state, spent=event.sentence), [do.Complain(SPENT, event.sentence)]


@row("opening listening thinking speaking", ev.BudgetSpent, "asleep announcing")
def spent_in_conversation(state: State, event: ev.BudgetSpent, now: float, c: Conversation) -> Step:
    """What runs may end: a request that is being said, a reply, its tools. Then it is said, and the device sleeps."""
    others = tuple(text for text in state.waiting if not isinstance(text, Notice))
    closing = replace(state, closing=True, waiting=(Notice(event.sentence), *others))
    actions: list[do.Action] = []
    if event.scope != "session":
        closing = replace(closing, spent=event.sentence, waiting=closing.waiting[:1])
        actions = [do.Complain(SPENT, event.sentence), *refuse_waiting(state, event.sentence)]
    if state.phase is Phase.LISTENING and not state.addressed:
        closing, more = sleep(closing, now, c, ENDED)
        actions += more
    return closing, actions


@row("calling announcing", ev.BudgetSpent, STAYS)
def spent_while_announcing(state: State, event: ev.BudgetSpent, now: float, c: Conversation) -> Step:
    """What is being said is said to its end, and then why nothing else will be."""
    if event.scope == "session":
        return state, []
    first, others = state.waiting[0], replace(state, waiting=state.waiting[1:])
    notice = () if isinstance(first, Notice) else (Notice(event.sentence),)
    actions = [do.Complain(SPENT, event.sentence), *refuse_waiting(others, event.sentence)]
    return replace(state, spent=event.sentence, waiting=(first, *notice)), actions


@row(ALL, ev.BudgetRenewed, STAYS)
def renewed(state: State, event: ev.BudgetRenewed, now: float, c: Conversation) -> Step:
    return replace(state, spent=""), [do.Relieve((SPENT, WARNED))]


def refuse_spent(state: State, order_id: str | None) -> Step:
    """Told by sound, on MQTT, and to who ordered."""
    return state, [
        do.PlayChime("error"),
        do.Complain(SPENT, state.spent),
        do.CompleteOrder(order_id, False, state.spent),
    ]


def _notices(state: State) -> bool:
    return any(isinstance(text, Notice) for text in state.waiting)
