"""Rows of the table for turns: line, request, reply, interruption. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import Step, rest
from oyez.phases import (
    LINE_KINDS,
    fail,
    go_on,
    hear_out,
    listen,
    patience_ends_s,
    speak,
    think,
)
from oyez.settling import ask_when_answered, bid_engaged, report_wake, settle
from oyez.sounding import announce
from oyez.state import PAUSE_S, Asked, Notice, Phase, State
from oyez.table import ALL, STAYS, row
from oyez.wishes import able, needs_line, refuse_those

LINE_LOCAL = "line_local"

# --- the line ----------------------------------------------------------------------


@row("opening", ev.SessionReady, "listening thinking asleep announcing")
def line_opened(state: State, event: ev.SessionReady, now: float, c: Conversation) -> Step:
    """A turn that ended while it opened is already on its way."""
    after, actions = think(state, now, c) if state.answer_due and not state.addressed else listen(state, now, c)
    return after, [do.Relieve(LINE_KINDS), *actions]


@row("calling", ev.SessionReady, "announcing asleep")
def line_opened_to_announce(state: State, event: ev.SessionReady, now: float, c: Conversation) -> Step:
    state, refused = able(state, line_open=True)
    ripe = bool(state.waiting) and needs_line(state.waiting[0])
    after, actions = announce(state, now, c) if ripe else rest(state)
    return after, [do.Relieve(LINE_KINDS), *refused, *actions]


@row("opening listening thinking speaking calling announcing answering", ev.SessionLost, "asleep")
def line_lost(state: State, event: ev.SessionLost, now: float, c: Conversation) -> Step:
    return fail(state, event.reason, event.sentence)


@row("listening thinking speaking announcing answering", ev.LineBroke, STAYS)
def line_broke(state: State, event: ev.LineBroke, now: float, c: Conversation) -> Step:
    return replace(state, mended_by_s=min(event.until_s, now + c.max_conversation_s)), []


@row("listening thinking speaking announcing answering", ev.LineMended, STAYS)
def line_mended(state: State, event: ev.LineMended, now: float, c: Conversation) -> Step:
    """The service begins anew with what it was told: it has as long as for any request."""
    deadline_s = None if state.deadline_s is None else max(state.deadline_s, now + c.thinking_s)
    return replace(state, mended_by_s=None, deadline_s=deadline_s), []


@row(ALL, ev.LineFellBack, STAYS)
def line_fell_back(state: State, event: ev.LineFellBack, now: float, c: Conversation) -> Step:
    """Said once, behind the next conversation."""
    if state.fallen_back:
        return state, []
    return replace(state, fallen_back=True, unsaid=event.sentence), [do.Complain(LINE_LOCAL, event.sentence)]


@row(ALL, ev.LineReturned, STAYS)
def line_returned(state: State, event: ev.LineReturned, now: float, c: Conversation) -> Step:
    state, _ = refuse_those(state, "", lambda wish: wish == Notice(state.unsaid))
    return replace(state, fallen_back=False, unsaid=""), [do.Relieve((LINE_LOCAL,))]


# --- turns ----------------------------------------------------------------------


@row("listening", ev.SpeechStarted, STAYS)
def request_begins(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    """Whoever hears it, somebody speaks; but only who takes the turns says that one began."""
    if state.held:
        return state, []
    begun = replace(state, deadline_s=min(now, state.ends_s) + c.utterance_s, chime_at_s=None)
    return (_turn_begins(begun, event) if event.by == state.taker else begun.gate_opened(now)), []


@row("opening", ev.SpeechStarted, STAYS)
def request_begins_before_the_line_is_open(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    begun = replace(state, chime_at_s=None)
    return (_turn_begins(begun, event) if event.by == state.taker else begun.gate_opened(now)), []


@row("opening", ev.SpeechStopped, STAYS)
def request_ends_before_the_line_is_open(state: State, event: ev.SpeechStopped, now: float, c: Conversation) -> Step:
    """The line keeps the order behind the sound that it belongs to."""
    ends = state.talking and event.by == state.taker == "gate"
    if ends:
        return state.turn_ended(now), [do.CommitTurn()]
    return (state.gate_closed(now) if event.by == "gate" else state), []


@row("listening", ev.SpeechStopped, "thinking")
def request_ends(state: State, event: ev.SpeechStopped, now: float, c: Conversation) -> Step:
    """Who takes the turns ends it; the gate saying so where it is the service's only brings patience back."""
    if state.held:
        return state, []
    if event.by == state.taker == "server":
        return think(state.turn_ended(now), now, c)
    if event.by == state.taker and state.talking:
        after, actions = think(state.turn_ended(now), now, c)
        return after, [*actions, do.CommitTurn()]
    return replace(state.gate_closed(now), deadline_s=patience_ends_s(state, now, c)), []


