"""Rows of the table for what time brings. Pure.

A state has one next moment. What is due at it is done in this order: a paused reply goes on, the chime, a refusal, a
filler, the phase's end, which waits for a line that is being mended.
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.approvals import nobody_agreed
from oyez.config import Conversation
from oyez.leaving import Step, give_up
from oyez.phases import fail, go_on, sleep
from oyez.settling import settle
from oyez.state import LINE_OPEN, Phase, State
from oyez.table import row
from oyez.tool_calls import say_filler


@row("opening calling thinking", ev.DeadlinePassed, "asleep")
def nobody_answered(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    if (step := _meanwhile(state, now, c)) is not None:
        return step
    if not _due(state.deadline_s, now):
        return state, []
    if state.calls and not state.reply_is_coming and now < state.ends_s:
        # Not the service is silent but our own tools take their time: each is answered in the end, well or badly.
        return replace(state, deadline_s=min(now + c.thinking_s, state.ends_s)), []
    if state.phase in LINE_OPEN:
        return fail(state, "line_silent", "The service did not answer in time. Ask again.")
    return fail(
        state, "line_away", "The line did not open in time: is the internet away? Say the wake word to try again."
    )


@row("listening", ev.DeadlinePassed, "thinking asleep announcing")
def nobody_spoke(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    """Nobody spoke, or what was said had no end: it is over, but for a question that somebody spoke over."""
    if (step := _meanwhile(state, now, c)) is not None:
        return step
    if not _due(state.deadline_s, now):
        return state, []
    if state.approvals and state.question == "due" and not state.addressed:
        return settle(state, now, c, heard=False)
    if state.unremarked:
        return fail(state, "line_silent", "The service took no notice of what was said. Ask again.")
    return sleep(state, now, c, done=True)


@row("speaking announcing", ev.DeadlinePassed, "asleep announcing")
def over(state: State, event: ev.DeadlinePassed, now: float, c: Conversation) -> Step:
    """What was said had no end."""
    if (step := _meanwhile(state, now, c)) is not None:
        return step
    if not _due(state.deadline_s, now):
        return state, []
    if state.phase is Phase.ANNOUNCING:
        return give_up(state, f"it was not said within {c.speaking_s:g} s")
    return sleep(state, now, c)


def _meanwhile(state: State, now: float, c: Conversation) -> Step | None:
    if _due(state.resume_by_s, now):
        return go_on(state)
    if _due(state.chime_at_s, now):
        return replace(state, chime_at_s=None), [do.PlayChime("wake")]
    if _due(state.refusal_due_s, now):
        return nobody_agreed(state, now, c)
    if _due(state.filler_due_s, now):
        return say_filler(state)
    if _due(state.deadline_s, now) and state.mended_by_s is not None and now < state.mended_by_s:
        return replace(state, deadline_s=state.mended_by_s), []
    return None


def _due(moment_s: float | None, now: float) -> bool:
    return moment_s is not None and now >= moment_s
