"""The state of the conversation machine and the ways from one phase into another.

Every way into a phase is one function here, so that what a phase promises (tap, deadline, line) is said once:

    phase         line      tap     deadline
    asleep        closed    closed  none
    opening       opening   open    opening_s       a request is being recorded while the line opens
    listening     open      open    patience_s, utterance_s while someone speaks
    thinking      open      open    thinking_s
    speaking      open      open    speaking_s
    calling       opening   closed  opening_s       the line opens to say something that was ordered
    announcing    open      closed  speaking_s      that is being said
"""

from dataclasses import dataclass, replace
from enum import Enum

from oyez import actions as do
from oyez.actions import Action
from oyez.config import Conversation
from oyez.events import SayAsked


class Phase(Enum):
    ASLEEP = "asleep"
    OPENING = "opening"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    CALLING = "calling"
    ANNOUNCING = "announcing"


TAP_OPEN = frozenset({Phase.OPENING, Phase.LISTENING, Phase.THINKING, Phase.SPEAKING})
LINE_OPEN = frozenset({Phase.LISTENING, Phase.THINKING, Phase.SPEAKING, Phase.ANNOUNCING})
LINE_KINDS = ("line_away", "line_refused", "line_lost", "line_silent")
"""Troubles that an open line ends. The backend's own troubles end when it hands out tokens again."""
MAX_WAITING = 4


@dataclass(frozen=True, slots=True)
class State:
    phase: Phase = Phase.ASLEEP
    muted: bool = False
    """The microphone is off. Announcements still sound."""
    deadline_s: float | None = None
    """When this phase must be over."""
    chime_at_s: float | None = None
    """When the chime that says "heard you" is due: only if nobody speaks before, so that it never covers a request
    that is said in one breath with the wake word, nor goes upstream with it."""
    ends_s: float = 0.0
    """When this conversation should be over: an open line costs money. What goes on then may still end."""
    talking: bool = False
    """Someone speaks to us, as the service hears it."""
    reply: str | None = None
    """Response that the service is generating."""
    calls: frozenset[str] = frozenset()
    """Tools that run and whose answers a reply waits for."""
    late: frozenset[str] = frozenset()
    """Tools of an interrupted reply: their answers are told to the service, but nobody waits for them."""
    asked: bool = False
    """We asked for a reply that has not begun."""
    troubled: bool = False
    """A trouble began meanwhile: its chime comes when the conversation is over, where no cut can swallow it."""
    waiting: tuple[SayAsked, ...] = ()
    """Texts to be said when the conversation is over; the first is being said while announcing."""

    @property
    def next_s(self) -> float | None:
        """The one moment at which DeadlinePassed is due."""
        moments = [moment for moment in (self.deadline_s, self.chime_at_s) if moment is not None]
        return min(moments, default=None)

    @property
    def reply_is_due(self) -> bool:
        return self.reply is not None or bool(self.calls) or self.asked


Step = tuple[State, list[Action]]


def open_conversation(state: State, since_s: float, now: float, c: Conversation) -> Step:
    """asleep -> opening: record from `since_s` on and open the line meanwhile."""
    opened = State(
        phase=Phase.OPENING,
        deadline_s=now + c.opening_s,
        chime_at_s=now + c.chime_pause_s,
        ends_s=now + c.max_conversation_s,
        troubled=state.troubled,
        waiting=state.waiting,
    )
    # The line first: it keeps what it is given until it is open, and the tap gives the pre-roll at once.
    return opened, [do.OpenSession(), do.OpenTap(since_s)]


def listen(state: State, now: float, c: Conversation) -> Step:
    """-> listening; or to sleep when the conversation has lasted long enough."""
    if state.talking:
        return hear_out(state, now, c)
    if now >= state.ends_s:
        return sleep(state, now, c, "the conversation ended")
    return _listening(state, min(now + c.patience_s, state.ends_s))


def hear_out(state: State, now: float, c: Conversation) -> Step:
    """-> listening to someone who is speaking: the cap on conversations waits for the end of their sentence."""
    until_s = min(now, state.ends_s) + c.utterance_s
    if now >= until_s:
        return sleep(state, now, c, "the conversation ended")
    after, actions = _listening(state, until_s)
    return replace(after, chime_at_s=None), actions


def _listening(state: State, deadline_s: float) -> Step:
    leaving: list[Action] = [do.ExpectBargeIn(False)] if state.phase is Phase.SPEAKING else []
    heard = replace(
        state,
        phase=Phase.LISTENING,
        deadline_s=deadline_s,
        reply=None,
        calls=frozenset(),
        late=state.late | state.calls,
        asked=False,
    )
    return heard, leaving


def think(state: State, now: float, c: Conversation) -> Step:
    leaving: list[Action] = [do.ExpectBargeIn(False)] if state.phase is Phase.SPEAKING else []
    until_s = min(now, state.ends_s) + c.thinking_s
    return replace(state, phase=Phase.THINKING, deadline_s=until_s, chime_at_s=None), leaving


def speak(state: State, now: float, c: Conversation) -> Step:
    until_s = min(now, state.ends_s) + c.speaking_s
    return replace(state, phase=Phase.SPEAKING, deadline_s=until_s), [do.ExpectBargeIn(True)]


def call(state: State, now: float, c: Conversation) -> Step:
    """asleep -> calling: the line opens to say what is waiting."""
    return replace(state, phase=Phase.CALLING, deadline_s=now + c.opening_s), [do.OpenSession()]


def announce(state: State, now: float, c: Conversation) -> Step:
    """-> announcing: the line is open and the first of what is waiting is said."""
    said = State(
        phase=Phase.ANNOUNCING,
        muted=state.muted,
        deadline_s=now + c.speaking_s,
        troubled=state.troubled,
        waiting=state.waiting,
    )
    return said, [do.SayText(state.waiting[0].text)]


def hush(state: State) -> list[Action]:
    """What it takes to be silent at once and let nothing out."""
    actions: list[Action] = []
    if state.phase in (Phase.SPEAKING, Phase.ANNOUNCING):
        actions.append(do.CutReply())
    if state.reply is not None:
        actions.append(do.CancelReply())
    if state.phase is Phase.SPEAKING:
        actions.append(do.ExpectBargeIn(False))
    if state.phase in TAP_OPEN:
        actions.append(do.CloseTap())
    return actions


def sleep(state: State, now: float, c: Conversation, why: str) -> Step:
    """-> asleep; or first announce what waited politely. why: told to orders that are not carried out."""
    actions = hush(state)
    if state.waiting and state.phase in LINE_OPEN and state.phase is not Phase.ANNOUNCING:
        after, more = announce(state, now, c)
        return after, actions + more
    if state.phase is not Phase.ASLEEP:
        actions.append(do.CloseSession())
    return State(muted=state.muted), [*actions, *owed_chime(state), *refuse_waiting(state, why)]


def owed_chime(state: State) -> list[Action]:
    return [do.PlayChime("error")] if state.troubled else []


def refuse_waiting(state: State, why: str) -> list[Action]:
    return [do.CompleteOrder(order.order_id, False, why) for order in state.waiting]


def fail(state: State, kind: str, sentence: str) -> Step:
    """-> asleep, and say why by sound and on MQTT."""
    actions = hush(state)
    if state.phase is not Phase.ASLEEP:
        actions.append(do.CloseSession())
    actions += [do.PlayChime("error"), do.Complain(kind, sentence), *refuse_waiting(state, sentence)]
    return State(muted=state.muted), actions
