"""Rows of the table for tools: run, answered, one reply to all of them. Pure."""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.phases import think
from oyez.settling import ask_when_answered
from oyez.state import Phase, State
from oyez.table import STAYS, row

NOT_DONE = "The reply was interrupted before this call came: nothing was done."
"""For the model."""


@row("thinking speaking", ev.ToolCalled, STAYS)
def tool_called(state: State, event: ev.ToolCalled, now: float, c: Conversation) -> Step:
    """A batch is what is called until a reply is asked for: one word fills the wait for all of it."""
    said = (state.owed or bool(state.calls)) and state.filler_at_s is None
    filler_at_s = None if said or not c.filler_s else now + c.filler_s
    called = replace(state, calls=state.calls | {event.call_id}, filler_at_s=filler_at_s)
    return called, [do.RunTool(event.call_id, event.name, event.arguments)]


@row("listening", ev.ToolCalled, STAYS)
def called_too_late(state: State, event: ev.ToolCalled, now: float, c: Conversation) -> Step:
    """Somebody spoke over the reply just before its call came: nothing is done, and the service learns that."""
    return state, ([] if event.call_id in state.late else [do.AnswerTool(event.call_id, NOT_DONE)])


@row("listening thinking speaking", ev.ToolAnswered, STAYS)
def tool_answered(state: State, event: ev.ToolAnswered, now: float, c: Conversation) -> Step:
    """The service learns every answer: what was switched stays switched, even if the reply was interrupted."""
    told = do.AnswerTool(event.call_id, event.output)
    if event.call_id in state.late:
        return replace(state, late=state.late - {event.call_id}), [told]
    if event.call_id not in state.calls:
        return state, []
    after, asking = ask_when_answered(replace(state, calls=state.calls - {event.call_id}, owed=True))
    if asking and after.phase is Phase.THINKING:  # the service has its whole time for the answer
        after, _ = think(after, now, c)
    return after, [told, *asking]


def say_filler(state: State) -> Step:
    """Tools take their time: a word, once a batch. Its response comes and goes as any other."""
    return replace(state, filler_at_s=None, asked=("filler",)), [do.SayFiller()]
