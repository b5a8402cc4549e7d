"""Rows of the table for timers and alarms that have come: they ring until somebody hears them, or long enough. Pure.

While it rings the gate is not told that the device speaks (no ExpectBargeIn): wake and stop words count as in silence,
whatever `hearing.barge_in` says.
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.bidding import listen_on_order, wake_busy
from oyez.config import Conversation
from oyez.leaving import Step, acknowledge, make_room, rest
from oyez.settling import report_wake
from oyez.state import Phase, State
from oyez.table import STAYS, all_but, row
from oyez.talk_button import press
from oyez.wishes import MUTED

# --- they come and go ----------------------------------------------------------------------


@row("asleep", ev.TimerDue, "ringing")
def timer_due(state: State, event: ev.TimerDue, now: float, c: Conversation) -> Step:
    return _due(state, event.timer_id), []


@row("ringing", ev.TimerDue, STAYS)
def another_due(state: State, event: ev.TimerDue, now: float, c: Conversation) -> Step:
    """One ringing for all of them; the last to come has its whole time."""
    if event.timer_id in state.due:
        return state, []
    return replace(_due(state, event.timer_id), deadline_s=now + c.ring_s), []


@row(all_but("asleep", "ringing"), ev.TimerDue, STAYS)
def due_meanwhile(state: State, event: ev.TimerDue, now: float, c: Conversation) -> Step:
    """A sign of it now; it rings when that is over."""
    if event.timer_id in state.due:
        return state, []
    return _due(state, event.timer_id), [do.PlayChime("ring")]


@row("ringing", ev.TimerGone, "asleep")
@row(all_but("ringing"), ev.TimerGone, STAYS)
def timer_gone(state: State, event: ev.TimerGone, now: float, c: Conversation) -> Step:
    left = replace(state, due=tuple(timer_id for timer_id in state.due if timer_id != event.timer_id))
    return rest(left) if state.phase is Phase.RINGING and not left.due else (left, [])


def _due(state: State, timer_id: str) -> State:
    return state if timer_id in state.due else replace(state, due=(*state.due, timer_id))


# --- they were heard, or not ----------------------------------------------------------------------


@row("ringing", ev.DeadlinePassed, "asleep")
def nobody_heard(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    if state.deadline_s is None or now < state.deadline_s:
        return state, []
    return _silence(state, heard=False)


@row("ringing", ev.WakeHeard, "opening asleep")
def wake_over_ring(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """Whoever says it has heard the ringing, and may go on with a request."""
    if state.muted:
        return state, []
    if state.spent:
        after, actions = _silence(state, heard=True)
        return after, [*actions, report_wake(event)]
    silent, actions = _heard(state)
    after, opening = wake_busy(silent, event, now, c)
    return after, [*actions, *opening]


@row("ringing", ev.TalkPressed, "opening asleep")
def press_over_ring(state: State, event: ev.TalkPressed, now: float, c: Conversation) -> Step:
    """Muted or spent the button can still do that."""
    if why := _only_silence(state):
        after, actions = _silence(state, heard=True)
        return after, [*actions, do.CompleteOrder(event.order_id, True, f"the ringing was stopped; {why}")]
    silent, actions = _heard(state)
    after, opening = press(silent, event, now, c)
    return after, [*actions, *opening]


@row("ringing", ev.ListenAsked, "opening asleep")
def listen_over_ring(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    if why := _only_silence(state):
        after, actions = _silence(state, heard=True)
        return after, [*actions, do.CompleteOrder(event.order_id, False, f"the ringing was stopped; {why}")]
    silent, actions = _heard(state)
    after, opening = listen_on_order(silent, event, now, c)
    return after, [*actions, *opening]


def _only_silence(state: State) -> str:
    """Why nothing else can be begun."""
    return MUTED if state.muted else state.spent


def _silence(state: State, *, heard: bool) -> Step:
    """ringing -> asleep."""
    after, actions = rest(replace(state, due=()))
    return after, [*actions, *acknowledge(state, heard=heard)]


def _heard(state: State) -> Step:
    """ringing -> asleep, for a person who goes on."""
    room, actions = make_room(replace(state, due=()))
    return room, [*actions, *acknowledge(state, heard=True)]
