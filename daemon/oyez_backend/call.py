"""One telephone call, decided: what to do at each event beside it. Pure; time is an argument, in seconds.

The sound never comes here. We follow the session over its sideband: carry out tools, count money, and end the call,
with a spoken word, when its time or the day's budget is over.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

from oyez_backend.call_meter import AnyUsage, Meter, Verdict
from oyez_realtime import response_events as response, server_events as server
from oyez_realtime.closing import Remedy
from oyez_realtime.items import FunctionCall
from oyez_realtime.responses import DurationUsage, Response, TokenUsage, Usage
from oyez_realtime.tolerance import ServerEvent
from oyez_realtime.wire import given

FAREWELL_MAX_S = 30.0
"""From the decision to end to the end: a reply may still be playing, and the farewell comes after it."""
FAREWELL_UNHEARD_S = 5.0
"""For a farewell that was made, when the service does not tell what it plays."""
REJOINS_MAX = 4
REJOIN_FIRST_S = 0.5
OWN = {"oyez": "farewell"}
"""Metadata by which the farewell is known again."""

Why: TypeAlias = Literal["budget", "time", "asked", "sideband_lost", "stopping"]


class Phase(StrEnum):
    TALKING = "talking"
    PARTING = "parting"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Speak:
    """A response whose instructions are these."""

    instructions: str
    farewell: bool = False


@dataclass(frozen=True, slots=True)
class RunTool:
    call_id: str
    name: str
    arguments: str
    """JSON, as the model wrote it."""


@dataclass(frozen=True, slots=True)
class Answer:
    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class Continue:
    """A response, now that all tools have answered."""


@dataclass(frozen=True, slots=True)
class Hush:
    """No more turns of the caller, and no more of what is being said."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """By REST, which needs no sideband."""


@dataclass(frozen=True, slots=True)
class Rejoin:
    delay_s: float


Action: TypeAlias = Speak | RunTool | Answer | Continue | Hush | HangUp | Rejoin


@dataclass(frozen=True, slots=True)
class Limits:
    max_call_s: float
    farewell: str
    greeting: str = ""


class Call:
    """`deadline_s`: when `time_passed` is due, if nothing happens before. After `HangUp` it is over, whatever comes."""

    def __init__(self, meter: Meter, limits: Limits, now_s: float) -> None:
        self.phase = Phase.TALKING
        self.why: Why | Literal["caller"] | None = None
        """Why it ends; `caller`: it ended without us."""
        self.deadline_s = now_s + limits.max_call_s
        self._meter, self._limits = meter, limits
        self._joined = False
        self._rejoins = 0
        self._passed_on = False
        self._running: set[str] = set()
        self._known: set[str] = set()
        self._held: list[Action] = []
        self._playing: str | None = None
        self._farewell_id: str | None = None
        self._farewell_made = False

    def joined(self) -> list[Action]:
        """The sideband is open, for the first time or again."""
        first, self._joined = not self._joined and self._rejoins == 0, True
        greeting: list[Action] = [Speak(self._limits.greeting)] if first and self._limits.greeting else []
        held, self._held = self._held, []
        return greeting + held

    def heard(self, event: ServerEvent, now_s: float) -> list[Action]:
        match event:
            case response.ResponseCreated():
                self._created(event.response)
            case response.ResponseDone():
                return self._done(event.response, now_s)
            case server.ConversationItemInputAudioTranscriptionCompleted():
                usage = event.usage
                return self._count(usage, now_s) if isinstance(usage, DurationUsage | TokenUsage) else []
            case server.OutputAudioBufferStarted():
                self._playing = event.response_id
            case server.OutputAudioBufferStopped() | server.OutputAudioBufferCleared():
                return self._played(event.response_id)
            case _:
                pass
        return []

    def tool_answered(self, call_id: str, output: str) -> list[Action]:
        self._running.discard(call_id)
        if self.phase is not Phase.TALKING:
            return []
        told: list[Action] = [Answer(call_id, output)]
        if not self._running:
            told.append(Continue())
        if self._joined:
            return told
        self._held += told
        return []

    def time_passed(self, now_s: float) -> list[Action]:
        if self.phase is Phase.OVER or now_s < self.deadline_s:
            return []
        return self._part("time", now_s) if self.phase is Phase.TALKING else self._hang_up()

    def end(self, why: Why) -> list[Action]:
        """At once, without a word: somebody asked, or this process ends."""
        self.why = self.why or why
        return self._hang_up()

    def passed_on(self) -> None:
        """Somebody else has it now: when the sideband closes it is over for us."""
        self._passed_on = True

    def lost(self, remedy: Remedy) -> list[Action]:
        """The sideband closed, or could not be opened."""
        self._joined = False
        if self.phase is Phase.OVER:
            return []
        if remedy is Remedy.STOP or self._passed_on:
            self.phase, self.why = Phase.OVER, self.why or "caller"
            return []
        if self.phase is Phase.PARTING or remedy not in (Remedy.RETRY, Remedy.ROTATE) or self._rejoins >= REJOINS_MAX:
            return self.end("sideband_lost")
        self._rejoins += 1
        return [Rejoin(REJOIN_FIRST_S * 2 ** (self._rejoins - 1))]

    # -- inside -------------------------------------------------------------------------------------------------------

    def _created(self, created: Response) -> None:
        """The service tells our metadata again; where it does not, the next response after ours is taken for it."""
        metadata = given(created.metadata)
        if self.phase is Phase.PARTING and self._farewell_id is None and (metadata is None or metadata == OWN):
            self._farewell_id = created.id

    def _done(self, done: Response, now_s: float) -> list[Action]:
        counted = self._count(given(done.usage) or Usage(), now_s)
        if self.phase is Phase.OVER or counted:
            return counted
        if self.phase is Phase.TALKING:
            return self._tools_of(done)
        if done.id != self._farewell_id:
            return []
        if done.status not in ("completed", None):
            return self._hang_up()
        self._farewell_made = True
        if self._playing is None:
            self.deadline_s = min(self.deadline_s, now_s + FAREWELL_UNHEARD_S)
        return []

    def _tools_of(self, done: Response) -> list[Action]:
        """Each call once. Cut short in mid-sentence, a call is none: its arguments are not whole."""
        told: list[Action] = []
        for item in given(done.output) or []:
            call_id = given(item.call_id) if isinstance(item, FunctionCall) else None
            if not isinstance(item, FunctionCall) or call_id is None or call_id in self._known:
                continue
            if item.status == "incomplete" or (done.status == "cancelled" and item.status != "completed"):
                continue
            self._known.add(call_id)
            self._running.add(call_id)
            told.append(RunTool(call_id, item.name, item.arguments))
        return told

    def _count(self, usage: AnyUsage, now_s: float) -> list[Action]:
        spent = self._meter.spent(usage) is Verdict.SPENT
        return self._part("budget", now_s) if spent and self.phase is Phase.TALKING else []

    def _played(self, response_id: str) -> list[Action]:
        if self._playing == response_id:
            self._playing = None
        whole = self.phase is Phase.PARTING and self._farewell_made and response_id == self._farewell_id
        return self._hang_up() if whole else []

    def _part(self, why: Why, now_s: float) -> list[Action]:
        self.phase, self.why = Phase.PARTING, why
        self.deadline_s = now_s + FAREWELL_MAX_S
        if not self._limits.farewell or not self._joined:
            return self._hang_up()
        words = f"Say exactly this, in a friendly voice and in the language of this sentence: {self._limits.farewell}"
        return [Hush(), Speak(words, farewell=True)]

    def _hang_up(self) -> list[Action]:
        if self.phase is Phase.OVER:
            return []
        self.phase = Phase.OVER
        return [HangUp()]
