"""Rows of the table for a microphone that is to be muted once the user has heard that it will be. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.asking import mute_while_answering
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.orders import mute_while_bidding, mute_without_conversation
from oyez.state import State
from oyez.table import STAYS, row


@row("opening listening thinking speaking", ev.MuteWished, STAYS)
def mute_at_last(state: State, event: ev.MuteWished, now: float, c: Conversation) -> Step:
    """What runs may end, and nothing is listened to behind it."""
    return replace(state, muting=True, closing=True), []


@row("asleep calling announcing playing ringing", ev.MuteWished, STAYS)
def mute_at_once(state: State, event: ev.MuteWished, now: float, c: Conversation) -> Step:
    """The conversation in which it was wished is over already."""
    return mute_without_conversation(state, ev.MuteAsked(True), now, c)


@row("answering", ev.MuteWished, "asleep")
def mute_while_asking(state: State, event: ev.MuteWished, now: float, c: Conversation) -> Step:
    return mute_while_answering(state, ev.MuteAsked(True), now, c)


@row("bidding", ev.MuteWished, "asleep")
def mute_before_it_answers(state: State, event: ev.MuteWished, now: float, c: Conversation) -> Step:
    return mute_while_bidding(state, ev.MuteAsked(True), now, c)


def muted(before: State, after: State) -> Step:
    """What a step also means where the microphone is to be muted: the conversation that it ended was the last."""
    if not before.muting or after.muting or after.muted:
        return after, []
    return replace(after, muted=True), [do.SetMuted(True), do.PlayChime("muted")]
