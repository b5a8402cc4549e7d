"""The ways of the conversation machine from one phase of a conversation into another. Pure.

Every way into a phase is one function here (or in sounding.py, for what sounds beside a conversation), so that what a
phase promises (tap, deadline, line) is said once:

    phase         line      tap     deadline
    asleep        closed    closed  none
    bidding       closed    closed  2 x bid_s       other devices may have heard the same wake word better
    opening       opening   open    opening_s       a request is being recorded while the line opens
    listening     open      open    patience_s, utterance_s while someone speaks or holds the talk button
    thinking      open      open    thinking_s
    speaking      open      open    speaking_s
"""

from dataclasses import replace

from oyez import actions as do
from oyez.actions import Action
from oyez.config import Conversation
from oyez.leaving import Step, close_line, hush, rest
from oyez.sounding import announce, next_is_ripe
from oyez.state import IN_CONVERSATION, LINE_OPEN, Notice, Phase, State, Talk, at_rest
from oyez.wishes import able, needs_line, refuse, waits

LINE_KINDS = ("line_away", "line_refused", "line_lost", "line_silent")
"""Troubles that an open line ends. The backend's own troubles end when it hands out tokens again."""


def open_conversation(state: State, since_s: float, now: float, c: Conversation, talk: Talk | None = None) -> Step:
    """asleep -> opening: record from `since_s` on and open the line meanwhile."""
    opened = replace(
        at_rest(state),
        phase=Phase.OPENING,
        deadline_s=now + c.opening_s,
        chime_at_s=None if talk else now + c.chime_pause_s,
        ends_s=now + c.max_conversation_s,
        talk=talk,
        troubled=state.troubled,
        waiting=state.waiting,
        bid_for=state.bid_for,
    )
    # The line first: it keeps what it is given until it is open, and the tap gives the pre-roll at once.
    return opened, [do.OpenSession(), *(take_turns(state) if talk else []), do.OpenTap(since_s)]


def take_turns(state: State) -> list[Action]:
    """For as long as the talk button says, if the service takes them."""
    return [] if state.device_takes_turns else [do.TakeTurns("device")]


def listen(state: State, now: float, c: Conversation) -> Step:
    """-> listening; or to sleep when the conversation has lasted long enough."""
    if state.talk is not None and state.held:
        return listening_until(state, state.talk.pressed_s + c.utterance_s)
    if state.talking:
        return hear_out(state, now, c)
    if state.closing or now >= state.ends_s:
        return sleep(state, now, c)
    return listening_until(state, patience_ends_s(state, now, c))


def patience_ends_s(state: State, now: float, c: Conversation) -> float:
    """Who is asked about a tool has longer. The cap on conversations holds, but for what is being said now."""
    return min(max(now + c.patience_s, state.approve_by_s or now), max(state.ends_s, now))


def hear_out(state: State, now: float, c: Conversation) -> Step:
    """-> listening to someone who is speaking: the cap on conversations waits for the end of their sentence."""
    until_s = min(now, state.ends_s) + c.utterance_s
    if state.closing or now >= until_s:
        return sleep(state, now, c)
    after, actions = listening_until(state, until_s)
    return replace(after, chime_at_s=None), actions


def listening_until(state: State, deadline_s: float) -> Step:
    """-> listening. What was asked for and has not begun is not wanted any more; turns go back to who takes them."""
    leaving: list[Action] = []
    over = state.talk is not None and not state.held
    give_back = over and state.turns == "service"
    # What was sent while nobody's turn was taken is silence, and would be paid for. It goes before what the ears give
    # of somebody who spoke over a reply, which they do when they hear that the device does not speak any more.
    if give_back or (state.phase is Phase.SPEAKING and state.device_takes_turns):
        leaving.append(do.ForgetTurn())
    if give_back:
        leaving.append(do.TakeTurns("service"))
    if state.phase is Phase.SPEAKING:
        leaving.append(do.ExpectBargeIn(False))
    heard = replace(
        state,
        phase=Phase.LISTENING,
        deadline_s=deadline_s,
        resume_by_s=None,
        gate_since_s=state.gate_since_s if state.phase is Phase.OPENING else None,
        unremarked=state.unremarked and state.phase is Phase.OPENING,
        talk=None if over else state.talk,
        reply=None,
        answer_due=False,
        asked=(),
        calls=frozenset(),
        late=state.late | state.calls,
        owed=False,
        filler_at_s=None,
        question="due" if state.question == "asked" else state.question,
    )
    return heard, leaving


def think(state: State, now: float, c: Conversation) -> Step:
    leaving: list[Action] = [do.ExpectBargeIn(False)] if state.phase is Phase.SPEAKING else []
    until_s = min(now, state.ends_s) + c.thinking_s
    return replace(state, phase=Phase.THINKING, deadline_s=until_s, chime_at_s=None, resume_by_s=None), leaving


def speak(state: State, now: float, c: Conversation) -> Step:
    until_s = min(now, state.ends_s) + c.speaking_s
    return replace(state, phase=Phase.SPEAKING, deadline_s=until_s), [do.ExpectBargeIn(True)]


def go_on(state: State) -> Step:
    """A reply that was paused goes on where it was; one that was not is left alone."""
    if state.resume_by_s is None:
        return state, []
    return replace(state, resume_by_s=None), [do.ResumeReply()]


def sleep(state: State, now: float, c: Conversation, done: bool = False) -> Step:
    """-> asleep in order; or first say on the open line what waited politely. done: say by a chime that it is over."""
    chime: list[Action] = [do.PlayChime("done")] if done else []
    if state.unsaid and state.phase in IN_CONVERSATION and Notice(state.unsaid) not in state.waiting:
        state = waits(state, Notice(state.unsaid))
    state, refused = able(state, line_open=state.phase in LINE_OPEN)
    if state.phase in IN_CONVERSATION and next_is_ripe(state) and needs_line(state.waiting[0]):
        after, actions = announce(state, now, c)
        return after, [*hush(state), *chime, *refused, *actions]
    after, actions = rest(state)
    return after, [*actions, *chime, *refused]


def fail(state: State, kind: str, sentence: str) -> Step:
    """-> asleep, and say why by sound and on MQTT. What needs no line goes on waiting."""
    told: list[Action] = [do.PlayChime("error"), do.Complain(kind, sentence)]
    lost = [wish for wish in state.waiting if needs_line(wish)]
    others = tuple(wish for wish in state.waiting if not needs_line(wish))
    failed = replace(at_rest(state), waiting=others)
    return failed, [*hush(state), *close_line(state), *told, *refuse(lost, sentence)]
