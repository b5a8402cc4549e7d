"""Rows of the table for what is ordered to be said, asked or played: one queue, in the order of wishes.py. Pure.

A row only puts it in its place: who comes to rest begins what waits (resting.py). What is urgent ends a conversation,
a ringing, and whatever sounds for long and is not urgent itself; a text is never cut by another one.
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.budgets import tell_spent
from oyez.config import Conversation
from oyez.leaving import Step, give_up, rest
from oyez.phases import fail, sleep
from oyez.sounding import announce_next, listen_for_answer, soonest_end_s
from oyez.state import IN_CONVERSATION, Phase, State
from oyez.table import STAYS, all_but, row
from oyez.wishes import MUTED, answer, can_wait, is_urgent, needs_line, objection, refuse_those, waits

URGENT = "something urgent was to be said instead"
LOST = "the loudspeaker was away, so not all of it was heard"

# --- ordered ----------------------------------------------------------------------


@row("asleep", ev.SayAsked, "calling")
@row("asleep", ev.AskAsked, "calling")
@row("asleep", ev.PlayAsked, "playing")
@row("ringing", ev.SayAsked, "asleep")
@row("ringing", ev.AskAsked, "asleep")
@row("ringing", ev.PlayAsked, "asleep")
@row("bidding opening calling playing answering", ev.SayAsked, "asleep")
@row("bidding opening calling playing answering", ev.AskAsked, "asleep")
@row("bidding opening calling playing answering", ev.PlayAsked, "asleep")
@row("announcing", ev.SayAsked, STAYS)
@row("listening thinking speaking", ev.SayAsked, "announcing")
@row("announcing", ev.AskAsked, STAYS)
@row("listening thinking speaking", ev.AskAsked, "announcing")
@row("announcing", ev.PlayAsked, STAYS)
@row("listening thinking speaking", ev.PlayAsked, "asleep")
def ordered(state: State, event: ev.SayAsked | ev.AskAsked | ev.PlayAsked, now: float, c: Conversation) -> Step:
    if why := objection(state, event):
        aloud = tell_spent(state) if state.phase is Phase.ASLEEP and why == state.spent else []
        return state, [*aloud, *answer(event, False, why)]
    queued = waits(state, event)
    return make_way(queued, now, c) if is_urgent(event) else (queued, [])


def make_way(state: State, now: float, c: Conversation) -> Step:
    """For something urgent that waits."""
    if state.phase in IN_CONVERSATION:
        return sleep(state, now, c)
    if state.phase in (Phase.OPENING, Phase.BIDDING, Phase.RINGING):
        return rest(state)
    if state.phase is Phase.CALLING:  # nothing is said yet
        return (state, []) if needs_line(state.waiting[0]) else rest(state)
    long = state.phase in (Phase.PLAYING, Phase.ANSWERING) and not is_urgent(state.waiting[0])
    return give_up(state, URGENT) if long else (state, [])


@row("calling", ev.QuietHours, "asleep")
@row(all_but("calling"), ev.QuietHours, STAYS)
def quiet_hours(state: State, event: ev.QuietHours, now: float, c: Conversation) -> Step:
    """What is being said is said to its end; what waited and can wait is refused."""
    if not event.on:
        return replace(state, quiet=""), []
    quiet = replace(state, quiet=event.sentence or "these are quiet hours")
    left, refused = refuse_those(quiet, quiet.quiet, can_wait)
    after, actions = rest(left) if left.phase is Phase.CALLING and not left.waiting else (left, [])
    return after, [*actions, *refused]


# --- said ----------------------------------------------------------------------


@row("announcing", ev.ReplyEnded, "asleep")
def announcement_ends(state: State, event: ev.ReplyEnded, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    if event.status != "completed":
        return fail(state, "reply_failed", event.sentence or "The service did not say it to its end.")
    return replace(state, reply=None, all_given=True), [do.FinishReply()]


@row("announcing", ev.PlaybackFinished, "answering asleep")
def announcement_was_heard(state: State, event: ev.PlaybackFinished, now: float, c: Conversation) -> Step:
    if not state.all_given:  # of a reply that was cut just before
        return state, []
    first = state.waiting[0]
    if isinstance(first, ev.AskAsked) and event.heard and not state.muted:
        return listen_for_answer(state, now)
    muted = MUTED if isinstance(first, ev.AskAsked) and state.muted else ""
    why = muted or ("" if event.heard else LOST)
    after, actions = announce_next(replace(state, waiting=state.waiting[1:]), now, c)
    return after, [*answer(first, not why, why), *actions]


# --- played ----------------------------------------------------------------------


@row("playing", ev.PlaybackFinished, "asleep")
def sound_was_heard(state: State, event: ev.PlaybackFinished, now: float, c: Conversation) -> Step:
    first = state.waiting[0]
    if event.heard and now < soonest_end_s(state):  # of a reply that was cut just before
        return state, []
    after, actions = rest(replace(state, waiting=state.waiting[1:]), heard=True)
    return after, [*answer(first, event.heard, "" if event.heard else LOST), *actions]


@row("playing", ev.DeadlinePassed, "asleep")
def sound_has_no_end(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    if state.deadline_s is None or now < state.deadline_s:
        return state, []
    return give_up(state, "it was not heard to its end in time")
