"""The state of the conversation machine: what it knows at one moment. Pure."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from oyez.events import ApprovalAsked, AskAsked, EnrolAsked, PlayAsked, SayAsked, WakeHeard

MAX_WAITING = 4
MAX_APPROVALS = 4
UNREMARKED_S = 1.0
"""From the first sound of a word to the end of the gate's patience with the silence behind it."""
PAUSE_S = 1.5
"""A reply never waits longer for the gate to say whether somebody speaks. The gate itself needs less, in all."""
TRANSCRIPT_S = 3.0
"""So long after somebody spoke what they said may still come in writing, and still counts as an answer."""

Turns = Literal["service", "device"]
Asked = Literal["answer", "filler", "question"]
"""What a response is: the model's answer, a word while tools run, or our question whether a tool may be used."""


class Phase(Enum):
    ASLEEP = "asleep"
    OPENING = "opening"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    CALLING = "calling"
    ANNOUNCING = "announcing"
    ANSWERING = "answering"
    PLAYING = "playing"
    RINGING = "ringing"
    BIDDING = "bidding"


IN_CONVERSATION = frozenset({Phase.LISTENING, Phase.THINKING, Phase.SPEAKING})
TAP_OPEN = IN_CONVERSATION | {Phase.OPENING, Phase.ANSWERING}
LINE_OPEN = IN_CONVERSATION | {Phase.ANNOUNCING, Phase.ANSWERING}
LINE_USED = LINE_OPEN | {Phase.OPENING, Phase.CALLING}
"""The line is open, or about to be."""
SOUNDING = frozenset({Phase.ANNOUNCING, Phase.ANSWERING, Phase.PLAYING})
"""The first of what waits is being said, asked or played."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the device itself has to say when the conversation is over: nobody waits for an answer to it."""

    text: str


Wish = SayAsked | AskAsked | PlayAsked | Notice
"""What is to be heard in the room."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To a question that a program had us ask."""

    by_s: float
    """By then its first word must have been said."""
    said: tuple[str, ...] = ()
    """What was understood so far, turn by turn."""
    unwritten: int = 0
    """Turns that ended and whose words are still to come."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The talk button: from its press until the answer was heard this device takes the turns."""

    pressed_s: float
    held: bool = True
    woke: bool = False
    """The press began the conversation; too short to be a request, it ends it again."""


