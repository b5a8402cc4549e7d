"""Orders that the conductor gives to the organs: imperative, frozen, carried out in the order given."""

from dataclasses import dataclass, field
from typing import Any, Literal

from oyez.actions_home import (
    AcknowledgeTimers as AcknowledgeTimers,
    DropClip as DropClip,
    DropComing as DropComing,
    PlaceBid as PlaceBid,
    PlayClip as PlayClip,
    RefuseSetting as RefuseSetting,
    ReportYield as ReportYield,
    Restart as Restart,
    Ring as Ring,
    UseVolume as UseVolume,
)


@dataclass(frozen=True, slots=True)
class PlayChime:
    """A short sound of the device's own; never sent upstream."""

    name: Literal["wake", "done", "error", "muted", "unmuted", "ring"]


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Fetch a token if there is none, open the line, configure it."""


@dataclass(frozen=True, slots=True)
class CloseSession:
    """Close the line, or give up opening it; forget audio not yet sent."""


@dataclass(frozen=True, slots=True)
class OpenTap:
    """Let sound flow from the ears to the line, beginning with what was kept since `since_s` (monotonic)."""

    since_s: float


@dataclass(frozen=True, slots=True)
class CloseTap:
    """No sound leaves the ears from here on."""


@dataclass(frozen=True, slots=True)
class ExpectBargeIn:
    """The loudspeaker speaks: the gate must ask more of what it calls speech."""

    on: bool
    spoken_over: bool = False
    """Off, because the service hears somebody who began before the loudspeaker did: what they said since is let out."""


@dataclass(frozen=True, slots=True)
class CutReply:
    """Silence the loudspeaker within one period, forget what was queued, tell the service what was heard."""


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Have the service stop generating."""


@dataclass(frozen=True, slots=True)
class FinishReply:
    """No more audio will come for now: tell when all of it has been heard."""


@dataclass(frozen=True, slots=True)
class RunTool:
    call_id: str
    name: str
    arguments: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class AnswerTool:
    """Give a tool's output to the service."""

    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class AskReply:
    """Have the service answer now (response.create)."""


@dataclass(frozen=True, slots=True)
class SayText:
    """Have the service speak this text, outside the conversation."""

    text: str


@dataclass(frozen=True, slots=True)
class SayFiller:
    """Have the service say a word while a tool takes its time, outside the conversation."""


@dataclass(frozen=True, slots=True)
class TakeTurns:
    """Who says that a turn has ended: the service (its VAD), or this device by CommitTurn."""

    by: Literal["service", "device"]


@dataclass(frozen=True, slots=True)
class CommitTurn:
    """What was sent since the last turn is one: have it answered. Too short to be one (100 ms): forget it."""

    until_s: float | None = None
    """What was captured until then (monotonic) belongs to it and may still be on its way; None: all of it was sent."""
    answered: bool = True
    """False: it is only to be written down, since a program had asked the question."""


@dataclass(frozen=True, slots=True)
class ForgetTurn:
    """Have the service forget what was sent since the last turn."""


@dataclass(frozen=True, slots=True)
class ApproveTool:
    """Answer a tool's wish to be used: the service's, which then goes on, or that of a call of this device."""

    request_id: str
    approve: bool
    why: str = ""
    own: bool = False
    """This device would make the call."""


@dataclass(frozen=True, slots=True)
class ReportApproval:
    """Tell people that a remote tool waits for one of them to agree."""

    request_id: str
    server: str
    name: str
    arguments: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class SetMuted:
    muted: bool


@dataclass(frozen=True, slots=True)
class SetVolume:
    level: float


@dataclass(frozen=True, slots=True)
class CompleteOrder:
    """Answer an order that came over MQTT."""

    order_id: str | None
    ok: bool
    why: str = ""
    answer: str | None = None
    """What somebody said to a question that the order had asked."""


@dataclass(frozen=True, slots=True)
class ReportWake:
    """Tell people of a wake or stop word."""

    word: str
    score: float
    threshold: float = 0.0
    snr_db: float | None = None
    direction_deg: float | None = None


@dataclass(frozen=True, slots=True)
class PauseReply:
    """Silence the loudspeaker within one period and keep what was not heard."""


@dataclass(frozen=True, slots=True)
class ResumeReply:
    """Go on where the reply was paused."""


@dataclass(frozen=True, slots=True)
class SetWakeWords:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetSensitivity:
    sensitivity: Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class BeginEnrolment:
    """Take the next utterances as recordings of this phrase."""

    name: str
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class EndEnrolment:
    """Give it up; what was recorded is forgotten."""


@dataclass(frozen=True, slots=True)
class ReportEnrolment:
    """Tell people how it goes."""

    name: str
    taken: int
    wanted: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Complain:
    """Something is wrong and people should know."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Relieve:
    """These troubles are over."""

    kinds: tuple[str, ...]


Action = (
    PlayChime
    | OpenSession
    | CloseSession
    | OpenTap
    | CloseTap
    | ExpectBargeIn
    | CutReply
    | CancelReply
    | FinishReply
    | RunTool
    | AnswerTool
    | AskReply
    | SayText
    | SayFiller
    | TakeTurns
    | CommitTurn
    | ForgetTurn
    | ApproveTool
    | ReportApproval
    | SetMuted
    | SetVolume
    | SetWakeWords
    | SetSensitivity
    | BeginEnrolment
    | EndEnrolment
    | ReportEnrolment
    | PauseReply
    | ResumeReply
    | CompleteOrder
    | ReportWake
    | PlayClip
    | DropClip
    | DropComing
    | UseVolume
    | Ring
    | AcknowledgeTimers
    | PlaceBid
    | ReportYield
    | RefuseSetting
    | Restart
    | Complain
    | Relieve
)
