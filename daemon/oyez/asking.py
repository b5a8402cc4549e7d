"""Rows of the table for a question that a program had us ask: its answer is the next thing said, in words. Pure.

This device takes the turns, and the service only writes down: nobody answers the answer. Who pauses in it and goes on
is heard out. The line closes behind it, so that nothing said to a program is left in a conversation.
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import Step, give_up, rest
from oyez.state import Answer, State
from oyez.table import STAYS, row
from oyez.wishes import MUTED, answer

NOBODY = "nobody answered"
NOTHING = "nothing was understood"


@row("answering", ev.SpeechStarted, STAYS)
def answer_begins(state: State, event: ev.SpeechStarted, now: float, c: Conversation) -> Step:
    if event.by != "gate" or state.talking:
        return state, []
    return replace(state, talking=True, deadline_s=now + c.utterance_s), []


@row("answering", ev.SpeechStopped, STAYS)
def answer_ends(state: State, event: ev.SpeechStopped, now: float, c: Conversation) -> Step:
    return _commit(state, now, c) if event.by == "gate" and state.talking else (state, [])


@row("answering", ev.TextHeard, "asleep")
def answer_is_written(state: State, event: ev.TextHeard, now: float, c: Conversation) -> Step:
    """A cough is no answer: who asked waits on."""
    written = _answer(state)
    if not written.unwritten:  # said to somebody else, before the question
        return state, []
    text = event.text.strip()
    written = replace(written, said=(*written.said, text) if text else written.said, unwritten=written.unwritten - 1)
    state = replace(state, answer=written)
    if state.talking or written.unwritten:
        return state, []
    if written.said:
        return _told(state)
    return give_up(state, NOTHING) if now >= written.by_s else (replace(state, deadline_s=written.by_s), [])


@row("answering", ev.DeadlinePassed, "asleep")
def no_answer(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    if state.deadline_s is None or now < state.deadline_s:
        return state, []
    if state.mended_by_s is not None and now < state.mended_by_s:
        return replace(state, deadline_s=state.mended_by_s), []
    if state.talking:
        return _commit(state, now, c)
    if _answer(state).said:
        return _told(state)
    return give_up(state, NOTHING if _answer(state).unwritten else NOBODY)


@row("answering", ev.ReplyBegun, STAYS)
def nobody_asked_the_service(state: State, event: ev.ReplyBegun, now: float, c: Conversation) -> Step:
    return state, [do.CutReply(), do.CancelReply()]


@row("answering", ev.MuteAsked, "asleep")
def mute_while_answering(state: State, event: ev.MuteAsked, now: float, c: Conversation) -> Step:
    if not event.muted:
        return state, []
    after, actions = give_up(state, MUTED)
    return replace(after, muted=True), [do.SetMuted(True), *actions, do.PlayChime("muted")]


def _commit(state: State, now: float, c: Conversation) -> Step:
    """What was said is a turn; who goes on before it is written down is heard out."""
    turn = _answer(state)
    spoken = replace(turn, unwritten=turn.unwritten + 1)
    ended = replace(state, talking=False, answer=spoken, deadline_s=now + c.thinking_s)
    return ended, [do.CommitTurn(answered=False)]


def _told(state: State) -> Step:
    after, actions = rest(replace(state, waiting=state.waiting[1:]))
    return after, [*actions, *answer(state.waiting[0], True, said=" ".join(_answer(state).said))]


def _answer(state: State) -> Answer:
    assert state.answer is not None
    return state.answer
