"""Rows of the table for what people order of the whole device: stop, mute, volume, follow-up, restart; and for
troubles. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import Step, acknowledge, end, rest
from oyez.settling import report_wake
from oyez.state import State
from oyez.table import ALL, AWAKE, STAYS, row

SWITCH_IS_ON = "the mute switch on the device is on: slide it back to switch the microphone on"


@row(ALL, ev.StopAsked, "asleep")
def stop(state: State, event: ev.StopAsked, now: float, c: Conversation) -> Step:
    """Be quiet at once; what waited to be said is not said, and timers that have come ring no more."""
    after, actions = _stop(state, "the device was told to stop")
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


@row(AWAKE, ev.StopHeard, "asleep")
def stop_word(state: State, event: ev.StopHeard, now: float, c: Conversation) -> Step:
    """As the order to stop. Asleep there is nothing to stop, and people say such words to each other."""
    if state.muted:
        return state, []
    after, actions = _stop(state, "somebody said a stop word")
    return after, [report_wake(event), *actions]


def _stop(state: State, why: str) -> Step:
    after, actions = end(replace(state, due=()), why)
    return after, [*actions, do.DropComing(why), *acknowledge(state, heard=True)]


@row(ALL, ev.RestartAsked, "asleep")
def restart(state: State, event: ev.RestartAsked, now: float, c: Conversation) -> Step:
    """Timers that have come and that nobody has heard will ring again: nothing is said of them."""
    after, actions = end(replace(state, due=()), "the device restarts")
    coming = do.DropComing("the device restarts")
    return after, [*actions, coming, do.CompleteOrder(event.order_id, True), do.Restart()]


@row("asleep calling announcing playing ringing", ev.MuteAsked, STAYS)
def mute_without_conversation(state: State, event: ev.MuteAsked, now: float, c: Conversation) -> Step:
    """An announcement needs no microphone and goes on; so does a timer."""
    if state.switched:
        return beneath_the_switch(state, event)
    if event.muted == state.muted:
        return state, []
    chime = do.PlayChime("muted" if event.muted else "unmuted")
    return replace(state, muted=event.muted), [do.SetMuted(event.muted), chime]


def beneath_the_switch(state: State, event: ev.MuteAsked) -> Step:
    """It counts when the switch goes back; whoever wants the microphone on now is told why it stays off."""
    after = replace(state, muted_beneath=event.muted)
    return after, [] if event.muted else [do.RefuseSetting("set/muted", SWITCH_IS_ON)]


@row("opening listening thinking speaking", ev.MuteAsked, "asleep")
def mute(state: State, event: ev.MuteAsked, now: float, c: Conversation) -> Step:
    """Muting ends a conversation. While one goes on the device is not muted, so there is nothing to unmute."""
    if not event.muted:
        return state, []
    after, actions = end(state, "the device was muted")
    return replace(after, muted=True), [do.SetMuted(True), *actions, do.PlayChime("muted")]


@row("bidding", ev.MuteAsked, "asleep")
def mute_while_bidding(state: State, event: ev.MuteAsked, now: float, c: Conversation) -> Step:
    """What the other devices say is no matter any more."""
    if not event.muted:
        return state, []
    after, actions = rest(state)
    return replace(after, muted=True), [do.SetMuted(True), *actions, do.PlayChime("muted")]


@row(ALL, ev.VolumeAsked, STAYS)
def set_volume(state: State, event: ev.VolumeAsked, now: float, c: Conversation) -> Step:
    return state, [do.SetVolume(event.level)]


@row(ALL, ev.FollowUpAsked, STAYS)
def set_follow_up(state: State, event: ev.FollowUpAsked, now: float, c: Conversation) -> Step:
    """In place of what is configured, from the next reply on."""
    return replace(state, follow_up=event.on), []


@row("asleep", ev.TroubleFound, STAYS)
def trouble_found(state: State, event: ev.TroubleFound, now: float, c: Conversation) -> Step:
    """Told once when it begins: on MQTT as far as that is there, and by sound."""
    return state, [do.Complain(event.kind, event.sentence), do.PlayChime("error")]


@row(AWAKE, ev.TroubleFound, STAYS)
def trouble_found_meanwhile(state: State, event: ev.TroubleFound, now: float, c: Conversation) -> Step:
    """The sound waits for the end: a chime over a request goes upstream, and one behind a reply may be cut with it."""
    return replace(state, troubled=True), [do.Complain(event.kind, event.sentence)]


@row(ALL, ev.TroubleGone, STAYS)
def trouble_gone(state: State, event: ev.TroubleGone, now: float, c: Conversation) -> Step:
    return state, [do.Relieve((event.kind,))]
