"""What the service owes us: an answer, the rest of one, a text to be said. Pure.

It outlives sessions. When a session is lost it tells which replies have ended with it and which the next session is
asked for again: nobody should have to say a request twice, and no tool runs twice. A response that has called a tool
has done its part: the tool's output and the wish to go on come from the house.
"""

from dataclasses import dataclass
from typing import Literal

from msgspec import UnsetType

from oyez import events as ev
from oyez.secret import mask
from oyez.session.entries import whole_words
from oyez_realtime import messages as wire
from oyez_realtime.closing import Remedy, judge_error

WAITS = "conversation_already_has_active_response"
"""The client asks again by itself when the way is free."""


@dataclass(slots=True)
class _Reply:
    id: str
    audible: bool = False
    finished: bool = False
    """All sound of what it began to say has come."""
    calls: int = 0
    """Of our tools, told to the house."""
    begun: int = 0
    """Calls of our tools that it began to write."""
    remote: bool = False
    """It has used a tool elsewhere, which the service runs by itself."""
    wanted: bool = True


@dataclass(slots=True)
class _Text:
    """To be said outside the conversation."""

    text: str
    filler: bool
    said: str = ""
    """As far as it came."""
    audible: bool = False
    wanted: bool = True


class Owing:
    def __init__(self) -> None:
        self._due: Literal["", "answer", "rest"] = ""
        self._remote = False
        """The reply whose rest is due has used a tool elsewhere."""
        self._reply: _Reply | None = None
        self._texts: list[_Text] = []
        """Asked for and not begun."""
        self._beside: dict[str, _Text] = {}
        """By response id: begun."""
        self._complained: set[str] = set()

    @property
    def busy(self) -> bool:
        """A response is active or asked for."""
        return bool(self._due or self._reply or self._texts or self._beside)

    @property
    def answer_due(self) -> bool:
        """What was said last has no answer yet, nor the beginning of one."""
        return self._due == "answer"

    @property
    def rest_due(self) -> bool:
        """A reply was cut off in the middle by a loss, and is wanted."""
        return self._due == "rest"

    @property
    def rest_may_call(self) -> bool:
        """What the reply was going to call has not been called: none of our tools, nor one elsewhere."""
        return not self._remote

    # --- orders -------------------------------------------------------------------------------------------------------

    def asked(self) -> None:
        self._due = self._due or "answer"

    def to_say(self, text: str, filler: bool = False) -> None:
        self._texts.append(_Text(text, filler))

    def unwanted(self) -> None:
        """The house wants no more of what is being said."""
        if self._reply is not None:
            self._reply.wanted = False
        if self._due == "rest":
            self._due = ""
        for text in self._beside.values():
            text.wanted = False

    # --- what the service tells ---------------------------------------------------------------------------------------

    def take(self, event: wire.ServerEvent) -> None:
        match event:
            case wire.InputAudioBufferSpeechStarted():
                self._due = ""  # the end of what is being said now will be answered
            case wire.InputAudioBufferCommitted():
                self._due = "answer"
            case wire.ResponseCreated(response=response):
                self._begun(response)
            case wire.ResponseDone(response=response):
                self._beside.pop(response.id, None)
                if self._reply is not None and self._reply.id == response.id:
                    self._reply = None
            case _:
                self._within(event)

    def _begun(self, response: wire.Response) -> None:
        unknown = isinstance(response.conversation_id, UnsetType) and not self._due
        if (response.conversation_id is None or unknown) and self._texts:
            self._beside[response.id] = self._texts.pop(0)
        else:
            self._due = ""
            self._reply = _Reply(response.id)

    def _within(self, event: wire.ServerEvent) -> None:
        response_id = getattr(event, "response_id", "")
        text = self._beside.get(response_id)
        reply = self._reply if self._reply is not None and self._reply.id == response_id else None
        match event:
            case wire.ResponseOutputAudioDelta():
                if text is not None:
                    text.audible = True
                if reply is not None:
                    reply.audible, reply.finished = True, False
            case wire.ResponseOutputAudioTranscriptDelta(delta=words) if text is not None:
                text.said += words
            case wire.ResponseOutputAudioDone() if reply is not None:
                reply.finished = True
            case wire.ResponseFunctionCallArgumentsDone() if reply is not None:
                reply.calls += 1
            case wire.ResponseOutputItemAdded(item=wire.FunctionCall()) if reply is not None:
                reply.begun += 1
            case wire.ResponseOutputItemAdded(item=wire.McpCall()) if reply is not None:
                reply.remote = True

    def objected(self, error: wire.ErrorEvent, cause: str | None) -> list[ev.Event]:
        """The service objects to something, the session lives. cause: wire name of our event that it objects to.

        A wish for a reply that was refused is a reply that failed; another trouble of the service is told once.
        """
        verdict = judge_error(error.error)
        code = wire.given(error.error.code) or ""
        refused = code != WAITS and (cause == "response.create" or verdict.remedy is Remedy.TELL)
        sentence = mask(f"{wire.given(error.error.message) or code} {verdict.sentence}".strip())
        if refused and self._reply is None and (self._due or self._texts):
            if self._due:
                self._due = ""
            else:
                self._texts.pop(0)
            return self._stillborn("failed", sentence)
        if verdict.remedy is Remedy.TELL and code not in self._complained:
            self._complained.add(code)
            return [ev.TroubleFound("reply_failed", sentence)]
        return []

    def nothing_said(self) -> list[ev.Event]:
        """A turn of the device was too short to be one: its answer is none."""
        self._due = ""
        return self._stillborn("cancelled", "")

    def _stillborn(self, status: str, sentence: str) -> list[ev.Event]:
        return [ev.ReplyBegun("never_begun"), ev.ReplyEnded("never_begun", status, 0, sentence)]

    # --- a session is lost --------------------------------------------------------------------------------------------

    def lost(self) -> list[ev.Event]:
        """Its responses died with it. Told are those that nobody will go on with; the others are owed again."""
        ended: list[ev.Event] = []
        reply, self._reply = self._reply, None
        if reply is not None:
            if reply.calls or not reply.wanted or (reply.finished and not reply.begun):
                status = "completed" if reply.wanted or reply.calls else "cancelled"
                ended.append(ev.ReplyEnded(reply.id, status, reply.calls))
            else:
                self._due, self._remote = "rest" if reply.audible else "answer", reply.remote
        for response_id, text in self._beside.items():
            if text.wanted and not (text.filler and text.audible):
                self._texts.insert(0, _Text(_rest(text), text.filler))
            else:
                ended.append(ev.ReplyEnded(response_id, "cancelled"))
        self._beside.clear()
        return ended

    def texts(self) -> list[tuple[str, bool]]:
        """What is still to be said outside the conversation, and whether it is a filler."""
        return [(text.text, text.filler) for text in self._texts]


def _rest(text: _Text) -> str:
    """From the first word that did not come; all of it where that would be nothing."""
    if not text.audible:
        return text.text
    came = whole_words(text.said + " ", len(text.said)).split()
    return " ".join(text.text.split()[len(came) :]) or text.text
