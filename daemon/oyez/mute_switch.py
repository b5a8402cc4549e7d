"""Rows of the table for the mute switch on the device, which wins over all that is set elsewhere. Pure."""

from dataclasses import replace

from oyez import events as ev
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.state import State
from oyez.table import STAYS, TABLE, row


@row("asleep calling announcing playing ringing", ev.MuteSwitched, STAYS)
def switch_at_rest(state: State, event: ev.MuteSwitched, now: float, c: Conversation) -> Step:
    """Moved back, the microphone is again as the household has set it."""
    if event.on == state.switched:
        return state, []
    if event.on:
        after, actions = _mute(state, True, now, c)
        return replace(after, switched=True, muted_beneath=state.muted), actions
    freed = replace(state, switched=False, muted_beneath=False)
    return (freed, []) if state.muted_beneath else _mute(freed, False, now, c)


@row("opening listening thinking speaking answering bidding", ev.MuteSwitched, "asleep")
def switch_in_conversation(state: State, event: ev.MuteSwitched, now: float, c: Conversation) -> Step:
    """Muting ends it; while one goes on nothing is muted that could be unmuted."""
    if not event.on:
        return state, []
    after, actions = _mute(state, True, now, c)
    return replace(after, switched=True, muted_beneath=state.muting), actions


def _mute(state: State, muted: bool, now: float, c: Conversation) -> Step:
    """As the order to do so."""
    return TABLE[state.phase, ev.MuteAsked].handle(state, ev.MuteAsked(muted), now, c)
