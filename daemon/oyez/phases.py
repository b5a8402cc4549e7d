"""The ways of the conversation machine from one phase into another. Pure.

Every way into a phase is one function here, so that what a phase promises (tap, deadline, line) is said once:

    phase         line      tap     deadline
    asleep        closed    closed  none
    opening       opening   open    opening_s       a request is being recorded while the line opens
    listening     open      open    patience_s, utterance_s while someone speaks or holds the talk button
    thinking      open      open    thinking_s
    speaking      open      open    speaking_s
    calling       opening   closed  opening_s       the line opens to say something that was ordered
    announcing    open      closed  speaking_s      that is being said
"""

from dataclasses import replace

from oyez import actions as do
from oyez.actions import Action
from oyez.config import Conversation
from oyez.events import SayAsked
from oyez.state import LINE_OPEN, TAP_OPEN, Notice, Phase, State, Talk

LINE_KINDS = ("line_away", "line_refused", "line_lost", "line_silent")
"""Troubles that an open line ends. The backend's own troubles end when it hands out tokens again."""
ENDED = "the conversation ended"

Step = tuple[State, list[Action]]


def at_rest(state: State) -> State:
    """Asleep again: all of a conversation is forgotten, and nothing that outlives one."""
    return State(muted=state.muted, turns=state.turns, spent=state.spent)


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
        return sleep(state, now, c, ENDED)
    return listening_until(state, patience_ends_s(state, now, c))


def patience_ends_s(state: State, now: float, c: Conversation) -> float:
    """Who is asked about a tool has longer. The cap on conversations holds, but for what is being said now."""
    return min(max(now + c.patience_s, state.approve_by_s or now), max(state.ends_s, now))


def hear_out(state: State, now: float, c: Conversation) -> Step:
    """-> listening to someone who is speaking: the cap on conversations waits for the end of their sentence."""
    until_s = min(now, state.ends_s) + c.utterance_s
    if state.closing or now >= until_s:
        return sleep(state, now, c, ENDED)
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


def call(state: State, now: float, c: Conversation) -> Step:
    """asleep -> calling: the line opens to say what is waiting."""
    return replace(state, phase=Phase.CALLING, deadline_s=now + c.opening_s), [do.OpenSession()]


def announce(state: State, now: float, c: Conversation) -> Step:
    """-> announcing: the line is open and the first of what is waiting is said."""
    said = replace(
        at_rest(state),
        phase=Phase.ANNOUNCING,
        deadline_s=now + c.speaking_s,
        # Refused when the line closes: earlier, the service would go on, and speak into what is announced.
        approvals=state.approvals,
        mended_by_s=state.mended_by_s,
        troubled=state.troubled,
        waiting=state.waiting,
    )
    return said, [do.SayText(state.waiting[0].text)]


def hush(state: State) -> list[Action]:
    """What it takes to be silent at once and let nothing out."""
    actions: list[Action] = []
    # The sound of a reply may be there already, and what tells of it still on its way to us.
    coming = state.phase is Phase.THINKING and state.reply_is_coming
    if coming or state.phase in (Phase.SPEAKING, Phase.ANNOUNCING):
        actions.append(do.CutReply())
    if state.reply is not None:
        actions.append(do.CancelReply())
    if state.phase is Phase.SPEAKING:
        actions.append(do.ExpectBargeIn(False))
    if state.phase in TAP_OPEN:
        actions.append(do.CloseTap())
    if state.talk is not None and state.turns == "service":
        actions.append(do.TakeTurns("service"))
    return actions


def close_line(state: State) -> list[Action]:
    if state.phase is Phase.ASLEEP:
        return []
    refused = [do.ApproveTool(wish.request_id, False, ENDED) for wish in state.approvals]
    return [*refused, do.CloseSession()]


def sleep(state: State, now: float, c: Conversation, why: str, done: bool = False) -> Step:
    """-> asleep; or first announce what waited politely. why: told to orders that are not carried out.
    done: say by a chime that it is over."""
    chime: list[Action] = [do.PlayChime("done")] if done else []
    if state.waiting and state.phase in LINE_OPEN and state.phase is not Phase.ANNOUNCING:
        after, actions = announce(state, now, c)
        return after, [*hush(state), *chime, *actions]
    after, actions = end(state, why)
    return after, [*actions, *chime]


def end(state: State, why: str) -> Step:
    """-> asleep at once. why: told to orders that are not carried out."""
    owed: list[Action] = [do.PlayChime("error")] if state.troubled else []
    return at_rest(state), [*hush(state), *close_line(state), *owed, *refuse_waiting(state, why)]


def fail(state: State, kind: str, sentence: str) -> Step:
    """-> asleep, and say why by sound and on MQTT."""
    told: list[Action] = [do.PlayChime("error"), do.Complain(kind, sentence)]
    return at_rest(state), [*hush(state), *close_line(state), *told, *refuse_waiting(state, sentence)]


def refuse_waiting(state: State, why: str) -> list[Action]:
    return [action for text in state.waiting for action in answer(text, False, why)]


def answer(text: SayAsked | Notice, ok: bool, why: str = "") -> list[Action]:
    """To who ordered that it be said, if anybody did."""
    return [do.CompleteOrder(text.order_id, ok, why)] if isinstance(text, SayAsked) else []


def give_up_announcement(state: State) -> Step:
    """announcing, calling -> asleep, for a person who goes first: the sender is told, the others go on waiting."""
    told = answer(state.waiting[0], False, "someone spoke over it")
    rest = replace(at_rest(state), troubled=state.troubled, waiting=state.waiting[1:])
    return rest, [*hush(state), *close_line(state), *told]
