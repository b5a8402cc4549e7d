"""The row of the table for what was said to us, in words: an answer to our question, or the end. Pure.

Everything else that is said is between the user and the model.
"""

from oyez import events as ev
from oyez.approvals import decide, spoken_answer
from oyez.config import Conversation
from oyez.leaving import Step
from oyez.phases import sleep
from oyez.phrases import says_one_of
from oyez.state import State
from oyez.table import row


@row("listening", ev.TextHeard, "thinking asleep announcing")
@row("thinking speaking", ev.TextHeard, "asleep announcing")
def text_heard(state: State, event: ev.TextHeard, now: float, c: Conversation) -> Step:
    """A closing phrase, unless they speak on or have said something else since, is silence at once, and nothing more is
    answered."""
    approve = spoken_answer(state, event, c)
    if approve is not None:
        return decide(state, state.approvals[0], approve, "" if approve else "the user said no", now, c)
    outdated = bool(state.said_last and event.item_id) and event.item_id != state.said_last
    if state.addressed or outdated or not says_one_of(event.text, c.closing_phrases):
        return state, []
    return sleep(state, now, c, done=True)
