"""Rows of the table for what people order: waking, announcing, stop, mute; and for troubles. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.budgets import SPENT, refuse_spent
from oyez.config import Conversation
from oyez.phases import Step, announce, answer, call, end, fail, give_up_announcement, open_conversation, sleep
from oyez.settling import report_wake
from oyez.state import MAX_WAITING, State
from oyez.table import ALL, STAYS, row

# --- waking ----------------------------------------------------------------------


@row("asleep", ev.WakeHeard, "opening")
def wake(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    if state.muted:
        return state, []
    heard = report_wake(event)
    if state.spent:
        return state, [heard, do.PlayChime("error"), do.Complain(SPENT, state.spent)]
    after, actions = open_conversation(state, event.phrase_end_s, now, c)
    return after, [heard, *actions]


@row("asleep", ev.ListenAsked, "opening")
def listen_on_order(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    if state.muted:
        return state, [do.CompleteOrder(event.order_id, False, "the microphone is muted; unmute it first")]
    if state.spent:
        return refuse_spent(state, event.order_id)
    after, actions = open_conversation(state, now, now, c)
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


@row("opening listening thinking", ev.ListenAsked, STAYS)
def already_listening(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    return state, [do.CompleteOrder(event.order_id, True, "already listening")]


@row("calling announcing", ev.ListenAsked, STAYS)
def busy_announcing(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    return state, [do.CompleteOrder(event.order_id, False, "an announcement is being made; ask again when it is over")]


@row("calling announcing", ev.WakeHeard, "opening")
def wake_over_announcement(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """A person goes first: the announcement is given up and its sender told. Not if all they get is a refusal."""
    if state.muted:
        return state, []
    if state.spent:
        return state, [report_wake(event)]
    rest, given_up = give_up_announcement(state)
    after, actions = wake(rest, event, now, c)
    return after, [*given_up, *actions]


# --- announcements ----------------------------------------------------------------------


@row("asleep", ev.SayAsked, "calling")
def say_from_sleep(state: State, event: ev.SayAsked, now: float, c: Conversation) -> Step:
    if state.spent:
        return refuse_spent(state, event.order_id)
    return call(replace(state, waiting=(event,)), now, c)


@row("opening listening thinking speaking calling announcing", ev.SayAsked, STAYS)
def say_later(state: State, event: ev.SayAsked, now: float, c: Conversation) -> Step:
    if state.spent:
        return state, [do.CompleteOrder(event.order_id, False, state.spent)]
    if len(state.waiting) >= MAX_WAITING:
        why = f"{MAX_WAITING} announcements are waiting already; send it again later"
        return state, [do.CompleteOrder(event.order_id, False, why)]
    return replace(state, waiting=(*state.waiting, event)), []


@row("announcing", ev.ReplyEnded, "asleep")
def announcement_ends(state: State, event: ev.ReplyEnded, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    if event.status != "completed":
        return fail(state, "reply_failed", event.sentence or "The service did not say it to its end.")
    return replace(state, reply=None), [do.FinishReply()]


@row("announcing", ev.PlaybackFinished, "asleep")
def announcement_was_heard(state: State, event: ev.PlaybackFinished, now: float, c: Conversation) -> Step:
    lost = "" if event.heard else "the loudspeaker was away, so not all of it was heard"
    done = answer(state.waiting[0], event.heard, lost)
    rest = replace(state, waiting=state.waiting[1:])
    after, actions = announce(rest, now, c) if rest.waiting else sleep(rest, now, c, "")
    return after, [*done, *actions]


# --- other orders, and troubles ----------------------------------------------------------------------


@row(ALL, ev.StopAsked, "asleep")
def stop(state: State, event: ev.StopAsked, now: float, c: Conversation) -> Step:
    """Be quiet at once; what waited to be said is not said."""
    after, actions = end(state, "the device was told to stop")
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


@row("opening listening thinking speaking calling announcing", ev.StopHeard, "asleep")
def stop_word(state: State, event: ev.StopHeard, now: float, c: Conversation) -> Step:
    """As the order to stop. Asleep there is nothing to stop, and people say such words to each other."""
    if state.muted:
        return state, []
    after, actions = end(state, "somebody said a stop word")
    return after, [report_wake(event), *actions]


@row("asleep calling announcing", ev.MuteAsked, STAYS)
def mute_without_conversation(state: State, event: ev.MuteAsked, now: float, c: Conversation) -> Step:
    """An announcement needs no microphone and goes on."""
    if event.muted == state.muted:
        return state, []
    chime = do.PlayChime("muted" if event.muted else "unmuted")
    return replace(state, muted=event.muted), [do.SetMuted(event.muted), chime]


@row("opening listening thinking speaking", ev.MuteAsked, "asleep")
def mute(state: State, event: ev.MuteAsked, now: float, c: Conversation) -> Step:
    """Muting ends a conversation. While one goes on the device is not muted, so there is nothing to unmute."""
    if not event.muted:
        return state, []
    after, actions = end(state, "the device was muted")
    return replace(after, muted=True), [do.SetMuted(True), *actions, do.PlayChime("muted")]


@row(ALL, ev.VolumeAsked, STAYS)
def set_volume(state: State, event: ev.VolumeAsked, now: float, c: Conversation) -> Step:
    return state, [do.SetVolume(event.level)]


@row("asleep", ev.TroubleFound, STAYS)
def trouble_found(state: State, event: ev.TroubleFound, now: float, c: Conversation) -> Step:
    """Told once when it begins: on MQTT as far as that is there, and by sound."""
    return state, [do.Complain(event.kind, event.sentence), do.PlayChime("error")]


@row("opening listening thinking speaking calling announcing", ev.TroubleFound, STAYS)
def trouble_found_meanwhile(state: State, event: ev.TroubleFound, now: float, c: Conversation) -> Step:
    """The sound waits for the end: a chime over a request goes upstream, and one behind a reply may be cut with it."""
    return replace(state, troubled=True), [do.Complain(event.kind, event.sentence)]


@row(ALL, ev.TroubleGone, STAYS)
def trouble_gone(state: State, event: ev.TroubleGone, now: float, c: Conversation) -> Step:
    return state, [do.Relieve((event.kind,))]
