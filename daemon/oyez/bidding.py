"""Rows of the table for waking, alone or among other devices that hear the same word. Pure.

Who sleeps and knows of others bids first and answers if nobody is better, or if nobody says anything. Who is busy acts
at once and bids along; hearing afterwards that another one answers, it falls silent.
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.budgets import refuse_spent, tell_spent
from oyez.config import Conversation
from oyez.leaving import Step, make_room, rest
from oyez.phases import open_conversation
from oyez.settling import bid_engaged, report_wake
from oyez.state import Phase, State, at_rest
from oyez.table import STAYS, all_but, row
from oyez.wishes import MUTED

# --- waking ----------------------------------------------------------------------


@row("asleep", ev.WakeHeard, "opening bidding")
def wake(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    if state.muted:
        return state, []
    if not state.rivals or state.spent:
        return answer_wake(state, event, now, c)
    bids = replace(at_rest(state), phase=Phase.BIDDING, deadline_s=now + 2 * c.bid_s, bidding=event)
    return bids, [do.PlaceBid(event.word, event.score, event.snr_db, near_db=event.near_db)]


def answer_wake(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """asleep, and nobody else answers."""
    heard = report_wake(event)
    if state.spent:
        return replace(state, bid_for=""), [heard, *tell_spent(state)]
    after, actions = open_conversation(state, event.phrase_end_s, now, c)
    return after, [heard, *actions]


@row("calling announcing answering playing", ev.WakeHeard, "opening")
def wake_over_announcement(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """A person goes first: the announcement is given up and its sender told. Not if all they get is a refusal."""
    if state.muted:
        return state, []
    if state.spent:
        return state, [report_wake(event)]
    return wake_busy(state, event, now, c)


def wake_busy(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """Neither asleep nor in conversation: what goes on makes room, and the others are told."""
    room, actions = make_room(state)
    room, bid = bid_engaged(room, event)
    after, opening = answer_wake(room, event, now, c)
    return after, [*bid, *actions, *opening]


@row("asleep", ev.ListenAsked, "opening")
def listen_on_order(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    if state.muted:
        return state, [do.CompleteOrder(event.order_id, False, MUTED)]
    if state.spent:
        return refuse_spent(state, event.order_id)
    after, actions = open_conversation(state, now, now, c)
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


@row("opening listening thinking", ev.ListenAsked, STAYS)
def already_listening(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    return state, [do.CompleteOrder(event.order_id, True, "already listening")]


@row("calling announcing answering playing", ev.ListenAsked, STAYS)
def busy_announcing(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    return state, [do.CompleteOrder(event.order_id, False, "an announcement is being made; ask again when it is over")]


# --- bids ----------------------------------------------------------------------


@row(all_but("bidding"), ev.RivalsKnown, STAYS)
def rivals_known(state: State, event: ev.RivalsKnown, now: float, c: Conversation) -> Step:
    return replace(state, rivals=event.any), []


@row("bidding", ev.RivalsKnown, "opening asleep")
def rivals_known_while_bidding(state: State, event: ev.RivalsKnown, now: float, c: Conversation) -> Step:
    """With nobody there to agree with this device answers."""
    known = replace(state, rivals=event.any)
    return (known, []) if event.any else _answer(known, now, c)


@row("bidding", ev.BidWon, "opening asleep")
def bid_won(state: State, event: ev.BidWon, now: float, c: Conversation) -> Step:
    return _answer(state, now, c)


@row("bidding", ev.ListenAsked, "opening asleep")
def listen_while_bidding(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    """Whoever ordered it wants this device."""
    after, actions = _answer(state, now, c)
    opened = after.phase is Phase.OPENING
    return replace(after, bid_for=""), [*actions, do.CompleteOrder(event.order_id, opened, state.spent)]


@row("bidding", ev.DeadlinePassed, "opening asleep")
def nobody_told(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    """Two devices that answer are better than none."""
    return _answer(state, now, c) if state.deadline_s is not None and now >= state.deadline_s else (state, [])


@row("bidding", ev.BidLost, "asleep")
def bid_lost(state: State, event: ev.BidLost, now: float, c: Conversation) -> Step:
    assert state.bidding is not None
    after, actions = rest(state)
    return after, [*actions, do.ReportYield(state.bidding.word, event.to)]


@row("opening listening thinking speaking", ev.BidLost, "asleep")
def outbid(state: State, event: ev.BidLost, now: float, c: Conversation) -> Step:
    """Another device answers after all. Not if nobody here bid, or somebody has taken this very device since."""
    if not state.bid_for or state.held:
        return state, []
    after, actions = rest(state)
    return after, [*actions, do.ReportYield(state.bid_for, event.to)]


def _answer(state: State, now: float, c: Conversation) -> Step:
    """bidding -> opening: from the end of the phrase on, as if there had been no delay."""
    assert state.bidding is not None
    room, _ = make_room(state)
    return answer_wake(replace(room, bid_for=state.bidding.word), state.bidding, now, c)