@dataclass(frozen=True, slots=True)
class State:
    phase: Phase = Phase.ASLEEP

    # What outlives a conversation: at_rest keeps exactly this.
    muted: bool = False
    """The microphone is off. Announcements still sound."""
    switched: bool = False
    """The mute switch on the device is on: it is muted for as long as that stands so, whatever anybody else wishes."""
    muted_beneath: bool = False
    """While it is switched: how the household has set it, which counts again when the switch goes back."""
    turns: Turns = "service"
    """Who says that a turn has ended, as configured: the service, or this device's own gate."""
    spent: str = ""
    """The budget of the day or the month is used up: this sentence says so, and nothing new is begun."""
    quiet: str = ""
    """Quiet hours: this sentence says so to whoever wants something said or played that is not urgent."""
    follow_up: bool | None = None
    """Whether to listen again after a reply, as the household has set it; None: as configured."""
    rivals: bool = False
    """Other devices may hear the same wake word, and they and we can agree on who answers."""
    due: tuple[str, ...] = ()
    """Timers that have come and that nobody has heard yet: asleep, they ring."""
    fallen_back: bool = False
    """The local server answers, since the service is away."""
    unsaid: str = ""
    """What that means, to be said behind the next conversation."""

    enrolling: EnrolAsked | None = None
    """The phrase that is being learned, while the device sleeps."""

    # Time
    deadline_s: float | None = None
    """When this phase must be over."""
    chime_at_s: float | None = None
    """When the chime that says "heard you" is due: only if nobody speaks before, so that it never covers a request
    that is said in one breath with the wake word, nor goes upstream with it."""
    ends_s: float = 0.0
    """When this conversation should be over: an open line costs money. What goes on then may still end."""

    resume_by_s: float | None = None
    """The reply is paused, because somebody may have begun to speak over it; by then it goes on. None: it is not."""
    mended_by_s: float | None = None
    """The line broke and is mended by then, or lost: until then no silence of the service means anything."""

    # Who speaks
    talking: bool = False
    """Someone speaks to us, as the one who takes the turns hears it."""
    gate_since_s: float | None = None
    """Since when our own gate hears somebody, where the service takes the turns."""
    unremarked: bool = False
    """Somebody has said something, and the service took no notice of it, or none of its end."""
    talk: Talk | None = None
    follow_ups: int = 0
    """Requests since the wake word that came without another one."""
    closing: bool = False
    """What runs may end, then the conversation is over: a budget is used up, or the microphone is to be muted."""
    muting: bool = False
    """The microphone is to be muted with the end of the conversation: somebody wished it, and is to hear the answer."""

    # What the service does
    reply: str | None = None
    """Response that the service is generating."""
    saying: Asked = "answer"
    """What the last response that began is."""
    answer_due: bool = False
    """A turn ended: the service answers it, and has not begun to."""
    asked: tuple[Asked, ...] = ()
    """Responses that we asked for and that have not begun, in order."""

    # Tools
    calls: frozenset[str] = frozenset()
    """Tools that run and whose answers a reply waits for."""
    late: frozenset[str] = frozenset()
    """Tools of an interrupted reply: their answers are told to the service, but nobody waits for them."""
    owed: bool = False
    """Tools have answered, and the reply to that was not asked for yet."""
    filler_at_s: float | None = None
    """When tools that still run are worth a word; None: there are none, or it was said."""

    # Approvals
    approvals: tuple[ApprovalAsked, ...] = ()
    """Tools that wait for somebody to agree; the question is about the first. None of them runs: no reply waits for
    it."""
    question: Literal["due", "asked", "open"] = "due"
    """To be said when nothing else is; ordered; heard, so that an answer counts."""
    said_last: str = ""
    """Item of what was said to us last; "" where its name is not known."""
    heard_since: frozenset[str] = frozenset()
    """Items of what was said to us since the question was open; "" is one whose name is not known."""
    approve_by_s: float | None = None
    """Nobody having agreed by then, it is refused."""

    # Afterwards
    troubled: bool = False
    """A trouble began meanwhile: its chime comes when the conversation is over, where no cut can swallow it."""
    waiting: tuple[Wish, ...] = ()
    """What is to be said, asked or played when the conversation is over, by rank (wishes.py). While that is done the
    first is what is being said."""
    all_given: bool = False
    """The voice has all of the announcement, so that what it tells of an end is the end of that."""
    own_volume: bool = False
    """What is being said or played has a volume of its own."""
    answer: Answer | None = None
    """Only while answering."""

    # Other devices
    bidding: WakeHeard | None = None
    """Only while bidding."""
    bid_for: str = ""
    """The wake word that this conversation was bid for: another device may still be the better one."""

    @property
    def next_s(self) -> float | None:
        """The one moment at which DeadlinePassed is due."""
        moments = (self.deadline_s, self.chime_at_s, self.resume_by_s, self.filler_due_s, self.refusal_due_s)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def muted_by_household(self) -> bool:
        return self.muted_beneath if self.switched else self.muted

    @property
    def held(self) -> bool:
        """Somebody holds the talk button."""
        return self.talk is not None and self.talk.held

    @property
    def addressed(self) -> bool:
        """Somebody is in the middle of a request."""
        return self.talking or self.held

    @property
    def device_takes_turns(self) -> bool:
        return self.turns == "device" or self.talk is not None or self.phase is Phase.ANSWERING

    @property
    def taker(self) -> Literal["gate", "server"] | None:
        """Whose word on speech begins and ends a turn; None: only the talk button's."""
        if self.turns == "device":
            return None if self.held else "gate"
        return None if self.talk is not None else "server"

    @property
    def reply_is_coming(self) -> bool:
        """A response runs or will, so that none may be asked for."""
        return self.reply is not None or self.answer_due or bool(self.asked)

    @property
    def reply_is_due(self) -> bool:
        return self.reply_is_coming or bool(self.calls) or self.owed

    @property
    def filler_due_s(self) -> float | None:
        """Only while nothing is said and nothing is about to be."""
        silent = self.phase is Phase.THINKING and bool(self.calls) and not self.reply_is_coming
        return self.filler_at_s if silent else None

    @property
    def refusal_due_s(self) -> float | None:
        """Not while somebody may be answering, nor while the question itself is being said."""
        asking = self.phase is Phase.SPEAKING and self.saying == "question"
        waits = self.phase in IN_CONVERSATION and self.question == "open" and not self.addressed and not asking
        return self.approve_by_s if waits and self.approvals else None

    def spoken_to(self, item_id: str = "") -> "State":
        """Somebody began to say something."""
        heard = replace(self, said_last=item_id)
        return replace(heard, heard_since=self.heard_since | {item_id}) if self.question == "open" else heard

    def gate_opened(self, now: float) -> "State":
        """Our gate hears somebody; where the service takes the turns, it is for it to say so as well."""
        hears = self.taker == "server" and self.gate_since_s is None
        return replace(self, gate_since_s=now) if hears else self

    def gate_closed(self, now: float) -> "State":
        """They are silent again. Who was heard for so long should be remarked on by the service, now or soon."""
        since_s = self.gate_since_s
        ignored = since_s is not None and now - since_s >= UNREMARKED_S
        return replace(self, gate_since_s=None, unremarked=self.unremarked or ignored)

    def turn_ended(self, now: float) -> "State":
        """What was said is complete: the service answers, and what it was may take a moment to come in writing."""
        by_s = None if self.approve_by_s is None else max(self.approve_by_s, now + TRANSCRIPT_S)
        return replace(self, talking=False, answer_due=True, approve_by_s=by_s)

    def question_opened(self, now: float, approval_s: float) -> "State":
        """The question was heard, as far as it ever will be: from here on an answer counts."""
        return replace(self, question="open", heard_since=frozenset(), approve_by_s=now + approval_s)


def at_rest(state: State) -> State:
    """Asleep: all of a conversation is forgotten, and nothing that outlives one."""
    return State(
        muted=state.muted,
        switched=state.switched,
        muted_beneath=state.muted_beneath,
        turns=state.turns,
        spent=state.spent,
        quiet=state.quiet,
        follow_up=state.follow_up,
        rivals=state.rivals,
        due=state.due,
        fallen_back=state.fallen_back,
        unsaid=state.unsaid,
    )
