"""Facts that the organs tell the conductor: past tense, frozen, in the order in which they happened."""

from dataclasses import dataclass, field
from typing import Any, Literal

from oyez.events_hearing import (
    EnrolmentEnded as EnrolmentEnded,
    EnrolmentHeard as EnrolmentHeard,
    SpeechDismissed as SpeechDismissed,
    SpeechStarted as SpeechStarted,
    SpeechStopped as SpeechStopped,
    SpeechSuspected as SpeechSuspected,
    StopHeard as StopHeard,
    WakeHeard as WakeHeard,
)
from oyez.events_home import (
    AskAsked as AskAsked,
    BidLost as BidLost,
    BidWon as BidWon,
    BrightnessAsked as BrightnessAsked,
    FollowUpAsked as FollowUpAsked,
    LineFellBack as LineFellBack,
    LineReturned as LineReturned,
    ListenAsked as ListenAsked,
    MuteAsked as MuteAsked,
    MuteSwitched as MuteSwitched,
    MuteWished as MuteWished,
    PlayAsked as PlayAsked,
    QuietHours as QuietHours,
    RestartAsked as RestartAsked,
    RivalsKnown as RivalsKnown,
    SayAsked as SayAsked,
    StopAsked as StopAsked,
    TimerDue as TimerDue,
    TimerGone as TimerGone,
    VolumeAsked as VolumeAsked,
)


@dataclass(frozen=True, slots=True)
class SessionReady:
    """The line is open and configured: audio may flow."""


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The line could not be opened, was refused, or broke."""

    reason: Literal["backend_away", "token_refused", "line_away", "line_refused", "line_lost"]
    sentence: str
    """What happened, what it means, what to do: for a person."""
    retry_after_s: float | None = None
    """When another attempt makes sense; None: at the next wake word."""


@dataclass(frozen=True, slots=True)
class LineBroke:
    """The session was lost in mid-conversation: the line opens the next one by itself and goes on with what is owed."""

    until_s: float
    """By then (monotonic) a LineMended or a SessionLost has come."""


@dataclass(frozen=True, slots=True)
class LineMended:
    """The conversation goes on in the next session."""


@dataclass(frozen=True, slots=True)
class ReplyBegun:
    """The service began to answer (response.created)."""

    response_id: str
    aside: bool | None = None
    """It stands outside the conversation, as what we have said word for word does; None: the service does not say."""


@dataclass(frozen=True, slots=True)
class ReplyAudible:
    """The first audio of a response reached the queue of the voice."""

    response_id: str


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The service finished a response (response.done). Its audio may still be playing."""

    response_id: str
    status: str
    """completed, cancelled, failed or incomplete."""
    tool_calls: int = 0
    """How many tools it called: each is told by a ToolCalled before this."""
    sentence: str = ""
    """Why it failed or was cut short, for a person."""


@dataclass(frozen=True, slots=True)
class ToolCalled:
    call_id: str
    name: str
    arguments: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    call_id: str
    name: str
    output: str
    """JSON or plain text, as the model will read it."""
    ok: bool


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """Nothing that was queued of replies is still to be heard in the room."""

    heard: bool = True
    """False: it, or some of it, was lost, the loudspeaker is away."""


@dataclass(frozen=True, slots=True)
class TextHeard:
    """What the service understood the user to have said."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TextSaid:
    """What the service said (transcript of its audio, as far as it was generated)."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class WakeWordsAsked:
    words: tuple[str, ...]
    """To listen for from now on; every name is known."""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class SensitivityAsked:
    sensitivity: Literal["low", "medium", "high"]
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class EnrolAsked:
    """Learn a wake phrase of the household's own, now, from what is said three times."""

    name: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class TalkPressed:
    """Somebody holds the talk button (or the same over MQTT): what is said until its release is one turn."""

    order_id: str | None = None
    since_s: float | None = None
    """When the finger went down (monotonic): that it stays is known only a moment later; None: now."""


@dataclass(frozen=True, slots=True)
class TalkReleased:
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    """A tool may only be used if somebody here agrees: a remote (MCP) one, or one of this device."""

    request_id: str
    server: str
    """Its label, as configured; empty: the tool is this device's own."""
    name: str
    """Of the tool."""
    arguments: dict[str, Any] = field(hash=False)
    question: str = ""
    """What is asked aloud; empty: whether this tool of this server may be used."""
    own: bool = False
    """This device would make the call, whose id is request_id; else the service."""


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """Somebody agreed or refused, by button or over MQTT; a spoken answer comes as TextHeard."""

    approve: bool
    request_id: str | None = None
    """None: the one that was asked about last."""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class BudgetWarned:
    """Most of a budget is used up."""

    sentence: str
    """To be said when the conversation is over."""


@dataclass(frozen=True, slots=True)
class BudgetSpent:
    """A budget is used up: what runs may end, nothing new is begun until it is renewed."""

    scope: Literal["session", "day", "month"]
    """A session's cap ends that conversation only."""
    sentence: str
    """To be said politely, for a person."""


@dataclass(frozen=True, slots=True)
class BudgetRenewed:
    """A new day or month has begun, or the budget was raised."""


@dataclass(frozen=True, slots=True)
class TroubleFound:
    """An organ lost what it lives on and is trying to get it back: a card, the backend."""

    kind: str
    """hardware, backend_away, token_refused, ..."""
    sentence: str


@dataclass(frozen=True, slots=True)
class TroubleGone:
    kind: str


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """The state's one deadline has come."""


Event = (
    WakeHeard
    | StopHeard
    | SpeechSuspected
    | SpeechDismissed
    | SpeechStarted
    | SpeechStopped
    | EnrolmentHeard
    | EnrolmentEnded
    | SessionReady
    | SessionLost
    | LineBroke
    | LineMended
    | ReplyBegun
    | ReplyAudible
    | ReplyEnded
    | ToolCalled
    | ToolAnswered
    | PlaybackFinished
    | TextHeard
    | TextSaid
    | MuteAsked
    | MuteSwitched
    | MuteWished
    | VolumeAsked
    | BrightnessAsked
    | WakeWordsAsked
    | SensitivityAsked
    | EnrolAsked
    | ListenAsked
    | StopAsked
    | SayAsked
    | PlayAsked
    | AskAsked
    | FollowUpAsked
    | RestartAsked
    | QuietHours
    | TimerDue
    | TimerGone
    | RivalsKnown
    | BidWon
    | BidLost
    | LineFellBack
    | LineReturned
    | TalkPressed
    | TalkReleased
    | ApprovalAsked
    | ApprovalGiven
    | BudgetWarned
    | BudgetSpent
    | BudgetRenewed
    | TroubleFound
    | TroubleGone
    | DeadlinePassed
)
