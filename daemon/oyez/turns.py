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
    talking = state.talking or event.by == "server"
    return replace(state, deadline_s=min(now, state.ends_s) + c.utterance_s, chime_at_s=None, talking=talking), []


@row("opening", ev.SpeechStarted, STAYS)
def request_begins_before_the_line_is_open(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    return replace(state, chime_at_s=None), []


@row("listening", ev.SpeechStopped, "thinking")
def request_ends(state: State, event: ev.SpeechStopped, now: float, c: Conversation) -> Step:
    """The service takes the turns; our own gate saying so only brings patience back."""
    if event.by == "server":
        return think(replace(state, talking=False), now, c)
    return replace(state, deadline_s=min(now + c.patience_s, max(state.ends_s, now))), []


@row("thinking", ev.SpeechStarted, "listening asleep announcing")
def request_goes_on(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    """The service hears more; what it was about to answer is not wanted any more."""
    if event.by != "server":
        return state, []
    unwanted: list[do.Action] = [do.CutReply(), do.CancelReply()] if state.reply is not None else []
    after, actions = hear_out(replace(state, talking=True, reply=None), now, c)
    return after, [*unwanted, *actions]


@row("thinking speaking", ev.SpeechStopped, STAYS)
def speech_ends(state: State, event: ev.SpeechStopped, now: float, c: Conversation) -> Step:
    return (replace(state, talking=False) if event.by == "server" else state), []


@row("listening thinking speaking", ev.ReplyBegun, "thinking")
def reply_begins(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    """An answer that was asked for before somebody began to speak comes too late."""
    if state.talking:
        return replace(state, asked=False), [do.CutReply(), do.CancelReply()]
    begun = replace(state, reply=event.response_id, asked=False)
    return (begun, []) if state.phase is Phase.SPEAKING else think(begun, now, c)


@row("announcing", ev.ReplyBegun, STAYS)
def announcement_begins(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    return replace(state, reply=event.response_id), []


@row("thinking", ev.ReplyAudible, "speaking")
def reply_sounds(state: State, event: ev.ReplyAudible, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    after, actions = speak(state, now, c)
    return after, [do.Relieve(("reply_failed",)), *actions]


@row("thinking speaking", ev.ReplyEnded, "listening asleep announcing")
def reply_ends(state: State, event: ev.ReplyEnded, now: float, c: Conversation) -> Step:
    if event.response_id != state.reply:
        return state, []
    ended = replace(state, reply=None)
    failed: list[do.Action] = []
    if event.status == "failed":  # the session lives: say so, and listen for another try
        failed = [do.PlayChime("error"), do.Complain("reply_failed", event.sentence or "The service could not answer.")]
    if state.phase is Phase.SPEAKING:
        after, actions = _ask_when_answered(ended, ran_tools=event.tool_calls > 0)
        return after, [do.FinishReply(), *actions, *failed]
    if ended.reply_is_due or event.tool_calls:
        after, actions = _ask_when_answered(ended, ran_tools=event.tool_calls > 0)
    else:
        after, actions = listen(ended, now, c)
    return after, [*actions, *failed]


@row("speaking", ev.PlaybackFinished, "listening thinking asleep announcing")
def reply_was_heard(state: State, event: ev.PlaybackFinished, now: float, c: Conversation) -> Step:
    if state.reply_is_due:
        return think(state, now, c)
    return listen(state, now, c) if c.follow_up else sleep(state, now, c, "the conversation ended")


# --- interruption ----------------------------------------------------------------------


@row("speaking", ev.SpeechStarted, "listening asleep announcing")
def barge_in(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    """Speech over the reply: silence first, then hear the rest of it."""
    after, actions = hear_out(replace(state, talking=event.by == "server"), now, c)
    return after, [*_silence(state), *(action for action in actions if action not in _silence(state))]


@row("listening speaking", ev.WakeHeard, "listening")
def wake_again(state: State, event: ev.WakeHeard, now: float, c: Conversation) -> Step:
    """A new request, from the end of the wake phrase: while the device spoke the tap carried silence."""
    after, actions = _begin_again(state, now, c)
    wake = do.ReportWake(event.word, event.score)
    return after, [wake, *actions, do.OpenTap(event.phrase_end_s)]


@row("speaking", ev.ListenAsked, "listening")
def listen_over_reply(state: State, event: ev.ListenAsked, now: float, c: Conversation) -> Step:
    after, actions = _begin_again(state, now, c)
    return after, [*actions, do.CompleteOrder(event.order_id, True)]


def _begin_again(state: State, now: float, c: Conversation) -> Step:
    fresh = replace(state, ends_s=now + c.max_conversation_s, talking=False, chime_at_s=now + c.chime_pause_s)
    after, actions = listen(fresh, now, c)
    return after, [*_silence(state), *actions]


def _silence(state: State) -> list[do.Action]:
    cut: list[do.Action] = [do.CutReply()] if state.phase is Phase.SPEAKING else []
    return [*cut, do.CancelReply()] if state.reply is not None else cut


# --- tools ----------------------------------------------------------------------


@row("thinking speaking", ev.ToolCalled, STAYS)
def tool_called(state: State, event: ev.ToolCalled, now: float, c: Conversation) -> Step:
    called = replace(state, calls=state.calls | {event.call_id})
    return called, [do.RunTool(event.call_id, event.name, event.arguments)]


@row("listening thinking speaking", ev.ToolAnswered, STAYS)
def tool_answered(state: State, event: ev.ToolAnswered, now: float, c: Conversation) -> Step:
    """The service learns every answer: what was switched stays switched, even if the reply was interrupted."""
    answer = do.AnswerTool(event.call_id, event.output)
    if event.call_id in state.late:
        return replace(state, late=state.late - {event.call_id}), [answer]
    if event.call_id not in state.calls:
        return state, []
    answered = replace(state, calls=state.calls - {event.call_id})
    after, asking = _ask_when_answered(answered, ran_tools=True)
    return after, [answer, *asking]


def _ask_when_answered(state: State, ran_tools: bool) -> Step:
    """One response.create after all calls are answered and no response is active."""
    if ran_tools and not state.calls and state.reply is None and not state.asked:
        return replace(state, asked=True), [do.AskReply()]
    return state, []
