"""What several files of rows share: what comes next when nothing is being said, and how a word is told of. Pure."""

from dataclasses import replace

from oyez import actions as do
from oyez.config import Conversation
from oyez.events import StopHeard, WakeHeard
from oyez.leaving import Step
from oyez.phases import listen, sleep, think
from oyez.state import State


def settle(state: State, now: float, c: Conversation, heard: bool) -> Step:
    """A response has ended and nothing of it is still to be heard. heard: the room heard it."""
    state, asking = ask_when_answered(state)
    if state.reply_is_due:
        after, actions = think(state, now, c)
        return after, [*actions, *asking]
    if state.closing or now >= state.ends_s:
        return sleep(state, now, c)
    if state.approvals:
        return ask_question(state, now, c) if state.question != "open" else listen(state, now, c)
    if heard and not may_follow_up(state, c):
        return sleep(state, now, c)
    return listen(replace(state, follow_ups=state.follow_ups + heard), now, c)


def report_wake(heard: WakeHeard | StopHeard) -> do.ReportWake:
    if isinstance(heard, StopHeard):
        return do.ReportWake(heard.word, heard.score, heard.threshold)
    return do.ReportWake(heard.word, heard.score, heard.threshold, heard.snr_db, heard.direction_deg)


def bid_engaged(state: State, heard: WakeHeard) -> Step:
    """What is heard here is acted on at once; the other devices are told."""
    if not state.rivals:
        return state, []
    bid = do.PlaceBid(heard.word, heard.score, heard.snr_db, engaged=True, near_db=heard.near_db)
    return replace(state, bid_for=heard.word), [bid]


def may_follow_up(state: State, c: Conversation) -> bool:
    wanted = c.follow_up if state.follow_up is None else state.follow_up
    return wanted and state.follow_ups < c.follow_ups_max


def ask_when_answered(state: State) -> Step:
    """One response.create after all calls are answered, and no response running or on its way."""
    if not state.owed or state.calls or state.reply_is_coming:
        return state, []
    return replace(state, owed=False, filler_at_s=None, asked=("answer",)), [do.AskReply()]


def ask_question(state: State, now: float, c: Conversation) -> Step:
    """-> thinking, until our question is heard."""
    wish = state.approvals[0]
    after, actions = think(replace(state, question="asked", asked=("question",)), now, c)
    return after, [*actions, do.SayText(wish.question or f"May I use {wish.name} of {wish.server}?")]
