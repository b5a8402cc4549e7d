"""Rows of the table for the talk button: what is said while it is held is one turn, whoever takes the others. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.budgets import refuse_spent
from oyez.config import Conversation
from oyez.leaving import Step, make_room
from oyez.phases import (
    listen,
    listening_until,
    open_conversation,
    sleep,
    take_turns,
    think,
)
from oyez.state import Phase, State, Talk
from oyez.table import STAYS, all_but, row
from oyez.wishes import MUTED

SHORTEST_S = 0.2
"""A shorter press is none: the service wants 100 ms of sound, and the last of it is on its way at the release."""
TOO_SHORT = f"the talk button was held for less than {SHORTEST_S:g} s: hold it for as long as you speak"


@row("asleep", ev.TalkPressed, "opening")
def press(state: State, event: ev.TalkPressed, now: float, c: Conversation) -> Step:
    """No chime: who holds the button speaks at once."""
    if state.muted:
        return state, [do.PlayChime("error"), do.CompleteOrder(event.order_id, False, MUTED)]
    if state.spent:
        return refuse_spent(state, event.order_id)
    since_s = _since_s(event, now)
    after, actions = open_conversation(state, since_s, now, c, Talk(since_s, woke=True))
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


@row("calling announcing answering playing bidding", ev.TalkPressed, "opening")
def press_over_announcement(state: State, event: ev.TalkPressed, now: float, c: Conversation) -> Step:
    """A person goes first, unless their request would be refused."""
    if state.muted:
        return state, [do.PlayChime("error"), do.CompleteOrder(event.order_id, False, MUTED)]
    if state.spent:
        return state, [do.CompleteOrder(event.order_id, False, state.spent)]
    room, given_up = make_room(state)
    after, actions = press(room, event, now, c)
    return after, [*given_up, *actions]


@row("opening", ev.TalkPressed, STAYS)
def press_while_opening(state: State, event: ev.TalkPressed, now: float, c: Conversation) -> Step:
    """What was said since the wake word belongs to the request."""
    if state.held:
        return state, [_already(event)]
    talk = Talk(_since_s(event, now))
    taken = replace(state, talk=talk, chime_at_s=None, talking=False, answer_due=False, bid_for="")
    return taken, [*take_turns(state), do.CompleteOrder(event.order_id, True)]


@row("listening thinking speaking", ev.TalkPressed, "listening")
def press_in_conversation(state: State, event: ev.TalkPressed, now: float, c: Conversation) -> Step:
    """A new request: what is said or about to be said is not wanted, nor what was sent before; but of who speaks
    already no word is lost."""
    if state.held:
        return state, [_already(event)]
    if state.closing:
        return state, [do.CompleteOrder(event.order_id, False, state.spent or "the conversation is ending")]
    cut: list[do.Action] = [do.CutReply()] if state.phase is Phase.SPEAKING or state.reply is not None else []
    cancel: list[do.Action] = [do.CancelReply()] if state.reply is not None else []
    forget: list[do.Action] = [] if state.talking or state.phase is Phase.SPEAKING else [do.ForgetTurn()]
    pressed = replace(
        state.spoken_to(),
        talk=Talk(_since_s(event, now)),
        ends_s=now + c.max_conversation_s,
        chime_at_s=None,
        talking=False,
        follow_ups=0,
        bid_for="",
    )
    after, actions = listening_until(pressed, now + c.utterance_s)
    taken = [*cut, *cancel, *take_turns(state), *forget, *actions]
    return after, [*taken, do.CompleteOrder(event.order_id, True)]


@row("opening", ev.TalkReleased, "asleep")
def release_while_opening(state: State, event: ev.TalkReleased, now: float, c: Conversation) -> Step:
    """The line keeps the order behind the sound that it belongs to."""
    if state.talk is None or not state.held:
        return state, [_not_held(event)]
    if now - state.talk.pressed_s >= SHORTEST_S:
        released = replace(state.turn_ended(now), talk=replace(state.talk, held=False))
        return released, [do.CommitTurn(now), do.CompleteOrder(event.order_id, True)]
    refused = do.CompleteOrder(event.order_id, False, TOO_SHORT)
    if state.talk.woke:
        after, actions = sleep(state, now, c)
        return after, [*actions, refused]
    back: list[do.Action] = [do.TakeTurns("service")] if state.turns == "service" else []
    return replace(state, talk=None), [*back, refused]


@row("listening", ev.TalkReleased, "thinking asleep announcing")
def release(state: State, event: ev.TalkReleased, now: float, c: Conversation) -> Step:
    if state.talk is None or not state.held:
        return state, [_not_held(event)]
    released = replace(state, talk=replace(state.talk, held=False))
    if now - state.talk.pressed_s >= SHORTEST_S:
        after, actions = think(released.turn_ended(now), now, c)
        return after, [*actions, do.CommitTurn(now), do.CompleteOrder(event.order_id, True)]
    after, actions = sleep(released, now, c) if state.talk.woke else listen(released, now, c)
    forget = do.ForgetTurn()
    others = [action for action in actions if action != forget]
    return after, [forget, *others, do.CompleteOrder(event.order_id, False, TOO_SHORT)]


@row(all_but("opening", "listening"), ev.TalkReleased, STAYS)
def release_of_nothing(state: State, event: ev.TalkReleased, now: float, c: Conversation) -> Step:
    return state, [_not_held(event)]


def _since_s(event: ev.TalkPressed, now: float) -> float:
    return now if event.since_s is None else min(now, event.since_s)


def _already(event: ev.TalkPressed) -> do.Action:
    return do.CompleteOrder(event.order_id, True, "the talk button is held already")


def _not_held(event: ev.TalkReleased) -> do.Action:
    return do.CompleteOrder(event.order_id, False, "the talk button was not held: nothing was being recorded")
