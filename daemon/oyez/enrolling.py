"""Rows of the table for a wake phrase of one's own: asked for, recorded three times, learned or given up. Pure.

It goes on while the device sleeps: the line stays closed and the tap too. Whatever else begins ends it (given_up).
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.actions import Action
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.state import Phase, State
from oyez.table import AWAKE, STAYS, row

OTHERWISE = "the device was used for something else before the phrase was learned; begin again"


@row("asleep", ev.EnrolAsked, STAYS)
def enrol(state: State, event: ev.EnrolAsked, now: float, c: Conversation) -> Step:
    """The chime asks for the first recording."""
    if state.muted:
        return state, [do.CompleteOrder(event.order_id, False, "the microphone is muted; unmute it first")]
    if state.enrolling is not None:
        why = f"{state.enrolling.name} is being learned; stop that, or wait until it is done"
        return state, [do.CompleteOrder(event.order_id, False, why)]
    begin = do.BeginEnrolment(event.name, event.order_id)
    return replace(state, enrolling=event), [do.PlayChime("wake"), begin]


@row(AWAKE, ev.EnrolAsked, STAYS)
def enrol_later(state: State, event: ev.EnrolAsked, now: float, c: Conversation) -> Step:
    return state, [
        do.CompleteOrder(event.order_id, False, "the device is used for something else; ask again when that is over")
    ]


@row("asleep", ev.EnrolmentHeard, STAYS)
def recorded(state: State, event: ev.EnrolmentHeard, now: float, c: Conversation) -> Step:
    """Taken or refused; each further one is asked for by a chime. After the last it is quiet until it is learned."""
    if not _ours(state, event.name):
        return state, []
    report = do.ReportEnrolment(event.name, event.taken, event.wanted, event.why)
    if event.why:
        return state, [report, do.PlayChime("error")]
    return state, [report, *([do.PlayChime("wake")] if event.taken < event.wanted else [])]


@row("asleep", ev.EnrolmentEnded, STAYS)
def enrolled(state: State, event: ev.EnrolmentEnded, now: float, c: Conversation) -> Step:
    if not _ours(state, event.name):
        return state, []
    chime = do.PlayChime("done" if event.ok else "error")
    order_id = state.enrolling.order_id if state.enrolling else None
    return replace(state, enrolling=None), [chime, do.CompleteOrder(order_id, event.ok, event.sentence)]


def given_up(before: State, event: ev.Event, after: State) -> Step:
    """What a step also means for the phrase that was being learned: awake or muted, nobody records for it."""
    asked = before.enrolling
    if (
        asked is None
        or isinstance(event, ev.EnrolmentEnded)
        or (after.enrolling is asked and after.phase is Phase.ASLEEP and not after.muted)
    ):
        return after, []
    actions: list[Action] = [do.EndEnrolment(), do.CompleteOrder(asked.order_id, False, OTHERWISE)]
    return replace(after, enrolling=None), actions


def _ours(state: State, name: str) -> bool:
    return state.enrolling is not None and state.enrolling.name == name
