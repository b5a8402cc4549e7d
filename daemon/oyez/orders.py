"""Rows of the table for what people order and for what time brings: waking, announcing, stop, mute, deadlines. Pure."""

from dataclasses import replace

from oyez import actions as do
from oyez import events as ev
from oyez.config import Conversation
from oyez.phases import (
    LINE_OPEN,
    MAX_WAITING,
    Phase,
    State,
    Step,
    announce,
    call,
    fail,
    hush,
    open_conversation,
    owed_chime,
    sleep,
)
from oyez.table import ALL, STAYS, row

# --- waking ----------------------------------------------------------------------


@row("asleep", ev.WakeHeard, "opening")
def wake(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    if state.muted:
        return state, []
    after, actions = open_conversation(state, event.phrase_end_s, now, c)
    return after, [do.ReportWake(event.word, event.score), *actions]


@row("asleep", ev.ListenAsked, "opening")
def listen_on_order(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    if state.muted:
        return state, [do.CompleteOrder(event.order_id, False, "the microphone is muted; unmute it first")]
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
    """A person goes first: the announcement is given up and its sender told."""
    if state.muted:
        return state, []
    cut = [*hush(state), do.CloseSession(), do.CompleteOrder(state.waiting[0].order_id, False, "someone spoke over it")]
    after, actions = wake(State(troubled=state.troubled, waiting=state.waiting[1:]), event, now, c)
    return after, cut + actions


# --- announcements ----------------------------------------------------------------------


@row("asleep", ev.SayAsked, "calling")
def say_from_sleep(state: State, event: ev.SayAsked, now: float, c: Conversation) -> Step:
    return call(replace(state, waiting=(event,)), now, c)


@row("opening listening thinking speaking calling announcing", ev.SayAsked, STAYS)
def say_later(state: State, event: ev.SayAsked, now: float, c: Conversation) -> Step:
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
    done = do.CompleteOrder(state.waiting[0].order_id, event.heard, lost)
    rest = replace(state, waiting=state.waiting[1:])
    after, actions = announce(rest, now, c) if rest.waiting else sleep(rest, now, c, "")
    return after, [done, *actions]


# --- orders and time ----------------------------------------------------------------------


@row(ALL, ev.StopAsked, "asleep")
def stop(state: State, event: ev.StopAsked, now: float, c: Conversation) -> Step:
    """Be quiet at once; what waited to be said is not said."""
    actions = hush(state)
    if state.phase is not Phase.ASLEEP:
        actions.append(do.CloseSession())
    refused = [do.CompleteOrder(order.order_id, False, "the device was told to stop") for order in state.waiting]
    return State(muted=state.muted), [*actions, *owed_chime(state), *refused, do.CompleteOrder(event.order_id, True)]


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
    actions = [do.SetMuted(True), *hush(state), do.CloseSession(), do.PlayChime("muted")]
    refused = [do.CompleteOrder(order.order_id, False, "the device was muted") for order in state.waiting]
    return State(muted=True), [*actions, *owed_chime(state), *refused]


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


@row("opening calling thinking", ev.DeadlinePassed, "asleep")
def nobody_answered(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    if _chime_is_due(state, now):
        return replace(state, chime_at_s=None), [do.PlayChime("wake")]
    if not _is_due(state, now):
        return state, []
    if state.phase in LINE_OPEN:
        return fail(state, "line_silent", "The service did not answer in time. Ask again.")
    return fail(
        state, "line_away", "The line did not open in time: is the internet away? Say the wake word to try again."
    )


@row("listening speaking announcing", ev.DeadlinePassed, "asleep announcing")
def over(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    """Nobody spoke, or what was said had no end: it is over."""
    if _chime_is_due(state, now):
        return replace(state, chime_at_s=None), [do.PlayChime("wake")]
    if not _is_due(state, now):
        return state, []
    after, actions = sleep(state, now, c, f"it was not said within {c.speaking_s:g} s")
    return after, [do.PlayChime("done"), *actions] if state.phase is Phase.LISTENING else actions


def _is_due(state: State, now: float) -> bool:
    return state.deadline_s is not None and now >= state.deadline_s


def _chime_is_due(state: State, now: float) -> bool:
    return state.chime_at_s is not None and now >= state.chime_at_s
