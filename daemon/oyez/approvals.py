"""Rows of the table for tools that may only be used if somebody here agrees. Pure.

The question is said when nothing else is, and then answered by voice, by button or over MQTT. Who does not answer has
refused: whoever wished it, the service or a call of this device, hears of it once. A call that waits does not run, so
that no reply waits for it; once it is decided it runs, or is answered with why not.
"""

from dataclasses import replace

from oyez import actions as do, events as ev
from oyez.config import Conversation
from oyez.leaving import ENDED, Step
from oyez.phases import think
from oyez.phrases import says_one_of
from oyez.settling import settle
from oyez.state import IN_CONVERSATION, MAX_APPROVALS, Phase, State
from oyez.table import STAYS, all_but, row


@row("listening thinking", ev.ApprovalAsked, "listening thinking asleep announcing")
@row("speaking", ev.ApprovalAsked, STAYS)
def approval_asked(state: State, event: ev.ApprovalAsked, now: float, c: Conversation) -> Step:
    if any(wish.request_id == event.request_id for wish in state.approvals):
        return state, []
    if event.own and event.request_id not in state.calls | state.late:
        return over_already(state, event, now, c)
    if len(state.approvals) >= MAX_APPROVALS:
        why = f"{MAX_APPROVALS} other requests wait for an answer"
        refused = do.ApproveTool(event.request_id, False, why, event.own)
        return (state if event.own else replace(state, asked=(*state.asked, "answer"))), [refused]
    its_own = {event.request_id} if event.own else set()
    waits = replace(state, approvals=(*state.approvals, event), calls=state.calls - its_own, late=state.late - its_own)
    told = do.ReportApproval(event.request_id, event.server, event.name, event.arguments)
    if state.phase is Phase.SPEAKING or state.addressed or state.reply_is_coming:
        return waits, [told]
    after, actions = settle(waits, now, c, heard=False)
    return after, [told, *actions]


@row("announcing answering", ev.ApprovalAsked, STAYS)
def asked_too_late(state: State, event: ev.ApprovalAsked, now: float, c: Conversation) -> Step:
    """Nobody is listened to any more: refused when the line closes."""
    known = any(wish.request_id == event.request_id for wish in state.approvals)
    return (state if known else replace(state, approvals=(*state.approvals, event))), []


@row("asleep bidding opening calling playing ringing", ev.ApprovalAsked, STAYS)
def over_already(state: State, event: ev.ApprovalAsked, now: float, c: Conversation) -> Step:
    """The call was made in a conversation that has ended meanwhile."""
    return state, ([do.ApproveTool(event.request_id, False, ENDED, own=True)] if event.own else [])


@row("listening", ev.ApprovalGiven, "thinking")
@row(all_but("listening"), ev.ApprovalGiven, STAYS)
def approval_given(state: State, event: ev.ApprovalGiven, now: float, c: Conversation) -> Step:
    wishes = state.approvals if state.phase in IN_CONVERSATION else ()
    for wish in wishes:
        if event.request_id in (None, wish.request_id):
            why = "" if event.approve else "it was refused by hand"
            after, actions = decide(state, wish, event.approve, why, now, c)
            return after, [*actions, do.CompleteOrder(event.order_id, True)]
    why = "no tool waits for an approval" if event.request_id is None else f"no tool waits under {event.request_id}"
    return state, [do.CompleteOrder(event.order_id, False, why)]


def spoken_answer(state: State, event: ev.TextHeard, c: Conversation) -> bool | None:
    """Whether somebody agreed; None: it is no answer to the question, or was said before it."""
    heard = bool(state.heard_since & {event.item_id, ""})
    if not state.approvals or state.question != "open" or not heard:
        return None
    if says_one_of(event.text, c.no_phrases):
        return False
    return True if says_one_of(event.text, c.yes_phrases) else None


def decide(state: State, wish: ev.ApprovalAsked, approve: bool, why: str, now: float, c: Conversation) -> Step:
    """Who wished it is told and goes on; the service may be answering the words already, which comes first."""
    left = tuple(other for other in state.approvals if other is not wish)
    decided = _goes_on(replace(state, approvals=left), wish, now, c)
    if wish is state.approvals[0]:
        decided = replace(decided, question="due", heard_since=frozenset(), approve_by_s=None)
    actions: list[do.Action] = [do.ApproveTool(wish.request_id, approve, why, wish.own)]
    if state.phase is Phase.LISTENING and not state.addressed:
        decided, _ = think(decided, now, c)
    return decided, actions


def _goes_on(state: State, wish: ev.ApprovalAsked, now: float, c: Conversation) -> State:
    """The service answers its own wish. A call of ours runs, and nobody waits for it who is being spoken to."""
    if not wish.own:
        return replace(state, asked=(*state.asked, "answer"))
    if state.phase is Phase.LISTENING and state.addressed:
        return replace(state, late=state.late | {wish.request_id})
    filler_at_s = now + c.filler_s if c.filler_s else None
    return replace(state, calls=state.calls | {wish.request_id}, filler_at_s=filler_at_s)


def nobody_agreed(state: State, now: float, c: Conversation) -> Step:
    return decide(state, state.approvals[0], False, "nobody agreed in time", now, c)
