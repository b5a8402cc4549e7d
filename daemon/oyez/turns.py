"""Rows of the table for turns: line, request, reply, interruption, tools. Pure."""

from dataclasses import replace

from oyez import actions as do
from oyez import events as ev
from oyez.config import Conversation
from oyez.phases import (
    LINE_KINDS,
    Phase,
    State,
    Step,
    announce,
    fail,
    hear_out,
    listen,
    sleep,
    speak,
    think,
)
from oyez.table import STAYS, row

# --- the line ----------------------------------------------------------------------


@row("opening", ev.SessionReady, "listening asleep")
def line_opened(state: State, event: ev.SessionReady, now: float, c: Conversation) -> Step:
    after, actions = listen(state, now, c)
    return after, [do.Relieve(LINE_KINDS), *actions]


@row("calling", ev.SessionReady, "announcing")
def line_opened_to_announce(state: State, event: ev.SessionReady, now: float, c: Conversation) -> Step:
    after, actions = announce(state, now, c)
    return after, [do.Relieve(LINE_KINDS), *actions]


@row("opening listening thinking speaking calling announcing", ev.SessionLost, "asleep")
def line_lost(state: State, event: ev.SessionLost, now: float, c: Conversation) -> Step:
    return fail(state, event.reason, event.sentence)


# --- turns ----------------------------------------------------------------------


@row("listening", ev.SpeechStarted, STAYS)
def request_begins(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    return replace(state, deadline_s=min(now, state.ends_s) + c.utterance_s, chime_at_s=None), []


@row("opening", ev.SpeechStarted, STAYS)
def request_begins_before_the_line_is_open(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    return replace(state, chime_at_s=None), []


@row("listening", ev.SpeechStopped, "thinking")
def request_ends(state: State, event: ev.SpeechStopped, now: float, c: Conversation) -> Step:
    """The service takes the turns; our own gate saying so only brings patience back."""
    if event.by == "server":
        return think(state, now, c)
    return replace(state, deadline_s=now + c.patience_s), []


@row("thinking", ev.SpeechStarted, "listening")
def request_goes_on(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    if event.by != "server" or state.calls:
        return state, []
    return hear_out(state, now, c)


@row("listening thinking speaking", ev.ReplyBegun, "thinking")
def reply_begins(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    begun = replace(state, reply=event.response_id, asked=False)
    return (begun, []) if state.phase is Phase.SPEAKING else think(begun, now, c)


@row("announcing", ev.ReplyBegun, STAYS)
def announcement_begins(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    return replace(state, reply=event.response_id), []


@row("thinking", ev.ReplyAudible, "speaking")
def reply_sounds(state: State, event: ev.ReplyAudible, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    return speak(state, now, c)


@row("thinking speaking", ev.ReplyEnded, "listening asleep announcing")
def reply_ends(state: State, event: ev.ReplyEnded, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    ended = replace(state, reply=None)
    if event.status == "failed":
        return fail(state, "line_refused", event.sentence or "The service could not answer. Ask again.")
    if state.phase is Phase.SPEAKING:
        after, actions = _ask_when_answered(ended, ran_tools=event.tool_calls > 0)
        return after, [do.FinishReply(), *actions]
    if ended.reply_is_due or event.tool_calls:
        return _ask_when_answered(ended, ran_tools=event.tool_calls > 0)
    return listen(ended, now, c)


@row("speaking", ev.PlaybackFinished, "listening thinking asleep announcing")
def reply_was_heard(state: State, event: ev.PlaybackFinished, now: float, c: Conversation) -> Step:
    if state.reply_is_due:
        return think(state, now, c)
    return listen(state, now, c) if c.follow_up else sleep(state, now, c)


# --- interruption ----------------------------------------------------------------------


@row("speaking", ev.SpeechStarted, "listening")
def barge_in(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    """Speech over the reply: silence first, then hear the rest of it."""
    cancel: list[do.Action] = [do.CancelReply()] if state.reply is not None else []
    after, actions = hear_out(state, now, c)
    return after, [do.CutReply(), *cancel, *actions]


@row("speaking", ev.WakeHeard, "listening")
def wake_over_reply(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    after, actions = barge_in(state, ev.SpeechStarted(), now, c)
    return replace(after, deadline_s=now + c.patience_s), [do.ReportWake(event.word, event.score), *actions]


@row("speaking", ev.ListenAsked, "listening")
def listen_over_reply(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    after, actions = barge_in(state, ev.SpeechStarted(), now, c)
    return replace(after, deadline_s=now + c.patience_s), [*actions, do.CompleteOrder(event.order_id, True)]


# --- tools ----------------------------------------------------------------------


@row("thinking speaking", ev.ToolCalled, STAYS)
def tool_called(state: State, event: ev.ToolCalled, now: float, c: Conversation) -> Step:
    called = replace(state, calls=state.calls | {event.call_id})
    return called, [do.RunTool(event.call_id, event.name, event.arguments)]


@row("thinking speaking", ev.ToolAnswered, STAYS)
def tool_answered(state: State, event: ev.ToolAnswered, now: float, c: Conversation) -> Step:
    """An answer to a reply that was interrupted since is not the service's business any more."""
    if event.call_id not in state.calls:
        return state, []
    answered = replace(state, calls=state.calls - {event.call_id})
    after, asking = _ask_when_answered(answered, ran_tools=True)
    return after, [do.AnswerTool(event.call_id, event.output), *asking]


def _ask_when_answered(state: State, ran_tools: bool) -> Step:
    """One response.create after all calls are answered and no response is active."""
    if ran_tools and not state.calls and state.reply is None and not state.asked:
        return replace(state, asked=True), [do.AskReply()]
    return state, []