@row("thinking", ev.SpeechStarted, "listening asleep announcing")
def request_goes_on(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    """Somebody says more; what the service was about to answer is not wanted any more."""
    if event.by != state.taker:
        return state, []
    unwanted: list[do.Action] = [do.CutReply(), do.CancelReply()] if state.reply is not None else []
    after, actions = hear_out(replace(_turn_begins(state, event), reply=None), now, c)
    return after, [*unwanted, *actions]


def _turn_begins(state: State, event: ev.SpeechStarted) -> State:
    return replace(state.spoken_to(event.item_id), talking=True, unremarked=False)


# --- replies ----------------------------------------------------------------------


@row("listening thinking speaking", ev.ReplyBegun, "thinking")
def reply_begins(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    """An answer that was asked for before somebody began to speak comes too late."""
    if state.addressed:
        return replace(state, asked=()), [do.CutReply(), do.CancelReply()]
    saying, asked = _next(state)
    begun = replace(state, reply=event.response_id, saying=saying, asked=asked, answer_due=False)
    return (begun, []) if state.phase is Phase.SPEAKING else think(begun, now, c)


def _next(state: State) -> tuple[Asked, tuple[Asked, ...]]:
    """What a response that begins is, and what is still to come after it."""
    if state.answer_due:  # the service answers a turn by itself, before what we asked for
        return "answer", state.asked
    if state.asked:
        return state.asked[0], state.asked[1:]
    # One that never ended goes on: the line lost its session and has the rest of it said on the next one.
    return (state.saying if state.reply is not None else "answer"), ()


@row("announcing", ev.ReplyBegun, STAYS)
def announcement_begins(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    """An answer to what was said before is not the announcement, and nobody wants it any more."""
    if event.aside is False:
        return state, [do.CutReply(), do.CancelReply()]
    return replace(state, reply=event.response_id), []


@row("thinking", ev.ReplyAudible, "speaking")
def reply_sounds(state: State, event: ev.ReplyAudible, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    if state.saying == "question" and state.question == "asked":
        state = state.question_opened(now, c.approval_s)
    after, actions = speak(state, now, c)
    return after, [do.Relieve(("reply_failed",)), *actions]


@row("thinking speaking", ev.ReplyEnded, "listening thinking asleep announcing")
def reply_ends(state: State, event: ev.ReplyEnded, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    ended = replace(state, reply=None)
    if state.saying == "question" and state.question == "asked":  # it came without sound; it can be answered elsewhere
        ended = ended.question_opened(now, c.approval_s)
    failed: list[do.Action] = []
    # The session lives: say so, and listen for another try.
    if event.status in ("failed", "incomplete") and state.saying != "filler":
        failed = [do.PlayChime("error"), do.Complain("reply_failed", event.sentence or "The service could not answer.")]
    if state.phase is Phase.SPEAKING:
        after, actions = ask_when_answered(ended)
        return after, [do.FinishReply(), *actions, *failed]
    after, actions = settle(ended, now, c, heard=False)
    return after, [*actions, *failed]


@row("speaking", ev.PlaybackFinished, "listening thinking asleep announcing")
def reply_was_heard(state: State, event: ev.PlaybackFinished, now: float, c: Conversation) -> Step:
    if state.saying == "question" and state.approvals and state.question == "open":
        state = replace(state, approve_by_s=now + c.approval_s)
    state, going_on = go_on(state)  # the voice must not wait with the next reply
    after, actions = settle(state, now, c, heard=True)
    return after, [*going_on, *actions]


# --- interruption ----------------------------------------------------------------------


@row("speaking", ev.SpeechSuspected, STAYS)
def barge_in_suspected(state: State, event: ev.SpeechSuspected, now: float, c: Conversation) -> Step:
    """Silence at once: if it is somebody they are not talked over, and if it is not nothing is lost."""
    if state.resume_by_s is not None:
        return state, []
    return replace(state, resume_by_s=now + PAUSE_S), [do.PauseReply()]


@row("speaking", ev.SpeechDismissed, STAYS)
def barge_in_dismissed(state: State, event: ev.SpeechDismissed, now: float, c: Conversation) -> Step:
    return go_on(state)


@row("speaking", ev.SpeechStarted, "listening asleep announcing")
def barge_in(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    """Speech over the reply: silence first, then hear the rest of it."""
    # A turn that the talk button began is over, so that the turns go back to who takes them.
    taker = "gate" if state.turns == "device" else "server"
    heard = replace(state.spoken_to(event.item_id), talking=True) if event.by == taker else state
    after, actions = hear_out(replace(heard, follow_ups=state.follow_ups + 1), now, c)
    if after.phase is Phase.LISTENING and event.by == "gate":
        after = after.gate_opened(now)
    if event.by == "server":  # which got silence since the reply began, so that they began before
        actions = [do.ExpectBargeIn(False, True) if one == do.ExpectBargeIn(False) else one for one in actions]
    return after, [*silence(state), *(action for action in actions if action not in silence(state))]


@row("listening speaking", ev.WakeHeard, "listening")
def wake_again(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """A new request, from the end of the wake phrase: while the device spoke the tap carried silence."""
    wake = report_wake(event)
    if state.held or state.closing:
        return state, [wake]
    after, actions = _begin_again(state, now, c)
    after, bid = bid_engaged(after, event)
    return after, [*bid, wake, *actions, do.OpenTap(event.phrase_end_s)]


@row("opening thinking", ev.WakeHeard, STAYS)
def wake_while_busy(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """What is said is heard anyway; but no other device is to answer it."""
    return (state, []) if state.held or state.closing else bid_engaged(state, event)


@row("speaking", ev.ListenAsked, "listening")
def listen_over_reply(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    if state.closing:
        return state, [do.CompleteOrder(event.order_id, False, state.spent or "the conversation is ending")]
    after, actions = _begin_again(state, now, c)
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


def _begin_again(state: State, now: float, c: Conversation) -> Step:
    fresh = replace(
        state,
        ends_s=now + c.max_conversation_s,
        talking=False,
        chime_at_s=now + c.chime_pause_s,
        follow_ups=0,
        bid_for="",
    )
    after, actions = listen(fresh, now, c)
    return after, [*silence(state), *actions]


def silence(state: State) -> list[do.Action]:
    cut: list[do.Action] = [do.CutReply()] if state.phase is Phase.SPEAKING else []
    return [*cut, do.CancelReply()] if state.reply is not None else cut
